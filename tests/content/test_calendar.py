"""Hours as callers ask for them: weekends, public holidays, 调休, a year that is not published yet."""

from datetime import date, datetime, timedelta

import pytest

from actions.answer_hours import hours_answer
from actions.branches import branches, branches_in
from actions.calendar import day, holidays
from actions.days import day_in
from actions.opening_hours import is_open, opening, usual

TUESDAY = date(2026, 11, 24)


def answer(text, today=TUESDAY):
    return hours_answer(day_in(text, today), branches_in(text), today)


def test_the_calendar_of_2026_is_the_published_one():
    off = {one.name: (one.first, one.last) for one in holidays(2026)}
    assert off["春节"] == (date(2026, 2, 15), date(2026, 2, 23))
    assert off["国庆节"] == (date(2026, 10, 1), date(2026, 10, 7))
    assert [name for name in off] == ["元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"]
    worked = {(one.month, one.day) for holiday in holidays(2026) for one in holiday.makeup}
    assert worked == {(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)}
    assert sum(not day(date(2026, 1, 1) + timedelta(days=n)).works for n in range(365)) == 117


def test_a_saturday_that_is_worked_is_open_with_its_reason():
    assert opening("counter", date(2026, 10, 10)).intervals
    assert "10月10日周六是国庆节调休上班日，办公" in answer("十月十号上班吗", date(2026, 9, 1))


def test_a_holiday_on_a_weekday_is_closed():
    assert not opening("counter", date(2026, 10, 5)).intervals
    assert "10月5日周一不办公，因为国庆节" in answer("十月五号开门吗", date(2026, 9, 1))
    assert "10月1日到10月7日放假" in answer("国庆节上班吗", date(2026, 9, 1))


def test_an_unpublished_year_is_answered_with_care():
    assert day(date(2027, 10, 2)).provisional
    said = answer("国庆上班吗")
    assert "2027年的放假安排还没有公布" in said and "以国务院公布的放假安排为准" in said
    assert "以国务院公布的放假安排为准" in answer("一月五号上班吗")
    assert "还没有公布" in answer("春节放假吗")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("周六开门吗", "柜台11月28日周六不办公。但是市中心服务大厅和高新区服务大厅开放，时间是上午9点到中午12点。"),
        ("东湖管理部周六上班吗", "东湖管理部11月28日周六不办公。"),
        ("明天几点开门", "柜台明天11月25日周三办公，时间是上午9点到中午12点，下午1点30分到下午5点。"),
        ("下周一能办吗", "柜台11月30日周一办公，时间是上午9点到中午12点，下午1点30分到下午5点。"),
        ("大后天上班吗", "柜台11月27日周五办公，时间是上午9点到中午12点，下午1点30分到下午5点。"),
        ("十二月三号上班吗", "柜台12月3日周四办公，时间是上午9点到中午12点，下午1点30分到下午5点。"),
        ("调休那天上班吗", "调休上班的日子照常办公。今年已经没有调休了，2027年的安排还没有公布。"),
    ],
)
def test_a_day_in_the_callers_words(text, said):
    assert answer(text) == said


def test_summer_and_winter_hours_differ():
    assert "下午1点30分" in usual("counter", date(2026, 11, 24))
    assert "下午2点" in usual("counter", date(2026, 6, 1))


def test_agents_rest_at_noon_and_in_holidays():
    assert is_open("agents", datetime(2026, 11, 24, 10, 0))
    assert not is_open("agents", datetime(2026, 11, 24, 12, 30))
    assert not is_open("agents", datetime(2026, 10, 1, 10, 0))
    assert is_open("agents", datetime(2026, 10, 10, 10, 0))


def test_branches_are_found_by_name_district_and_landmark():
    assert [one.key for one in branches_in("东湖管理部怎么走")] == ["donghu"]
    assert [one.key for one in branches_in("我在东湖区")] == ["centre_hall", "donghu"]
    assert [one.key for one in branches_in("东湖这边")] == ["centre_hall", "donghu"]
    assert [one.key for one in branches_in("火车站附近")] == ["centre_hall"]
    assert branches_in("我在上海") == []
    assert len(branches()) == 8
