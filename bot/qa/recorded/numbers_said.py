"""Numbers of callers in what they said: where they are heard, and the text without them.

Six digits in a row or more are an account, an identity number, a telephone or a password. One other character between
two digits does not hide them: the recogniser may have misheard it. A number told in pieces, turn by turn, counts too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.events import Word
from bot.mandarin.heard import SPOKEN_DIGITS

MARK = "〔号码〕"
"""Stands in a text where a number was, and where its sound is or should be silence."""

LONG_DIGITS = 6

_DIGIT = f"[0-9０-９{''.join(SPOKEN_DIGITS)}]"
_RUN = re.compile(rf"{_DIGIT}(?:[^〔〕年月日号点块元]?{_DIGIT})*[Xx叉]?")
_SOME_DIGITS = re.compile(f"{_DIGIT}{{3}}")
_MARGIN_SECONDS = 0.15
"""The recogniser's word times are that sure."""

_PERSONAL = re.compile("我叫|我姓|姓名|名字|住在|地址|身份证|生日|出生")

Stretch = tuple[float, float]
"""From second to second of a recording."""


@dataclass
class Draft:
    """What the recogniser wrote of one turn."""

    text: str
    words: Sequence[Word] = ()
    seconds: float = 0.0
    """Of the whole recording."""

    numbers: list[Stretch] = field(default_factory=list)
    """Where long numbers are said."""


def hidden(text: str, fewest: int = LONG_DIGITS) -> str:
    """The text with MARK in place of each number of so many digits or more."""
    return _RUN.sub(lambda run: MARK if _count(run) >= fewest else run.group(), text)


def without_marks(text: str) -> str:
    """What is to be heard in a recording whose numbers were silenced."""
    return text.replace(MARK, "").strip()


def holds_some_digits(text: str) -> bool:
    """Whether three digits follow each other: perhaps what the recogniser understood of a longer number."""
    return bool(_SOME_DIGITS.search(text))


def speaks_of_a_person(text: str) -> bool:
    """Whether a name, an address or a date of birth may follow: nobody can find those by rule."""
    return bool(_PERSONAL.search(text))


def hide_numbers(turns: Sequence[Draft]) -> None:
    """Take the long numbers out of one call's drafts and note where they are said."""
    for turn, fewest in zip(turns, _fewest_digits(turns), strict=True):
        runs = [run for run in _RUN.finditer(turn.text) if _count(run) >= fewest]
        turn.numbers = [_where(turn, run) for run in runs]
        turn.text = hidden(turn.text, fewest)


def _fewest_digits(turns: Sequence[Draft]) -> list[int]:
    """For each turn, from how many digits on a run is hidden: any, where neighbours make up a number together."""
    counts = [_digits_of_a_piece(turn.text) for turn in turns]
    fewest = [LONG_DIGITS] * len(turns)
    begin = 0
    while begin < len(turns):
        end = begin
        while end < len(turns) and counts[end]:
            end += 1
        if sum(counts[begin:end]) >= LONG_DIGITS:
            fewest[begin:end] = [1] * (end - begin)
        begin = max(end, begin + 1)
    return fewest


def _digits_of_a_piece(text: str) -> int:
    """How many digits a turn holds that is little else than digits; 0 for any other."""
    digits = len(re.findall(_DIGIT, text))
    return digits if digits >= 2 and 2 * digits > len(text) else 0


def _where(turn: Draft, run: re.Match[str]) -> Stretch:
    """When the words of a run are said; the whole recording if the recogniser cannot tell."""
    times, at = [], 0
    for word in turn.words:
        if at < run.end() and at + len(word.text) > run.start():
            times.append((word.start_seconds, word.end_seconds))
        at += len(word.text)
    if not times or at != len(turn.text):
        return 0.0, turn.seconds
    begin, end = times[0][0] - _MARGIN_SECONDS, times[-1][1] + _MARGIN_SECONDS
    return max(0.0, begin), min(turn.seconds, end)


def _count(run: re.Match[str]) -> int:
    return len(re.findall(_DIGIT, run.group()))
