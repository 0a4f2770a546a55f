"""The day's indicators, counted from what calls left in the store, and as the operators read them."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.call.journal import Entry
from bot.commands import report
from bot.commands.report import as_table
from bot.store.call_writer import CallWriter
from bot.store.day_figures import day_figures
from bot.store.ratings import Grade, ask_rating, rate
from bot.store.work_orders import WorkOrderKind, WorkOrders
from bot.store.working_days import BEIJING, WorkCalendar

DAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=BEIJING)
LIMITS = {kind: 1 for kind in WorkOrderKind} | {WorkOrderKind.COMPLAINT: 5}


def at(day, hour):
    return datetime.combine(day, time(hour), BEIJING)


@pytest.fixture
async def called(store):
    """Calls of a day: two served by the bot, one handed over, one off hours; one call on the day before and after."""
    writer = CallWriter(store.database, store.seal, store.folder / "spool")
    midnight = datetime(2026, 11, 24, 0, 0, tzinfo=BEIJING)
    calls = {
        "balance": (midnight, [Entry(1, "said", {"utterance": "utter_greeting"})]),
        "rate": (MORNING, []),
        "person": (MORNING, [Entry(1, "said", {"utterance": "utter_human_coming"}), Entry(2, "hand_off", {})]),
        "evening": (at(DAY, 22), [Entry(1, "said", {"utterance": "utter_human_off_hours"})]),
        "before": (midnight - timedelta(seconds=1), [Entry(1, "hand_off", {})]),
        "after": (midnight + timedelta(days=1), [Entry(1, "hand_off", {})]),
    }
    for call_id, (started, entries) in calls.items():
        writer.call_started(call_id, channel="audiosocket", at=started.astimezone(UTC))
        for entry in entries:
            writer.keep(call_id, entry)
    assert await writer.flushed()
    writer.close()


def orders_at(store, moment):
    calendar = WorkCalendar(frozenset(), frozenset(), frozenset({2026}))
    return WorkOrders(store.database, store.seal, lambda: calendar, LIMITS, day_ends=time(17), now=lambda: moment)


async def make(store, moment, kind, call_id):
    return await orders_at(store, moment).create(call_id, kind, call_id=call_id, category="", contact="", text="一件事")


async def test_calls_are_counted_from_midnight_to_midnight_in_the_centres_time(store, called):
    found = day_figures(store.database, store.seal, DAY)
    assert (found.calls, found.person_wanted, found.self_served) == (4, 2, 2)
    assert found.self_served_share == 0.5


async def test_orders_are_counted_by_kind_and_those_due_by_whether_they_were_closed_in_time(store):
    monday, tuesday = at(DAY - timedelta(days=1), 10), MORNING
    in_time = await make(store, monday, WorkOrderKind.ENQUIRY, "in time")
    late = await make(store, monday, WorkOrderKind.CALL_BACK, "late")
    await make(store, monday, WorkOrderKind.SUGGESTION, "never")
    await make(store, tuesday, WorkOrderKind.COMPLAINT, "new")
    await orders_at(store, at(DAY, 23)).note_progress(in_time.number, "done")
    await orders_at(store, at(DAY + timedelta(days=1), 0)).note_progress(late.number, "done")
    found = day_figures(store.database, store.seal, DAY)
    assert found.orders == {kind: int(kind is WorkOrderKind.COMPLAINT) for kind in WorkOrderKind}
    assert (found.due, found.closed_in_time) == (3, 1)


async def test_ratings_are_shares_of_those_asked_and_of_those_rated(store):
    for call_id, grade in {"a": Grade.SATISFIED, "b": Grade.FAIR, "c": Grade.DISSATISFIED, "d": None}.items():
        await ask_rating(store.database, call_id, MORNING)
        if grade:
            await rate(store.database, call_id, grade)
    await ask_rating(store.database, "yesterday", MORNING - timedelta(days=1))
    found = day_figures(store.database, store.seal, DAY)
    assert (found.asked, found.rated, found.rated_share) == (4, 3, 0.75)
    assert found.satisfied_share == pytest.approx(2 / 3)


async def test_the_table_says_it_in_chinese_and_divides_nothing_by_nothing(store, called, monkeypatch, capsys):
    await ask_rating(store.database, "rate", MORNING)
    await rate(store.database, "rate", Grade.SATISFIED)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", store.url)
    monkeypatch.setenv("HOTLINE_SECRET_KEY_FILE", str(store.folder / "secret.key"))
    assert await asyncio.to_thread(report.main, ["--day", "2026-11-24"]) == 0
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert printed[0] == ["2026年11月24日", "话务日报"]
    assert ["呼入总量", "4"] in printed and ["自助分流率", "50.0%"] in printed and ["转人工量", "2"] in printed
    assert ["按时办结率", "—"] in printed and ["参评率", "100.0%"] in printed and ["满意率", "100.0%"] in printed


def test_a_day_without_anything_is_a_table_of_noughts(store):
    printed = as_table(day_figures(store.database, store.seal, DAY))
    assert "呼入总量" in printed and "nan" not in printed and printed.count("—") == 4


def test_a_day_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        report.main(["--day", "昨天"])
    assert "2026-11-28" in capsys.readouterr().err
