"""Amounts of money in what was left behind, as figures and as they are said."""

import re
from collections.abc import Collection, Iterator
from decimal import Decimal

from bot.mandarin import spoken

_FIGURES = re.compile(r"(?<![\d.])(\d{1,3}(?:,\d{3})+|\d{3,})\.(\d\d?)(?!\d)")
_WORDS = re.compile(
    r"[零一二两三四五六七八九十百千万亿]{3,}元(?:[一二两三四五六七八九]角)?(?:零?[一二两三四五六七八九]分)?"
)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


class Amounts:
    """Looks for many amounts at once."""

    def __init__(self, wanted: Collection[Decimal]) -> None:
        self._figures = set(wanted)
        self._words = {spoken(f"{amount}元"): amount for amount in wanted}

    def found_in(self, content: bytes) -> Iterator[Decimal]:
        """Those that are there, written 12071.20, 12,071.2 or 一万二千零七十一元二角, also with JSON's escapes."""
        text = _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), content.decode(errors="replace"))
        for figures in _FIGURES.finditer(text):
            amount = Decimal(f"{figures[1].replace(',', '')}.{figures[2]:0<2}")
            if amount in self._figures:
                yield amount
        for words in _WORDS.finditer(text):
            if words.group() in self._words:
                yield self._words[words.group()]
