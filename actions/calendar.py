"""What a date is: weekend, public holiday or 调休 (content/holidays/<year>.json); an unpublished year is provisional.

bot.store.working_days counts time limits in working days from the same files; here a day has a name to be told.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from actions.content import ROOT, read_json
from bot.errors import ContentError

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Day:
    """What a date is."""

    on: date
    works: bool
    holiday: str = ""
    """Its holiday's name if it is a day off because of one, or the holiday a working weekend pays for."""

    provisional: bool = False
    """The year's notice is not published here: weekends and fixed statutory days only."""

    @property
    def makeup(self) -> bool:
        """A Saturday or Sunday on which people work (调休上班)."""
        return self.works and self.on.weekday() >= SATURDAY


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday of a year."""

    name: str
    first: date
    last: date
    makeup: tuple[date, ...]
    """Weekend days worked for it."""

    provisional: bool = False


def published(year: int, root: Path = ROOT) -> bool:
    """Whether the year's calendar is here."""
    return _path(year, root).exists()


def day(on: date, root: Path = ROOT) -> Day:
    """What this date is. Raises ContentError if the calendar is wrong."""
    weekend = on.weekday() >= SATURDAY
    if not published(on.year, root):
        name = _fixed(on.year, root).get(on, "")
        return Day(on, works=not weekend and not name, holiday=name, provisional=True)
    name, off = _calendar(on.year, root).get(on, ("", weekend))
    return Day(on, works=not off, holiday=name)


def holidays(year: int, root: Path = ROOT) -> list[Holiday]:
    """The year's holidays in order; only the fixed days, marked provisional, for an unpublished year."""
    if published(year, root):
        days = _calendar(year, root)
    else:
        days = {one: (name, True) for one, name in _fixed(year, root).items()}
    found = []
    for name in dict.fromkeys(name for name, _ in days.values()):
        off = sorted(one for one, (of, is_off) in days.items() if of == name and is_off)
        worked = sorted(one for one, (of, is_off) in days.items() if of == name and not is_off)
        found.append(Holiday(name, off[0], off[-1], tuple(worked), not published(year, root)))
    return sorted(found, key=lambda one: one.first)


def _fixed(year: int, root: Path) -> dict[date, str]:
    """The statutory days on the solar calendar: all that is sure of a year before its notice is published."""
    path = root / "holidays" / "fixed.json"
    names = read_json(path).get("names")
    try:
        assert isinstance(names, dict)
        return {date.fromisoformat(f"{year}-{one}"): str(name) for one, name in names.items()}
    except (AssertionError, ValueError) as error:
        raise ContentError(
            "content_wrong", f'content/holidays/{path.name}：names 要写成 {{"01-01": "元旦"}}'
        ) from error


def _path(year: int, root: Path) -> Path:
    return root / "holidays" / f"{year}.json"


def _calendar(year: int, root: Path) -> dict[date, tuple[str, bool]]:
    """Dates that are not what their weekday says: name, and whether off."""
    path = _path(year, root)
    listed = read_json(path).get("days")
    try:
        assert isinstance(listed, list)
        return {date.fromisoformat(one["date"]): (str(one["name"]), bool(one["isOffDay"])) for one in listed}
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        mend = "days 里每一条要写 name、date（2026-01-31）和 isOffDay（true 或 false）"
        raise ContentError("content_wrong", f"content/holidays/{path.name}：{mend}") from error
