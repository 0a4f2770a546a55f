"""The day of the check."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def today() -> date:
    """In the centre's time zone; texts and figures are in force from one day to another."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()
