"""Finds the day a caller speaks of: 明天, 下周六, 十二月三号, 国庆, 调休那天."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import cn2an

from actions.calendar import Holiday, holidays
from actions.content import ROOT

_RELATIVE = {"大后天": 3, "后天": 2, "明天": 1, "明儿": 1, "今天": 0, "今儿": 0, "现在": 0, "这会儿": 0}
_NUMBER = "[一二三四五六七八九十两0-9]{1,3}"
_DATE = re.compile(rf"({_NUMBER})月(?:份)?({_NUMBER})[号日]?")
_WEEKDAY = re.compile(r"(下下|下|这|本)?个?(?:周|星期|礼拜)([一二三四五六日天])")
_HOLIDAY_WORDS = {
    "国庆节": ("国庆", "十一"),
    "劳动节": ("五一", "劳动节"),
    "元旦": ("元旦",),
    "春节": ("春节", "过年", "年三十", "除夕"),
    "清明节": ("清明",),
    "端午节": ("端午",),
    "中秋节": ("中秋",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller asked about: single days, or a holiday, or all 调休 days; nothing if no day was named."""

    days: tuple[date, ...] = ()
    holiday: str = ""
    makeup: bool = False
    weekend: bool = False
    """周末 in general."""


def day_in(text: str, today: date) -> Asked:
    """The day in a caller's words; the next one if the words leave the year open."""
    if "调休" in text or "补班" in text:
        return Asked(makeup=True)
    for word, ahead in _RELATIVE.items():
        if word in text:
            return Asked(days=(today + timedelta(days=ahead),))
    if found := _DATE.search(text):
        return _dated(found, today)
    if found := _WEEKDAY.search(text):
        return Asked(days=(_weekday(found, today),))
    for word in ("周末", "双休", "礼拜六", "星期六"):
        if word in text:
            return Asked(weekend=True)
    named = next((name for name, words in _HOLIDAY_WORDS.items() if any(word in text for word in words)), "")
    return Asked(holiday=named)


def next_holiday(name: str, today: date, root: Path = ROOT) -> Holiday | None:
    """The coming (or running) one of this name; None if its dates are not published yet."""
    for year in (today.year, today.year + 1):
        for holiday in holidays(year, root):
            if holiday.name == name and holiday.last >= today:
                return holiday
    return None


def _dated(found: re.Match[str], today: date) -> Asked:
    try:
        day = date(today.year, _number(found[1]), _number(found[2]))
    except ValueError:
        return Asked()
    return Asked(days=(day if day >= today else day.replace(year=today.year + 1),))


def _weekday(found: re.Match[str], today: date) -> date:
    wanted = "一二三四五六日".find(found[2].replace("天", "日"))
    monday = today - timedelta(days=today.weekday())
    weeks = {"下": 1, "下下": 2}.get(found[1] or "", 0)
    day = monday + timedelta(days=wanted, weeks=weeks)
    return day if day >= today or found[1] else day + timedelta(weeks=1)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else int(cn2an.cn2an(text.replace("两", "二"), "normal"))
