"""Appointments: who may book what, how many fit into a half-day, whose they are, and once means once."""

import asyncio
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.backend.appointments import Business, Half, Wanted
from bot.backend.demo import DemoBackend
from bot.backend.demo_appointments import DemoAppointments
from bot.backend.demo_customers import load_demo, read_customers
from bot.errors import BackendError
from bot.store.appointments import appointment_places, appointments
from bot.store.calls import keep_line
from bot.store.working_days import BEIJING

CUSTOMERS = Path(__file__).resolve().parents[3] / "content" / "demo" / "customers.yml"
FIRST, SECOND, THIRD = read_customers(CUSTOMERS)[:3]
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=BEIJING)
TODAY, FRIDAY, MONDAY = date(2026, 11, 24), date(2026, 11, 27), date(2026, 11, 30)


@pytest.fixture
def backend(store, passwords, tmp_path, through_door):
    text = CUSTOMERS.read_text("utf-8")
    (tmp_path / "three.yml").write_text(text[: text.index("  - name: 演示用户四")], "utf-8")
    load_demo(store.database, store.seal, passwords, tmp_path / "three.yml")
    return through_door(DemoBackend(store.database, store.seal, passwords, now=lambda: NOW))


@pytest.fixture
async def book(store, backend, through_door):
    for call, customer in (("c1", FIRST), ("c2", SECOND), ("c3", THIRD)):
        await backend.begin_login(call, customer.account)
        await backend.verify_password(call, customer.password)
    return through_door(DemoAppointments(store.database, store.seal, now=lambda: NOW))


def loan(day=FRIDAY, half=Half.MORNING, contact="registered", business=Business.LOAN, amount=None):
    return Wanted(business, "gaoxin", day, half, contact, amount)


async def refused(awaitable):
    with pytest.raises(BackendError) as why:
        await awaitable
    return why.value.code


async def test_a_booking_has_a_number_and_the_registered_phones_last_four(book):
    made = await book.book("c1", "k1", loan(), 2, TODAY)
    assert (made.number[:9], made.day, made.half, made.booked) == ("2611-2450", FRIDAY, Half.MORNING, True)
    assert made.contact_last_four == FIRST.phone[-4:] == await book.registered_phone("c1")
    assert await book.mine("c1", TODAY) == [made]
    assert await book.mine("c2", TODAY) == []
    assert await book.taken("gaoxin", TODAY, MONDAY) == {(FRIDAY, Half.MORNING): 1}


async def test_another_phone_may_be_given(book, backend):
    assert await refused(book.book("c1", "k1", loan(contact="phone"), 2, TODAY)) == "no_phone"
    await backend.keep_number("c1", "phone", "13800009876")
    assert (await book.book("c1", "k1", loan(contact="phone"), 2, TODAY)).contact_last_four == "9876"


async def test_nobody_books_without_a_login(book):
    assert await refused(book.book("stranger", "k1", loan(), 2, TODAY)) == "not_logged_in"
    assert await refused(book.mine("stranger", TODAY)) == "not_logged_in"


async def test_a_full_half_day_is_refused_and_free_again_after_a_cancellation(book):
    first = await book.book("c1", "k1", loan(), 1, TODAY)
    assert await refused(book.book("c2", "k2", loan(), 1, TODAY)) == "appointment_full"
    await book.cancel("c1", first.number)
    assert (await book.book("c2", "k3", loan(), 1, TODAY)).booked
    assert await refused(book.book("c3", "k4", loan(half=Half.AFTERNOON), 0, TODAY)) == "appointment_full"


async def test_the_last_place_goes_to_one_of_two_who_ask_at_the_same_moment(book):
    ways = [book.book(call, f"k{call}", loan(), 1, TODAY) for call in ("c1", "c2", "c3")]
    made = await asyncio.gather(*ways, return_exceptions=True)
    assert sorted(getattr(one, "code", "booked") for one in made) == ["appointment_full"] * 2 + ["booked"]


async def test_the_same_business_twice_or_two_at_one_time_are_refused_and_leave_nothing(book, store):
    await book.book("c1", "k1", loan(), 9, TODAY)
    assert await refused(book.book("c1", "k2", loan(day=MONDAY), 9, TODAY)) == "appointment_again"
    same_time = loan(business=Business.WITHDRAWAL)
    assert await refused(book.book("c1", "k3", same_time, 9, TODAY)) == "appointment_busy"
    assert await book.taken("gaoxin", TODAY, MONDAY) == {(FRIDAY, Half.MORNING): 1}
    repayment = loan(day=MONDAY, business=Business.REPAYMENT, amount=Decimal("50000.00"))
    assert (await book.book("c1", "k4", repayment, 9, TODAY)).amount == Decimal("50000.00")


