"""How values are written in a wording, so that the line says them well."""

from datetime import date
from decimal import Decimal


def yuan(amount: Decimal) -> str:
    """1234.50; the wording adds 元."""
    return f"{amount:.2f}"


def month(first: date) -> str:
    """2026年10月."""
    return f"{first.year}年{first.month}月"


def day(one: date) -> str:
    """2026年11月3日."""
    return f"{month(one)}{one.day}日"


def years_and_months(months: int) -> str:
    """4年零2个月; 4年; 11个月."""
    years, rest = divmod(months, 12)
    return "零".join(part for part in (f"{years}年" if years else "", f"{rest}个月" if rest else "") if part)
