"""How far what was heard is from what was said, in characters."""

from bot.mandarin import digits_in, spoken

_SAME = str.maketrans({"幺": "一", "〇": "零", "俩": "两"})
_DIGIT_STRING = 4
"""So many digits in a row are a number that is dictated, not a count."""


def comparable(text: str) -> str:
    """Only what is heard of a text: figures as they are read, no marks, 幺 as 一."""
    return "".join(filter(str.isalnum, spoken(text).translate(_SAME)))


def errors(heard: str, said: str) -> int:
    """Characters changed, left out or added (Levenshtein)."""
    return _last_row(heard, said, list(range(len(said) + 1)))[-1]


def errors_within(text: str, part: str) -> int:
    """The fewest changes that make `part` a piece of the text."""
    return min(_last_row(part, text, [0] * (len(text) + 1)))


def digit_string(text: str) -> str:
    """The number somebody dictated, '' if the text holds none of four digits or more."""
    digits = digits_in(text)
    return digits if len(digits) >= _DIGIT_STRING else ""


def _last_row(rows: str, columns: str, row: list[int]) -> list[int]:
    for i, x in enumerate(rows, start=1):
        before, row[0] = row[0], i
        for j, y in enumerate(columns, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row
