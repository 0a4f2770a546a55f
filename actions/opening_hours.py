"""When counters and agents are there (content/hours.yml): several intervals a day, seasons, 调休, closures."""

from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from actions.calendar import day
from actions.content import ROOT, Entry, read

WEEKDAYS = "一二三四五六日"
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Interval:
    """From opening to closing, on one day."""

    opens: time
    closes: time

    def spoken(self) -> str:
        """As it is said: 9点到12点."""
        return f"{_clock(self.opens)}到{_clock(self.closes)}"


@dataclass(frozen=True, slots=True)
class Opening:
    """One day of one profile."""

    on: date
    intervals: tuple[Interval, ...]
    """Empty: closed."""

    why: str = ""
    """The holiday or closure that shuts it, or the holiday whose 调休 opens it."""

    provisional: bool = False

    def spoken(self) -> str:
        """The intervals of the day: 上午9点到12点，下午1点30分到5点."""
        return "，".join(one.spoken() for one in self.intervals)


def opening(profile: str, on: date, branch: str = "", root: Path = ROOT) -> Opening:
    """Whether and when a profile (of this branch) is open on a day. Raises ContentError."""
    hours = read(root / "hours.yml")
    for closure in hours.entries("closures"):
        shut = closure.texts("branches")
        within = closure.needed_day("from") <= on <= closure.needed_day("to")
        if within and (not shut or branch in shut):
            return Opening(on, (), closure.text("reason"))
    today = day(on, root)
    if not today.works and today.holiday:
        return Opening(on, (), today.holiday, today.provisional)
    weekday = FRIDAY if today.makeup else on.weekday()
    found: list[Interval] = []
    for season in hours.entry("profiles").entry(profile).entries("seasons"):
        if _in_season(season, on) and weekday in weekdays(season):
            found += [_interval(season, text) for text in season.texts("intervals")]
    return Opening(on, tuple(found), today.holiday if today.makeup else "", today.provisional)


def is_open(profile: str, at: datetime, root: Path = ROOT) -> bool:
    """Whether somebody is there at this moment of the centre's time."""
    clock = at.time().replace(tzinfo=None)
    return any(one.opens <= clock < one.closes for one in opening(profile, at.date(), root=root).intervals)


def usual(profile: str, on: date, root: Path = ROOT) -> str:
    """The profile's usual week in this season: 周一到周五上午9点到12点，…"""
    seasons = read(root / "hours.yml").entry("profiles").entry(profile).entries("seasons")
    return "；".join(
        one.text("weekdays") + "，".join(_interval(one, text).spoken() for text in one.texts("intervals"))
        for one in seasons
        if _in_season(one, on)
    )


def weekdays(season: Entry) -> set[int]:
    """周一到周五, 周六 or 周一、周三 as numbers, Monday 0."""
    words = season.text("weekdays").replace("周", "").replace("星期", "")
    first, _, last = words.partition("到")
    numbers = [WEEKDAYS.find(one) for one in (first + last if last else words) if one != "、"]
    if not numbers or min(numbers) < 0:
        raise season.wrong("weekdays", "请写成“周一到周五”或“周六”或“周一、周三”")
    return set(range(numbers[0], numbers[-1] + 1)) if last else set(numbers)


def _in_season(season: Entry, on: date) -> bool:
    first, last, today = season.text("from"), season.text("to"), on.strftime("%m-%d")
    return first <= today <= last if first <= last else today >= first or today <= last


def _interval(season: Entry, text: str) -> Interval:
    opens, _, closes = text.partition("-")
    try:
        return Interval(time.fromisoformat(opens), time.fromisoformat(closes))
    except ValueError as error:
        raise season.wrong("intervals", f'“{text}”不对，请写成 "09:00-12:00"') from error


def _clock(at: time) -> str:
    part = "上午" if at.hour < 12 else "中午" if at.hour == 12 else "下午"
    hour = at.hour if at.hour <= 12 else at.hour - 12
    return f"{part}{hour}点" + (f"{at.minute}分" if at.minute else "")
