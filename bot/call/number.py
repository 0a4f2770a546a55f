"""Long numbers (account, ID, card, telephone, order): by keys or by voice, masked everywhere but in one local variable.

Rules for keys while digits are being collected: * as the first key goes back, at position 18 it is the X of an ID
number, elsewhere it clears; # ends, on nothing it repeats the prompt (research on common practice: domain notes 3.2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.call.answers import Answer, Heard, NotUnderstood, Pressed, Silence
from bot.call.dictation import Dictation
from bot.call.line import CallLine
from bot.call.number_kinds import KINDS, NumberKind
from bot.call.prompts import Prompts
from bot.call.turn import Turn
from bot.dialogue.base import CollectNumber, Say, Signal
from bot.identity import ID_LENGTH, is_valid_id_number
from bot.listening.base import Question
from bot.mandarin import asks, digits_in

CLEAR_KEY = "*"
END_KEY = "#"
_MOST_TURNS = 20
"""In fours and with a few pieces corrected, the longest number takes half of these."""

_WANTS_PERSON = ("人工", "客服", "真人", "接线员")
_GOES_BACK = ("返回", "上一级", "主菜单", "算了", "不查了", "不办了", "退出", "取消")
_YES = ("对", "是", "没错", "正确", "嗯", "好", "可以")
_NO = ("不", "错", "没有")
_LACKS_IT = ("几", "不知道", "不记得", "忘")
"""号码是几位, 账号忘了: to be answered like a question."""

_ABOUT_KEYS = ("按键", "键盘")
_SHORTEST_QUESTION = 4
"""Characters. What is shorter, and has no digit, is more often a number badly heard."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of asking for a number."""

    signal: Signal
    """What to tell the dialogue: kind, outcome, last four."""

    number: str = ""
    """The number itself; '' if there is none."""

    question: str = ""
    """What the caller asked instead: to be answered before the number is asked for again."""


class NumberPhase:
    """Asks for one number until it is whole, or the caller wants something else."""

    def __init__(
        self, line: CallLine, prompts: Prompts, questions: Mapping[str, Question], next_key_seconds: float
    ) -> None:
        self._line = line
        self._prompts = prompts
        self._questions = questions
        self._next_key_seconds = next_key_seconds

    async def run(self, ask: CollectNumber, before: Sequence[Say] = (), *, hears_questions: bool = False) -> Collected:
        """Say `before` and ask. `hears_questions`: what the caller asks meanwhile is returned; else it is no answer.

        If a password follows, the private window is open on return.
        """
        with self._line.privacy.unrecorded():
            outcome, text = await self._collect(ask, before, hears_questions)
            if outcome == "complete" and ask.pin_follows:
                await self._line.privacy.open()
        number, question = (text, "") if outcome == "complete" else ("", text)
        last_four = number[-4:]
        self._line.journal.note("number", of=ask.kind, outcome=outcome, last_four=last_four)
        facts: dict[str, str | int | bool] = {"kind": ask.kind, "outcome": outcome, "last_four": last_four}
        return Collected(Signal("number_finished", facts), number, question)

    async def _collect(self, ask: CollectNumber, before: Sequence[Say], hears_questions: bool) -> tuple[str, str]:
        say, dictation, kind = self._prompts.say(f"number_{ask.kind}"), Dictation(self._prompts), KINDS[ask.kind]
        for _ in range(_MOST_TURNS):
            if dictation.hopeless:
                break
            answer = await self._turn([*before, say], self._questions["digits"])
            before = ()
            wish = _wish_of(answer)
            if wish:
                return wish, ""
            match answer:
                case Heard(text) if hears_questions and not dictation.number and _is_question(text):
                    return "asked", text
                case Pressed(key) if key != END_KEY:
                    number = await self._keyed(key, kind)
                    if kind.fits(number):
                        return "complete", number
                    dictation.forget()
                    say = self._prompts.say("number_wrong_check" if len(number) == ID_LENGTH else "number_again")
                case Heard(text) if dictation.denies(text):
                    say = dictation.denied()
                case Heard(text) if digits_in(text):
                    dictation.add(digits_in(text))
                    if await self._confirmed(dictation, kind):
                        return "complete", dictation.number
                    whole = kind.fits(dictation.number) or len(dictation.number) >= kind.longest
                    say = dictation.wrong() if whole else dictation.repeat()
                case _:
                    say = dictation.silence()
        return "gave_up", ""

    async def _turn(self, says: Sequence[Say], question: Question) -> Answer:
        return await Turn(self._line, self._prompts, says, question, of_digits=True).ask()

    async def _keyed(self, first: str, kind: NumberKind) -> str:
        """The digits keyed, from the first on, until #, the longest length, or a pause."""
        number = first
        while len(number) < kind.longest and not (len(number) == ID_LENGTH and is_valid_id_number(number)):
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
        else:
            self._line.forgive_end_key()
        return number

    async def _confirmed(self, dictation: Dictation, kind: NumberKind) -> bool:
        """Whether the number is whole and the caller says so. Its last four are read back (keyed ones need not be)."""
        silences = 0
        while kind.fits(dictation.number) and silences < 2:
            say = self._prompts.say("number_read_back", last_four=dictation.number[-4:])
            match await self._turn([say], self._questions["yes_no"]):
                case Silence() | NotUnderstood():
                    silences += 1
                case Heard(text) if len(digits_in(text)) > 1:  # it only seemed whole: the caller goes on
                    dictation.add(digits_in(text))
                case answer:
                    return _is_yes(answer)
        return False


def _is_question(text: str) -> bool:
    """Whether the dialogue is to answer this. Of keys it knows nothing, the dictation does."""
    if len(text) < _SHORTEST_QUESTION or digits_in(text) or any(word in text for word in _ABOUT_KEYS):
        return False
    return asks(text) or any(word in text for word in _LACKS_IT)


def _is_yes(answer: Answer) -> bool:
    match answer:
        case Heard(text):
            return text.startswith(_YES) and not text.startswith(_NO)
        case Pressed(key):
            return key in ("1", END_KEY)
        case _:
            return False


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