async def test_one_that_is_over_stands_in_nobodys_way(book):
    await book.book("c1", "k1", loan(), 9, TODAY)
    assert (await book.book("c1", "k2", loan(day=date(2026, 12, 7)), 9, MONDAY)).booked
    assert [one.day for one in await book.mine("c1", MONDAY)] == [date(2026, 12, 7)]


async def test_a_repeated_request_books_once_even_at_the_same_moment(book, store):
    made = await asyncio.gather(*(book.book("c1", "same", loan(), 9, TODAY) for _ in range(6)))
    assert {one.number for one in made} == {made[0].number}
    assert await book.taken("gaoxin", TODAY, MONDAY) == {(FRIDAY, Half.MORNING): 1}


async def test_a_caller_who_hangs_up_around_the_commit_leaves_one_or_none(book, store):
    for number in range(8):
        booking = asyncio.create_task(book.book("c1", f"k{number}", loan(day=FRIDAY), 9, TODAY))
        await asyncio.sleep(0.002 * number)
        booking.cancel()
        await asyncio.gather(booking, return_exceptions=True)
    await asyncio.sleep(0.5)
    with store.database.reading() as connection:
        many = connection.execute(sa.select(sa.func.count()).select_from(appointments)).scalar_one()
        taken = connection.execute(sa.select(sa.func.sum(appointment_places.c.taken))).scalar_one()
    assert many <= 1 and (taken or 0) == many


async def test_a_change_keeps_the_number_and_gives_the_old_place_back(book):
    first = await book.book("c1", "k1", loan(), 1, TODAY)
    moved = await book.change("c1", first.number, "xishan", MONDAY, Half.AFTERNOON, 1)
    assert (moved.number, moved.branch, moved.day, moved.half) == (first.number, "xishan", MONDAY, Half.AFTERNOON)
    assert await book.taken("gaoxin", TODAY, MONDAY) == {(FRIDAY, Half.MORNING): 0}
    assert (await book.book("c2", "k2", loan(), 1, TODAY)).booked
    assert await refused(book.change("c1", first.number, "gaoxin", FRIDAY, Half.MORNING, 1)) == "appointment_full"
    assert (await book.mine("c1", TODAY))[0] == moved
    assert await book.change("c1", first.number, "xishan", MONDAY, Half.AFTERNOON, 1) == moved


async def test_a_number_is_told_only_to_its_person_or_its_telephone(book, store):
    made = await book.book("c1", "k1", loan(), 9, TODAY)
    digits = made.number.replace("-", "")
    assert await book.find("c1", digits) == made
    assert await book.find("c1", "261124500020") is None
    assert await refused(book.find("c2", digits)) == "not_yours"
    assert await refused(book.cancel("stranger", digits)) == "not_yours"
    for call, phone in (("mobile", FIRST.phone), ("other", SECOND.phone), ("hidden", "")):
        sealed = store.seal.seal(phone).decode() if phone else ""
        line = {"what": "started", "call_id": call, "channel": "phone", "sealed_caller": sealed, "called": "12329"}
        line |= {"caller_last_four": phone[-4:], "at": NOW.isoformat()}
        with store.database.writing() as connection:
            keep_line(connection, line)
    assert await refused(book.cancel("other", digits)) == "not_yours"
    assert await refused(book.cancel("hidden", digits)) == "not_yours"
    assert not (await book.cancel("mobile", digits)).booked
    assert not (await book.cancel("mobile", digits)).booked
    assert await book.taken("gaoxin", TODAY, MONDAY) == {(FRIDAY, Half.MORNING): 0}
    assert await refused(book.change("c1", digits, "xishan", MONDAY, Half.MORNING, 9)) == "no_appointment"


async def test_who_comes_and_how_much_is_paid_back_cannot_be_read_from_the_table(book, store):
    await book.book("c1", "k1", loan(business=Business.REPAYMENT, amount=Decimal("54321.00")), 9, TODAY)
    with store.database.reading() as connection:
        row = repr(connection.execute(sa.select(appointments)).one())
    assert FIRST.phone[-4:] in row and FIRST.phone not in row and "54321" not in row and FIRST.account not in row
