"""Work orders: numbered, due, saved once or not at all."""

import asyncio
from datetime import date, datetime, time

import pytest
import sqlalchemy as sa

from bot.order_number import order_number
from bot.store.work_orders import WorkOrderKind, WorkOrders, work_orders
from bot.store.working_days import BEIJING, WorkCalendar

LIMITS = {
    WorkOrderKind.COMPLAINT: 5,
    WorkOrderKind.SUGGESTION: 2,
    WorkOrderKind.ENQUIRY: 1,
    WorkOrderKind.CALL_BACK: 1,
}
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=BEIJING)


@pytest.fixture
def orders(store):
    calendar = WorkCalendar(frozenset(), frozenset(), frozenset({2026}))
    return WorkOrders(store.database, store.seal, lambda: calendar, LIMITS, day_ends=time(17), now=lambda: TUESDAY)


def complain(orders, key, call_id="c1"):
    return orders.create(
        key,
        WorkOrderKind.COMPLAINT,
        call_id=call_id,
        category="窗口服务",
        contact="13800001234",
        text="排队两个小时没有人办理",
    )


async def test_a_complaint_gets_a_number_and_its_due_date_and_is_found_by_the_number(orders):
    order = await complain(orders, "k1")
    assert order.number == "2611-2410-0015"
    assert (order.due_on, order.due_provisional, order.state) == (date(2026, 12, 1), False, "open")
    assert await orders.find("2611-2410-0015") == await orders.find("261124100015") == order
    assert await orders.find("2611-2410-0023") is None
    assert await orders.of_call("c1") == [order]


async def test_each_kind_and_day_has_its_own_series(orders, store):
    await complain(orders, "k1")
    suggestion = await orders.create(
        "k2", WorkOrderKind.SUGGESTION, call_id="c1", category="网厅", contact="", text="字太小"
    )
    assert (await complain(orders, "k3")).number == "2611-2410-0023"
    assert (suggestion.number, suggestion.due_on) == ("2611-2420-0013", date(2026, 11, 26))
    next_day = WorkOrders(
        store.database,
        store.seal,
        lambda: WorkCalendar(frozenset(), frozenset(), frozenset({2026})),
        LIMITS,
        day_ends=time(17),
        now=lambda: datetime(2026, 11, 25, 0, 5, tzinfo=BEIJING),
    )
    assert (await complain(next_day, "k4")).number == "2611-2510-0014"


async def test_a_repeated_request_gives_the_same_order_even_at_the_same_moment(orders, store):
    made = await asyncio.gather(*(complain(orders, "same") for _ in range(8)))
    assert {order.number for order in made} == {made[0].number}
    with store.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(work_orders)).scalar_one() == 1


async def test_orders_made_at_the_same_moment_have_different_numbers_without_a_gap(orders):
    made = await asyncio.gather(*(complain(orders, f"k{number}", f"c{number}") for number in range(12)))
    assert sorted(order.number for order in made) == [order_number(TUESDAY, 1, serial) for serial in range(1, 13)]


async def test_a_call_back_is_ordered_once_for_a_call_and_reason(orders):
    first = await orders.create_call_back("c1", "off_hours", "13800001234", "想问提取进度")
    again = await orders.create_call_back("c1", "off_hours", "13800001234", "想问提取进度")
    other = await orders.create_call_back("c1", "rasa_away", "13800001234", "")
    assert first == again and first.number == "2611-2440-0019"
    assert other.number == "2611-2440-0027"
    assert first.contact == "13800001234" and first.text == "想问提取进度"


async def test_who_complains_and_what_about_cannot_be_read_from_the_table(orders, store):
    await complain(orders, "k1")
    with store.database.reading() as connection:
        row = repr(connection.execute(sa.select(work_orders)).one())
    assert "1234" in row and "窗口服务" in row
    assert "1380000" not in row and "排队" not in row
