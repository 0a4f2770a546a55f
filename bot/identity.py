"""Numbers by which people identify themselves: is this an ID number at all?"""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
ID_LENGTH = 18


def check_digit(first_seventeen: str) -> str:
    """The 18th character of an ID number (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


def is_valid_id_number(number: str) -> bool:
    """Whether 18 characters are an ID number with the right check digit: tested before any attempt is counted."""
    if len(number) != ID_LENGTH or not number[:17].isdigit():
        return False
    return check_digit(number[:17]) == number[17].upper()
