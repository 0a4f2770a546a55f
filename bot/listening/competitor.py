"""Open decoding beside a grammar: what was said although nobody asked for it.

A grammar bends whatever it hears into its own phrases: 慢一点 became 一遍, 什么账号 a three. The same voice decoded
openly sounds like that answer only if it was one.
"""

from bot.listening.base import Recognition
from bot.mandarin.sounds import unlikeness

ALIKE = 0.4
"""Up to this distance a syllable the two heard the same. Digits over a telephone reach it, other speech hardly does."""

UNSURE = 0.5
"""Below this confidence open decoding has understood nothing either: short words over a telephone are such."""

NUMERALS = frozenset("零〇一幺二两三四五六七八九十百千万")
MOSTLY = 0.5
"""With more numerals than this it was a number after all, and the grammar knows numbers better."""


def better(by_grammar: Recognition, openly: Recognition) -> Recognition:
    """What was said, of the two readings of one turn."""
    if not openly.text or openly.confidence < UNSURE or _share_of_numerals(openly.text) > MOSTLY:
        return by_grammar
    return by_grammar if unlikeness(by_grammar.text, openly.text) <= ALIKE else openly


def _share_of_numerals(text: str) -> float:
    return sum(sign in NUMERALS for sign in text) / len(text)
