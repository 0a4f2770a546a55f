"""How Mandarin words sound, and how alike two syllables are to a recogniser on a telephone. Tones do not count."""

from collections.abc import Sequence
from functools import cache

from pypinyin import lazy_pinyin

ANOTHER = 1.0
"""Distance of two syllables that nobody mistakes for each other; also of one too many or one that is missing."""

ACCENT = 0.15
"""What half the country does not tell apart: 是 and 四, 女 and 旅, 因 and 英, 飞 and 灰."""

NEAR = 0.35
"""Made at the same place in the mouth: told apart in a quiet room, not always over a telephone."""

FAR = 0.7
"""Two such differences are another syllable."""

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_ACCENTS = (
    *(("n", "l"), ("zh", "z"), ("ch", "c"), ("sh", "s"), ("f", "h")),
    *(("an", "ang"), ("en", "eng"), ("in", "ing"), ("ian", "iang"), ("uan", "uang"), ("un", "ong")),
)
_NEIGHBOURS = (
    *(("b", "p"), ("d", "t"), ("g", "k"), ("j", "q"), ("zh", "ch"), ("z", "c"), ("q", "x"), ("ch", "sh"), ("c", "s")),
    *(("j", "zh"), ("q", "ch"), ("x", "sh"), ("r", "l"), ("m", "n"), ("k", "h"), ("g", "h"), ("", "y"), ("", "w")),
    *(("b", "d"), ("p", "t"), ("d", "g"), ("t", "k"), ("j", "z"), ("q", "c"), ("x", "s"), ("w", "h"), ("r", "y")),
    *(("e", "o"), ("e", "a"), ("o", "uo"), ("e", "uo"), ("i", "ei"), ("i", "v"), ("u", "ou"), ("u", "o"), ("ai", "ei")),
    *(("ao", "ou"), ("iao", "iu"), ("ie", "i"), ("ie", "ian"), ("ve", "ie"), ("ui", "ei"), ("un", "en"), ("u", "v")),
    *(("an", "en"), ("ian", "in"), ("ang", "eng"), ("ong", "eng"), ("uan", "an"), ("uang", "ang"), ("ia", "a")),
    *(("ua", "a"), ("uo", "u"), ("iang", "ing"), ("i", "e"), ("van", "ian"), ("vn", "in"), ("ai", "an"), ("a", "ai")),
)
"""Initials, then finals."""

_COSTS = {frozenset(pair): ACCENT for pair in _ACCENTS} | {frozenset(pair): NEAR for pair in _NEIGHBOURS}


def syllables(text: str) -> tuple[str, ...]:
    """One toneless syllable a character; what has no reading stands for itself."""
    return tuple(lazy_pinyin(text, errors=_themselves)) if text else ()  # type: ignore[arg-type]


def unlikeness(one: str, other: str) -> float:
    """0 if two texts sound the same, 1 if they have nothing in common: distance a syllable of the longer one."""
    sounds, its_sounds = syllables(one), syllables(other)
    return distance(sounds, its_sounds) / max(1, len(sounds), len(its_sounds))


def distance(sounds: Sequence[str], its_sounds: Sequence[str]) -> float:
    """Least sum of `unlike` over syllables laid beside each other, ANOTHER for each that has no partner."""
    row = [place * ANOTHER for place in range(len(its_sounds) + 1)]
    for line, sound in enumerate(sounds, 1):
        left, row[0] = row[0], line * ANOTHER
        for place, its_sound in enumerate(its_sounds, 1):
            aside = min(row[place], row[place - 1]) + ANOTHER
            left, row[place] = row[place], min(aside, left + unlike(sound, its_sound))
    return row[-1]


def _themselves(signs: str) -> list[str]:
    return list(signs)


@cache
def unlike(one: str, other: str) -> float:
    """0 for the same syllable, 1 for another one, between for those that are easily mistaken."""
    if one == other:
        return 0.0
    (initial, final), (its_initial, its_final) = _cut(one), _cut(other)
    return min(ANOTHER, _difference(initial, its_initial) + _difference(final, its_final))


def _difference(one: str, other: str) -> float:
    return 0.0 if one == other else _COSTS.get(frozenset((one, other)), FAR)


@cache
def _cut(syllable: str) -> tuple[str, str]:
    """Initial and final; jia qu xun yuan have the ü that is not written."""
    initial = next((one for one in _INITIALS if syllable.startswith(one)), "")
    final = syllable.removeprefix(initial)
    if initial in ("j", "q", "x", "y") and final.startswith("u"):
        final = "v" + final[1:]
    return initial, final
