"""The questions of a complaint, a suggestion or a question left behind."""

import re

from rasa_sdk.events import EventType

from actions.call_control import collect_number, say
from actions.emergency import is_emergency
from actions.form_questions import Answer, Choice, FormTurn, Question, yes_or_no

NO_CONTACT = "none"
CALLING = "calling"
OTHER = "other"

NAMES = {"complaint": "投诉", "suggestion": "建议", "enquiry": "咨询留言", "dispute": "余额复核"}

_ALL_TOLD = re.compile(
    r"^(?:嗯|那个|那|我)*(?:没有|没了|没啥|没别的|就这些|就这样|不用|不需要|不说了|说完|讲完|完了|好了|可以了|没)"
    r"(?!.*(?:还有|但是|不过)).{0,6}$"
)
_UNKNOWN = re.compile(r"^(?:我)?(?:不知道|不清楚|说不清|不记得|忘了|没有|不确定|不晓得).{0,4}$")
_LONGEST_YES = 6
_RESTATED = 60
"""Characters of what was told that are read back: 扼要地确认. All of it is in the order, and in the recording."""


class Matter(Question):
    """What happened, told freely."""

    slot, wording, free, volunteered = "voice_matter", "utter_voice_matter", True, False

    async def filling(self, turn: FormTurn) -> dict[str, str]:
        """What is asked for depends on what is brought."""
        what = {"complaint": "事情的经过", "suggestion": "您的建议", "enquiry": "您的问题", "dispute": "哪里不对"}
        return dict(what=what[turn.answers["voice_kind"]])

    async def read(self, turn: FormTurn) -> Answer:
        """Every word counts. Somebody in danger is told whom to call."""
        if not turn.text:
            return None
        _point_to_help(turn)
        told = [turn.answers.get("voice_opening"), turn.text]
        spans = [*(turn.answers.get("voice_spans") or []), *spoken_between(turn)]
        return {self.slot: "；".join(one for one in told if one), "voice_spans": spans}


class More(Question):
    """还有吗: several matters, or one in pieces, make one order."""

    slot, wording, listens, free, volunteered = "voice_more", "utter_voice_more", "narration", True, False

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """Whoever has finished may press a key."""
        return [Choice("没有了", "told")]

    async def ask(self, turn: FormTurn, page: int = 1) -> None:
        """After a 有 the caller only needs to be let go on."""
        if turn.answers.get("requested_slot") == self.slot and _is_yes(turn):
            turn.line.utter_message(response="utter_voice_go_on")
        else:
            await super().ask(turn, page)

    async def read(self, turn: FormTurn) -> Answer:
        """No more; more is coming; or more itself."""
        if self.all_told(turn):
            return {self.slot: "told"}
        if not turn.text or _is_yes(turn):
            return {} if turn.text else None
        _point_to_help(turn)
        spans = [*(turn.answers.get("voice_spans") or []), *spoken_between(turn)]
        return {"voice_matter": f"{turn.answers['voice_matter']}；{turn.text}", "voice_spans": spans}

    def all_told(self, turn: FormTurn) -> bool:
        """没有了, 就这些."""
        return bool(_ALL_TOLD.match(turn.text)) or (not turn.text and turn.intent in ("deny", "goodbye"))


class About(Question):
    """Which unit, branch or person."""

    slot, wording, listens, free, volunteered = "voice_about", "utter_voice_about", "open", True, False

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """Nobody must know."""
        return [Choice("说不清楚", "不清楚")]

    async def read(self, turn: FormTurn) -> Answer:
        """A name in the caller's words."""
        if not turn.text:
            return None
        return {self.slot: "不清楚" if _UNKNOWN.match(turn.text) else turn.text}


class Contact(Question):
    """Is the number that telephones the one to answer to?"""

    slot, wording, listens, volunteered = "voice_contact", "utter_voice_contact", "yes_no", False

    async def filling(self, turn: FormTurn) -> dict[str, str]:
        """Its last four digits."""
        return {"last_four": turn.answers["voice_caller"]}

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """The number calling, another one, none."""
        return [Choice("打这个电话", CALLING), Choice("换一个电话", OTHER), Choice("不留电话", NO_CONTACT)]

    async def read(self, turn: FormTurn) -> Answer:
        """Yes, another one, or none."""
        if re.search(r"不留|不用回|不需要回|不想留", turn.text):
            return {self.slot: NO_CONTACT}
        if re.search(r"换|另|别的|其他", turn.text):
            return {self.slot: OTHER}
        said = yes_or_no(turn)
        return None if said is None else {self.slot: CALLING if said else OTHER}


