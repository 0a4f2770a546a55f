"""What is known of a number that is being said, and what to say about it.

It may come in pieces: each is repeated, and the caller goes on, or says 不对 and says it again. A number that was not
understood is asked for in fours, and after that by keys.
"""

from bot.call.prompts import Prompts
from bot.dialogue.base import Say
from bot.mandarin.numerals import dictated

_TRIES = 3

_ALL_AT_ONCE = 8
"""Whoever says so many digits without a pause means the whole number: a wrong one is asked for in fours."""

_DENIALS = 3
"""So many pieces misheard are enough: then only keys help."""

_DENIES = ("不对", "不是", "错")


class Dictation:
    """One number, from the first piece to the last."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts
        self._pieces: list[str] = []
        self._failures = 0
        self._denials = 0

    @property
    def number(self) -> str:
        """The digits so far."""
        return "".join(self._pieces)

    @property
    def hopeless(self) -> bool:
        """Tried often enough."""
        return self._failures >= _TRIES

    def add(self, digits: str) -> None:
        """One more piece."""
        self._pieces.append(digits)

    def denies(self, text: str) -> bool:
        """Whether this says that what was repeated is wrong."""
        return bool(self._pieces) and any(word in text for word in _DENIES)

    def repeat(self) -> Say:
        """Repeat the last piece; the caller goes on."""
        piece = self._pieces[-1]
        heard = dictated(piece.replace("X", "")) + "叉" * piece.count("X")
        return self._prompts.say("number_go_on", heard=heard)

    def denied(self) -> Say:
        """The last piece was misheard: again, please; but a whole number, or too many pieces, another way."""
        self._denials += 1
        if self._denials >= _DENIALS:
            self.forget()
            return self._prompts.say("number_by_keys")
        return self._prompts.say("number_piece_again") if len(self._pieces.pop()) < _ALL_AT_ONCE else self.wrong()

    def silence(self) -> Say:
        """Nothing more came: whoever said all at once is done, and it is wrong; others were interrupted."""
        if self._pieces and len(self._pieces[-1]) >= _ALL_AT_ONCE:
            return self.wrong()
        self._failures += 1
        return self._prompts.say("number_more" if self._pieces else "number_find_keypad")

    def wrong(self) -> Say:
        """Nothing is known of the number: ask for it in fours, then by keys."""
        self.forget()
        return self._prompts.say("number_in_fours" if self._failures == 1 else "number_by_keys")

    def forget(self) -> None:
        """One more failure."""
        self._pieces = []
        self._failures += 1
