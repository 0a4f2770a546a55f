"""Long numbers (account, ID, card, telephone, order): by keys or by voice, masked everywhere but in one local variable.

Rules for keys while digits are being collected: * as the first key goes back, at position 18 it is the X of an ID
number, elsewhere it clears; # ends, on nothing it repeats the prompt (research on common practice: domain notes 3.2).
"""

from collections.abc import Mapping

from bot.call.answers import Answer, Heard, Pressed, Silence
from bot.call.line import CallLine
from bot.call.prompts import Prompts
from bot.call.turn import Turn
from bot.dialogue.base import CollectNumber, Say, Signal
from bot.identity import ID_LENGTH, is_valid_id_number
from bot.listening.base import Question
from bot.mandarin import digits_in

CLEAR_KEY = "*"
END_KEY = "#"
_TRIES = 3

LENGTHS: Mapping[str, frozenset[int]] = {
    "login": frozenset({12, 16, 17, 18, 19}),
    "unit": frozenset({10, 12}),
}
"""How many digits a number of this kind may have. login: account 12, ID 18, card 16, 17 or 19
(18 digits are read as an ID number, whose check digit is tested before anything is counted)."""

_WANTS_PERSON = ("人工", "客服", "真人", "接线员")
_GOES_BACK = ("返回", "上一级", "主菜单", "算了", "不查了", "不办了", "退出", "取消")
_YES = ("对", "是", "没错", "正确", "嗯", "好", "可以")
_NO = ("不", "错", "没有")


class NumberPhase:
    """Asks for one number until it is whole, or the caller wants something else."""

    def __init__(
        self, line: CallLine, prompts: Prompts, questions: Mapping[str, Question], next_key_seconds: float
    ) -> None:
        self._line = line
        self._prompts = prompts
        self._questions = questions
        self._next_key_seconds = next_key_seconds

    async def run(self, ask: CollectNumber) -> tuple[Signal, str]:
        """What to tell the dialogue (outcome, last four) and the number itself, '' if there is none.

        If a password follows, the private window is open on return.
        """
        with self._line.privacy.unrecorded():
            outcome, number = await self._collect(ask)
            if outcome == "complete" and ask.pin_follows:
                await self._line.privacy.open()
        last_four = number[-4:]
        self._line.journal.note("number", of=ask.kind, outcome=outcome, last_four=last_four)
        return Signal("number_finished", {"kind": ask.kind, "outcome": outcome, "last_four": last_four}), number

    async def _collect(self, ask: CollectNumber) -> tuple[str, str]:
        prompt, spoken = f"number_{ask.kind}", ""
        for _ in range(_TRIES * 2):
            answer = await self._turn(self._prompts.say(prompt), self._questions["digits"])
            wish = _wish_of(answer)
            if wish:
                return wish, ""
            match answer:
                case Pressed(key) if key != END_KEY:
                    number, spoken = await self._keyed(key, ask.kind), ""
                case Heard(text):
                    number = spoken = spoken + digits_in(text)
                case Silence():
                    prompt = "number_go_on" if spoken else "number_find_keypad"
                    continue
                case _:
                    continue
            if self._fits(number, ask.kind) and (not spoken or await self._confirmed(spoken)):
                return "complete", number
            if 0 < len(spoken) < min(LENGTHS[ask.kind]):
                prompt = "number_go_on"
            else:
                prompt, spoken = self._what_is_wrong(number), ""
        return "gave_up", ""

    async def _turn(self, say: Say, question: Question) -> Answer:
        return await Turn(self._line, self._prompts, [say], question, of_digits=True).ask()

    async def _keyed(self, first: str, kind: str) -> str:
        """The digits keyed, from the first on, until #, the longest length, or a pause."""
        number, longest = first, max(LENGTHS[kind])
        while len(number) < longest and not (len(number) == ID_LENGTH and is_valid_id_number(number)):
            key = await self._line.next_key(self._next_key_seconds)
            if key is None or key == END_KEY:
                break
            if key == CLEAR_KEY and len(number) == ID_LENGTH - 1:
                number += "X"
            elif key == CLEAR_KEY:
                number = ""
                self._line.mouth.read([self._prompts.say("number_cleared")])
            else:
                number += key
        return number

    async def _confirmed(self, number: str) -> bool:
        """Heard numbers are read back by their last four; keyed ones need not be."""
        say = self._prompts.say("number_read_back", last_four=number[-4:])
        match await self._turn(say, self._questions["yes_no"]):
            case Heard(text):
                return text.startswith(_YES) and not text.startswith(_NO)
            case Pressed(key):
                return key in ("1", END_KEY)
            case _:
                return False

    def _fits(self, number: str, kind: str) -> bool:
        if len(number) not in LENGTHS[kind] or not number[:-1].isdigit():
            return False
        return len(number) != ID_LENGTH or is_valid_id_number(number)

    def _what_is_wrong(self, number: str) -> str:
        return "number_wrong_check" if len(number) == ID_LENGTH else "number_again"


def _wish_of(answer: Answer) -> str:
    """'wants_person' or 'back' if the caller wants something else than to give a number, else ''."""
    match answer:
        case Pressed(key) if key == CLEAR_KEY:
            return "back"
        case Heard(text) if any(word in text for word in _WANTS_PERSON):
            return "wants_person"
        case Heard(text) if any(word in text for word in _GOES_BACK):
            return "back"
        case _:
            return ""
