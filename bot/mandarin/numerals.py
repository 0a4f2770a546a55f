"""Numbers in characters, as a good agent says them (by cn2an), and back."""

import re
from decimal import Decimal

import cn2an

DIGITS = "零一二三四五六七八九"
DICTATED = "零幺二三四五六七八九"
"""Digit by digit, one is said 幺, which nobody mistakes for seven."""

LONGEST_INTEGER = 15
"""Longer numbers are nobody's amount: they are said digit by digit."""

_PLACES = {"十": 10, "百": 100, "千": 1000}
_UNITS = {"": 1, "万": 10_000, "亿": 100_000_000}
_DECIMAL = re.compile(rf"(.+)\.([\d{DIGITS}]+)(万|亿|)")


def dictated(digits: str) -> str:
    """Digits one by one: 0370 → 零三七零, 1 is 幺."""
    return "".join(DICTATED[int(digit)] for digit in digits)


def year_read(digits: str) -> str:
    """A year's digits one by one, 1 as 一: 2011 → 二零一一."""
    return "".join(DIGITS[int(digit)] for digit in digits)


def cardinal(number: str) -> str:
    """A number as one reads it: 12345 → 一万二千三百四十五, -0.5 → 负零点五, 2000 → 两千.

    `number` holds digits, at most one point and a leading minus; leading zeros and zeros after the last decimal are
    not read, because callers hear them as more precision than there is.
    """
    if number.startswith("-"):
        return "负" + cardinal(number[1:])
    whole, _, decimals = number.partition(".")
    if decimals:
        return cardinal(whole) + "点" + year_read(decimals)
    whole = whole.lstrip("0") or "0"
    if len(whole) > LONGEST_INTEGER:
        return dictated(whole)
    said = str(cn2an.an2cn(whole, "low"))
    # 两 where people say it: at the head, before 百千万亿. 二十 and 一万二千 stay.
    return re.sub(r"^二(?=[百千万亿])", "两", said)


def counted(number: str) -> str:
    """A number before a measure word: as `cardinal`, but a lone 2 is 两 (两年, 两个)."""
    return "两" if number.lstrip("0") == "2" else cardinal(number)


def value_of(numeral: str) -> Decimal | None:
    """The value of a numeral in characters or digits or both: 一万二千三, 两万五, 三点五万, 12万. None if it is none.

    A last digit counts as the next lower place (一万二 is 12000) unless 零 stands before it.
    """
    plain = numeral.replace("〇", "零").replace("幺", "一").replace("点", ".")
    if plain.startswith(("负", "-")):
        value = value_of(plain[1:])
        return None if value is None else -value
    if decimal := _DECIMAL.fullmatch(plain):
        whole, decimals, unit = decimal.groups()
        value = value_of(whole)
        return None if value is None else (value + Decimal(f"0.{_in_digits(decimals)}")) * _UNITS[unit]
    if re.fullmatch(rf"\d+|[{DIGITS}两]{{2,}}", plain):
        return Decimal(_in_digits(plain))
    whole = _whole(plain)
    return None if whole is None else Decimal(whole)


def _whole(numeral: str) -> int | None:
    """The value of 一亿两千万, 三百十五, 12万3. Ours, because cn2an stumbles over numbers like 一亿三千万一千."""
    total = section = 0
    digit: int | None = None
    last_unit, short = 10**12, 0  # `short`: the unit that a last digit without unit is one tenth of
    for sign in re.findall(r"\d+|.", numeral):
        if sign == "零":
            short = 0
        elif sign in _PLACES:
            if _PLACES[sign] >= last_unit or (digit is None and sign != "十"):
                return None
            last_unit = short = _PLACES[sign]
            section, digit = section + (1 if digit is None else digit) * last_unit, None
        elif sign in _UNITS:
            if not (section or digit or total):
                return None
            section += digit or 0
            total = (total + section) * _UNITS[sign] if sign == "亿" else total + section * _UNITS[sign]
            section, digit, last_unit, short = 0, None, 10**12, _UNITS[sign]
        elif digit is not None:
            return None
        else:
            digit = int(_in_digits(sign))
    return total + section + (digit or 0) * (short // 10 if short > 10 else 1)


def _in_digits(numerals: str) -> str:
    return "".join(c if c.isdigit() else "2" if c == "两" else str(DIGITS.index(c)) for c in numerals)
