"""Working days as the state publishes them, with 调休, and days that nobody has published yet."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

from bot.errors import ContentError
from bot.live import Live

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The one time zone of the country, without daylight saving time since 1992."""


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day of a time limit."""

    day: date
    provisional: bool
    """True if it crosses a year whose holidays are not published: recompute it when they are."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked. Outside the published years: weekdays but for the fixed statutory holidays."""

    off: frozenset[date]
    worked: frozenset[date]
    """Weekend days that are worked (调休)."""

    published: frozenset[int]
    """Years whose State Council notice is in `off` and `worked`."""

    fixed: frozenset[tuple[int, int]] = frozenset()
    """Month and day of the statutory holidays whose date is the same every year."""

    @classmethod
    def from_folder(cls, folder: Path) -> "WorkCalendar":
        """All years that have a file in this folder. Raises ContentError."""
        return cls.from_files(sorted(folder.glob("*.json")))

    @classmethod
    def from_files(cls, files: Iterable[Path]) -> "WorkCalendar":
        """Read calendar files: {"year": 2026, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}, …]}.

        A file without "year" may give {"fixed": ["01-01", …]}. Raises ContentError.
        """
        days: dict[date, bool] = {}
        published: set[int] = set()
        fixed: set[tuple[int, int]] = set()
        for path in files:
            try:
                content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
                for text in content.get("fixed", []):
                    month, day = (int(part) for part in text.split("-"))
                    date(2000, month, day)
                    fixed.add((month, day))
                listed = {date.fromisoformat(day["date"]): bool(day["isOffDay"]) for day in content.get("days", [])}
                if listed:
                    days |= listed
                    published.add(int(content["year"]))
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                raise ContentError(
                    "calendar",
                    f"{path}：节假日文件无法读取（{error}）。每一天写作 "
                    '{"name": "元旦", "date": "2026-01-01", "isOffDay": true}，并写明 "year"',
                ) from error
        off = frozenset(day for day, is_off in days.items() if is_off)
        return cls(off, frozenset(days) - off, frozenset(published), frozenset(fixed))

    def is_working_day(self, day: date) -> bool:
        """Whether a centre works on this day (for a year not published: as far as one can know)."""
        if day in self.off:
            return False
        if day in self.worked:
            return True
        if day.year not in self.published and (day.month, day.day) in self.fixed:
            return False
        return day.weekday() < 5

    def after(self, start: date, working_days: int) -> DueDate:
        """The day that is so many working days after `start`; `start` itself is not counted."""
        day, left = start, working_days
        provisional = start.year not in self.published
        while left:
            day += timedelta(days=1)
            left -= self.is_working_day(day)
            provisional |= day.year not in self.published
        return DueDate(day, provisional)

    def due(self, received: datetime, working_days: int, day_ends: time) -> DueDate:
        """The due date of something received then. Outside working time it counts as received on the next working day.

        The guide is silent on the first day; counting from the day after is our convention (domain.md 7.3).
        """
        local = received.astimezone(BEIJING)
        day = local.date()
        if local.time() >= day_ends:
            day += timedelta(days=1)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return self.after(day, working_days)


def published_in(folder: Path) -> Callable[[], WorkCalendar]:
    """Gives the calendar as the folder's files say it at the time of asking; a broken edit leaves the one before.

    Raises ContentError if the files are broken from the start.
    """
    calendar = Live(folder, WorkCalendar.from_folder)
    return lambda: calendar.now
