"""Numbers of work orders and appointments: digits only, so that a caller can key them, with a check digit at the end.

2611-2410-0015: the day (26-11-24), one digit for the kind, four that count within day and kind, and Luhn's check
digit. It is written and said in fours; keyed or dictated digits are tested before anything is looked up.
"""

from datetime import date

LENGTH = 12
MOST_A_DAY = 9999
"""Of one kind."""


def order_number(day: date, kind: int, serial: int) -> str:
    """The number of the `serial`th order (1 to 9999) of this kind (0 to 9) on this day. Raises ValueError."""
    if not (0 <= kind <= 9 and 1 <= serial <= MOST_A_DAY):
        raise ValueError(f"no order number for kind {kind}, serial {serial}")
    body = f"{day:%y%m%d}{kind}{serial:04d}"
    return in_fours(body + _check_digit(body))


def is_order_number(digits: str) -> bool:
    """Whether these digits, without hyphens, are such a number: length and check digit."""
    return len(digits) == LENGTH and digits.isdecimal() and _check_digit(digits[:-1]) == digits[-1]


def in_fours(digits: str) -> str:
    """261124100015, or however it was written, as it is shown and kept: 2611-2410-0015."""
    plain = "".join(one for one in digits if one.isdecimal())
    return "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def _check_digit(body: str) -> str:
    """Luhn's: every single wrong digit and nearly every swap of two neighbours is noticed."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)
