"""Due dates in working days, by the published calendar of 2026 and beyond it."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.store.working_days import BEIJING, WorkCalendar

HOLIDAYS = Path(__file__).resolve().parents[3] / "content" / "holidays"


@pytest.fixture(scope="module")
def calendar():
    return WorkCalendar.from_files(sorted(HOLIDAYS.glob("*.json")))


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-02-12", 1, "2026-02-13"),
        ("2026-02-12", 2, "2026-02-14"),  # a Saturday that is worked
        ("2026-02-12", 5, "2026-02-26"),  # over the Spring Festival
        ("2026-09-29", 2, "2026-10-08"),  # over the National Day
        ("2026-09-29", 5, "2026-10-12"),
        ("2026-11-24", 0, "2026-11-24"),
    ],
)
def test_due_dates_of_a_published_year(calendar, start, days, expected):
    due = calendar.after(date.fromisoformat(start), days)
    assert (due.day.isoformat(), due.provisional) == (expected, False)


def test_a_limit_that_crosses_into_an_unpublished_year_is_provisional_and_skips_the_fixed_holidays(calendar):
    due = calendar.after(date(2026, 12, 29), 5)
    assert (due.day, due.provisional) == (date(2027, 1, 6), True)  # 1 January is off, the weekend too
    assert calendar.after(date(2026, 12, 29), 2).provisional is False
    assert not calendar.is_working_day(date(2027, 10, 1)) and calendar.is_working_day(date(2027, 10, 8))


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-24 09:00", "2026-11-25"),  # Tuesday morning
        ("2026-11-24 16:59", "2026-11-25"),
        ("2026-11-24 17:00", "2026-11-26"),  # after work: counts as Wednesday's
        ("2026-11-28 10:00", "2026-12-01"),  # Saturday: counts as Monday's
        ("2026-09-30 20:00", "2026-10-09"),  # the evening before the holidays: counts as 8 October's
        ("2026-10-10 10:00", "2026-10-12"),  # a Saturday that is worked
    ],
)
def test_what_comes_outside_working_time_counts_from_the_next_working_day(calendar, received, expected):
    moment = datetime.fromisoformat(received).replace(tzinfo=BEIJING)
    for same in (moment, moment.astimezone(UTC)):
        assert calendar.due(same, 1, time(17)).day.isoformat() == expected


@pytest.mark.parametrize("text", ["{", '{"year": 2027, "days": [{"date": "2027-13-01", "isOffDay": true}]}', "[]"])
def test_a_wrong_calendar_file_is_named_with_its_mend(tmp_path, text):
    (tmp_path / "2027.json").write_text(text)
    with pytest.raises(ContentError, match=r"2027\.json.*isOffDay"):
        WorkCalendar.from_files([tmp_path / "2027.json"])
