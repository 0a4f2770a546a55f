"""The recogniser's units: 404 toneless Mandarin syllables, blank 0 and, in graphs, silence 405.

units.txt holds them in order; a character is one unit, so a teacher that emits characters can teach frame by frame.
"""

from functools import cache
from pathlib import Path

from pypinyin import Style, lazy_pinyin

BLANK = 0
UNITS = Path(__file__).with_name("units.txt")
RARE = {"fo": "fu", "lue": "lve", "nue": "nve", "m": "n", "ng": "n", "hm": "n", "hng": "n", "o": "ou", "lo": "luo",
        "yai": "ya", "tei": "te", "kei": "ke", "zhei": "zhe", "cei": "ce", "eng": "en", "ê": "ei", "wong": "weng",
        "fiao": "fou", "din": "ding", "biang": "biao", "dia": "die", "nia": "nian", "sei": "sai", "dei": "dai",
        "nun": "nen", "rua": "ruan", "chua": "chuan", "pia": "pian", "cen": "cen"}  # fmt: skip
"""Readings outside the inventory and the nearest unit inside it."""


@cache
def units() -> tuple[str, ...]:
    """The syllables in order; unit i (from 1) is units()[i - 1]."""
    return tuple(UNITS.read_text(encoding="utf-8").split())


@cache
def numbers() -> dict[str, int]:
    """Syllable → unit number, rare readings included."""
    table = {syllable: number for number, syllable in enumerate(units(), start=1)}
    for rare, near in RARE.items():
        if near in table:
            table.setdefault(rare, table[near])
    return table


def silence() -> int:
    """The phone number of silence in graphs: one after the last unit."""
    return len(units()) + 1


def is_hanzi(character: str) -> bool:
    """Whether this is a Chinese character (CJK unified ideographs)."""
    return "\u4e00" <= character <= "\u9fff"


def spell(text: str) -> list[str]:
    """Toneless syllables of the Chinese characters of a text; everything else is left out."""
    return [syllable for syllable in lazy_pinyin(text, errors="ignore") if syllable in numbers()]


def encode(text: str) -> list[int]:
    """Unit numbers of a text."""
    return [numbers()[syllable] for syllable in spell(text)]


def with_tones(text: str) -> str:
    """Pinyin with tone numbers, as espeak-ng's voice cmn-latn-pinyin reads it: 公积金 → gong1 ji1 jin1."""
    syllables = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    return " ".join(syllable.replace("v", "ü") for syllable in syllables)