class Telephone(Question):
    """Another number, by keys or speech: the line collects it, the store keeps it, here are its last four."""

    slot, wording, volunteered = "voice_phone", "", False

    async def ask(self, turn: FormTurn, page: int = 1) -> None:
        """The line asks."""
        collect_number(turn.line, "phone")

    async def read(self, turn: FormTurn) -> Answer:
        """The number is complete."""
        return {self.slot: turn.fact("last_four")} if turn.intent == "number_finished" else None


class Confidential(Question):
    """Shall it be kept secret who they are?"""

    slot, wording, listens, volunteered = "voice_confidential", "utter_voice_confidential", "yes_no", False

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """By keys."""
        return [Choice("需要保密", True), Choice("不需要", False)]

    async def read(self, turn: FormTurn) -> Answer:
        """Yes or no."""
        said = yes_or_no(turn)
        if said is None and re.search(r"保密|匿名", turn.text):
            said = True
        return None if said is None else {self.slot: said}


class Confirm(Question):
    """The matter restated; nothing is saved before the caller says that it is right."""

    slot, wording, listens, volunteered = "voice_confirm", "utter_voice_confirm", "yes_no", False

    async def ask(self, turn: FormTurn, page: int = 1) -> None:
        """Restate it, then ask."""
        say(turn.line, restated(turn.answers), name="utter_voice_restate", private=True)
        await super().ask(turn, page)

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """By keys."""
        return [Choice("确认", True), Choice("要改", False)]

    async def read(self, turn: FormTurn) -> Answer:
        """Yes; or what is wrong with it."""
        said = yes_or_no(turn)
        if said is not False:
            return None if said is None else {self.slot: True}
        return Mend().mended(turn.text) or {self.slot: False}


class Mend(Question):
    """What is to be changed."""

    slot, wording, volunteered = "voice_mend", "utter_voice_mend", False

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """What was asked, so far as it was asked."""
        parts = [Choice("内容", "voice_matter")]
        parts += [Choice("对象", "voice_about")] if turn.answers.get("voice_about") else []
        parts += [Choice("电话", "voice_contact")]
        return parts + ([Choice("保密", "voice_confidential")] if turn.answers["voice_kind"] != "enquiry" else [])

    async def chosen(self, turn: FormTurn, value: str) -> dict[str, object]:
        """That question is open again, and so is the confirmation."""
        return reopened(value)

    async def read(self, turn: FormTurn) -> Answer:
        """In the caller's words."""
        return self.mended(turn.text)

    def mended(self, text: str) -> Answer:
        """What these words want changed; None if they do not say."""
        ways = {
            "voice_contact": r"电话|号码|联系",
            "voice_confidential": r"保密|匿名",
            "voice_about": r"单位|对象|网点|公司|名字",
            "voice_matter": r"内容|经过|事情|说的|重新说|漏",
        }
        return next((reopened(slot) for slot, way in ways.items() if re.search(way, text)), None)


def reopened(slot: str) -> dict[str, object]:
    """This question, with what hangs on it, is asked again; and then the confirmation."""
    also = {"voice_matter": ("voice_more",), "voice_contact": ("voice_phone",)}.get(slot, ())
    return dict.fromkeys((slot, *also, "voice_confirm", "voice_mend"))


def restated(answers: dict[str, object]) -> str:
    """The whole matter in short."""
    told = str(answers["voice_matter"])
    told = told if len(told) <= _RESTATED else told[:_RESTATED] + "等"
    about = f"您说的对象是：{answers['voice_about']}。" if answers.get("voice_about") else ""
    last_four = answers["voice_caller"] if answers.get("voice_contact") == CALLING else answers.get("voice_phone")
    contact = f"联系电话尾号{last_four}。" if last_four and last_four != NO_CONTACT else "没有留联系电话。"
    wishes_secrecy = answers.get("voice_confidential")
    secret = "" if wishes_secrecy is None else "要求保密。" if wishes_secrecy else "不要求保密。"
    return f"跟您核对一下。{NAMES[str(answers['voice_kind'])]}的内容是：{told}。{about}{contact}{secret}"


def spoken_between(turn: FormTurn) -> list[tuple[float, float]]:
    """Where in the recording this turn's words are, from and to in seconds; [] if they were typed."""
    said: EventType = next((event for event in reversed(turn.tracker.events) if event.get("event") == "user"), {})
    begins, ends = (said.get("metadata") or {}).get("between") or (0.0, 0.0)
    return [(begins, ends)] if ends else []


def _is_yes(turn: FormTurn) -> bool:
    return len(turn.text) <= _LONGEST_YES and (yes_or_no(turn) is True or turn.text.startswith(("有", "还有")))


def _point_to_help(turn: FormTurn) -> None:
    if is_emergency(turn.text):
        turn.line.utter_message(response="utter_emergency")
