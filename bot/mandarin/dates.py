"""Days that callers name: 明天, 下周二, 十二月三号, 这个月底."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from bot.mandarin.numerals import value_of
from bot.mandarin.spacing import spaceless

_NAMED = {"大后天": 3, "大前天": -3, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "昨天": -1, "前天": -2}
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
_WEEKDAYS |= {str(day + 1): day for day in range(7)}

_MORNING = re.compile("上午|早上|早晨|清早|一早|早点")
_AFTERNOON = re.compile("下午|午后|傍晚|晚点")

_N = r"[零〇一二两三四五六七八九十\d]+"
_YEAR = r"(?:(?P<year>明年|今年|后年|(?:[零〇一二三四五六七八九]{4}|\d{4})年))?"


_CLOCK = re.compile(rf"(?!一点(?![钟半]))({_N})点(?!儿)")
"""A clock time. 一点 alone is mostly no time: 快一点."""


def date_in(text: str, today: date) -> date | None:
    """The day a caller named, or None; a day without its year or month is the next one that is not past.

    Understands 今天 明天 后天, 三天后, 两周后, 周二 这周二 下周二 下下周二, 十二月三号, 明年一月五号, 十五号,
    月底, 下个月十号, 下个月底 and written dates. A day that does not exist (二月三十号) is None: one has to ask.
    """
    plain = spaceless(text)
    for pattern, day_of in _WAYS:
        if match := pattern.search(plain):
            try:
                return day_of(match, today)
            except (ValueError, OverflowError):
                return None
    return None


def half_in(text: str) -> str | None:
    """'morning' or 'afternoon' as a caller named it (上午, 早上, 下午, 三点, 十点半); None if neither, or both."""
    plain = spaceless(text)
    named = {"morning" for _ in _MORNING.finditer(plain)} | {"afternoon" for _ in _AFTERNOON.finditer(plain)}
    if not named and (clock := _CLOCK.search(plain)) and (hour := value_of(clock.group(1))) is not None:
        named = {"morning"} if 7 <= hour < 12 else {"afternoon"} if hour <= 6 or 12 <= hour <= 18 else set()
    return named.pop() if len(named) == 1 else None


def _int(said: str) -> int:
    value = value_of(said)
    if value is None:
        raise ValueError(said)
    return int(value)


def _written(match: re.Match[str], today: date) -> date:
    return date(*(int(part) for part in match.groups()))


def _of_month(match: re.Match[str], today: date) -> date:
    """十二月三号, with or without a year."""
    month, day, said = _int(match.group("month")), _int(match.group("day")), match.group("year")
    if said:
        years = {"今年": today.year, "明年": today.year + 1, "后年": today.year + 2}
        return date(years[said] if said in years else _int(said.removesuffix("年")), month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _after(match: re.Match[str], today: date) -> date:
    days = {"天": 1, "日": 1}.get(match.group("unit"), 7)
    return today + timedelta(days=days * _int(match.group("many")))


def _of_week(match: re.Match[str], today: date) -> date:
    """周二 is the next Tuesday from today on; 下周二 is the Tuesday of the calendar week after this one."""
    monday = today - timedelta(days=today.weekday())
    day, which = _WEEKDAYS[match.group("day")], match.group("which") or ""
    named = monday + timedelta(days=day + 7 * which.count("下"))
    return named + timedelta(days=7) if not which and named < today else named


def _end_of_month(match: re.Match[str], today: date) -> date:
    year, month = _month_after(today, len(re.findall("下", match.group("which") or "")))
    return date(year, month, monthrange(year, month)[1])


def _day_of_month(match: re.Match[str], today: date) -> date:
    which, day = match.group("which") or "", _int(match.group("day"))
    if which:
        return date(*_month_after(today, which.count("下")), day)
    year, month = (today.year, today.month) if day >= today.day else _month_after(today, 1)
    return date(year, month, day)


def _month_after(today: date, months: int) -> tuple[int, int]:
    later = today.year * 12 + today.month - 1 + months
    return later // 12, later % 12 + 1


_WAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]], ...] = (
    (re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"), _written),
    (re.compile(rf"{_YEAR}(?:的)?(?P<month>{_N})月份?(?:的)?(?P<day>{_N})[日号]?"), _of_month),
    (re.compile("|".join(_NAMED)), lambda match, today: today + timedelta(days=_NAMED[match.group()])),
    (re.compile(rf"(?P<many>{_N})个?(?P<unit>天|日|周|星期|礼拜)(?:之|以)?后"), _after),
    (re.compile(r"(?P<which>下+个?|[这本]个?)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末1-7])"), _of_week),
    (re.compile(r"(?P<which>下+个?|[这本]个?|)月(?:底|末)"), _end_of_month),
    (re.compile(rf"(?:(?P<which>下+个?|[这本]个?)月)?(?P<day>{_N})[日号](?![线楼窗])"), _day_of_month),
)
