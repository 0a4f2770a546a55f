"""Limits per telephone and for the whole line: one password tried on many accounts; a stranger locking people out."""

import asyncio
import re

import pytest
import sqlalchemy as sa

from bot.backend.base import LoginStatus
from bot.backend.demo import DemoBackend
from bot.backend.demo_customers import load_demo, read_customers
from bot.backend.login_limits import LoginLimits
from bot.store.attempts import wrong_attempts
from bot.store.database import Database
from tests.unit.backend.test_demo_login import CUSTOMERS, Day

EVERYBODY = read_customers(CUSTOMERS)
FIRST = EVERYBODY[0]
STRANGER, OTHER = "13800009991", "13800009992"
DEFAULT = "000001"
LIMITS = LoginLimits(per_caller_a_day=5, without_number_an_hour=4, on_the_line_an_hour=12)


@pytest.fixture
def day():
    return Day()


@pytest.fixture
def backend(store, passwords, day):
    load_demo(store.database, store.seal, passwords, CUSTOMERS)
    return DemoBackend(store.database, store.seal, passwords, LIMITS, now=day)


async def tries(backend, number, password, caller=""):
    await backend.begin_login("call", number, caller=caller)
    return await backend.verify_password("call", password)


async def sprays(backend, customers, caller):
    """The same password on one account after the other; the outcomes."""
    return [(await tries(backend, one.account, DEFAULT, caller)).status for one in customers]


async def test_one_password_on_many_accounts_from_one_telephone_stops_at_its_limit(backend):
    outcomes = await sprays(backend, EVERYBODY[10:20], STRANGER)
    assert outcomes == [LoginStatus.WRONG] * 5 + [LoginStatus.LOCKED] * 5
    assert (await tries(backend, EVERYBODY[30].account, EVERYBODY[30].password, STRANGER)).status is LoginStatus.LOCKED


async def test_what_the_limit_refused_is_not_counted_against_the_account(backend):
    await sprays(backend, EVERYBODY[10:15], STRANGER)
    for _ in range(3):
        assert (await tries(backend, FIRST.account, DEFAULT, STRANGER)).status is LoginStatus.LOCKED
    assert (await tries(backend, FIRST.account, FIRST.password, FIRST.phone)).status is LoginStatus.OK
    assert (await tries(backend, FIRST.account, DEFAULT, OTHER)).attempts_left == 2


async def test_a_stranger_locks_no_more_people_out_than_one_telephones_limit(backend):
    for customer in EVERYBODY[10:14]:
        for _ in range(3):
            await tries(backend, customer.account, DEFAULT, STRANGER)
    locked = [(await tries(backend, one.account, one.password, OTHER)).status for one in EVERYBODY[10:14]]
    assert locked.count(LoginStatus.LOCKED) == 1


async def test_another_telephone_and_the_next_day_are_free_again(backend, day):
    await sprays(backend, EVERYBODY[10:20], STRANGER)
    assert (await tries(backend, FIRST.account, FIRST.password, OTHER)).status is LoginStatus.OK
    day.later(hours=2)  # it is past midnight
    assert (await tries(backend, FIRST.account, FIRST.password, STRANGER)).status is LoginStatus.OK


async def test_right_passwords_use_nothing_up(backend):
    for customer in [FIRST, *EVERYBODY[16:20]] * 2:
        assert (await tries(backend, customer.account, customer.password, STRANGER)).status is LoginStatus.OK
    assert LoginStatus.LOCKED not in await sprays(backend, EVERYBODY[20:25], STRANGER)


async def test_callers_without_a_number_share_a_limit_of_an_hour(backend, day):
    outcomes = await sprays(backend, EVERYBODY[10:16], "")
    assert outcomes == [LoginStatus.WRONG] * 4 + [LoginStatus.PAUSED] * 2
    assert (await tries(backend, FIRST.account, FIRST.password, OTHER)).status is LoginStatus.OK
    day.later(minutes=61)
    assert (await tries(backend, FIRST.account, FIRST.password, "")).status is LoginStatus.OK


async def test_many_telephones_together_close_the_line_but_for_registered_ones(backend, day):
    for number, customer in enumerate(EVERYBODY[10:22]):
        assert (await tries(backend, customer.account, DEFAULT, f"1380000{8000 + number}")).status is LoginStatus.WRONG
    assert (await tries(backend, FIRST.account, FIRST.password, OTHER)).status is LoginStatus.PAUSED
    assert (await tries(backend, FIRST.account, FIRST.password, FIRST.phone)).status is LoginStatus.OK
    day.later(minutes=61)
    assert (await tries(backend, FIRST.account, FIRST.password, OTHER)).status is LoginStatus.OK


@pytest.mark.parametrize("caller", [STRANGER, ""])
async def test_a_number_that_nobody_has_is_answered_and_limited_like_any_other(store, passwords, day, caller):
    load_demo(store.database, store.seal, passwords, CUSTOMERS)
    answers = []
    for numbers in ([one.account for one in EVERYBODY[10:18]], [f"81999999{number:04d}" for number in range(8)]):
        backend = DemoBackend(store.database, store.seal, passwords, LIMITS, now=day)
        answers.append([(await tries(backend, number, DEFAULT, caller)) for number in numbers])
        with store.database.writing() as connection:
            connection.execute(sa.delete(wrong_attempts))
    known, unknown = ([(one.status, one.attempts_left) for one in outcomes] for outcomes in answers)
    assert known == unknown


async def test_the_limits_hold_over_processes_and_at_the_same_moment(backend, store, passwords, day):
    others = [DemoBackend(Database(store.url), store.seal, passwords, LIMITS, now=day) for _ in range(2)]

    async def one(number):
        await others[number % 2].begin_login(f"c{number}", EVERYBODY[10 + number].account, caller=STRANGER)
        return (await others[number % 2].verify_password(f"c{number}", DEFAULT)).status

    outcomes = await asyncio.gather(*(one(number) for number in range(10)))
    assert sorted(outcome.value for outcome in outcomes) == ["locked"] * 5 + ["wrong"] * 5


async def test_no_telephone_can_be_read_from_the_counts(backend, store):
    await sprays(backend, EVERYBODY[10:13], STRANGER)
    with store.database.reading() as connection:
        rows = repr(connection.execute(sa.select(wrong_attempts)).all())
    assert "line 23" in rows and STRANGER not in rows
    assert "9991" not in re.sub("[0-9a-f]{64}", "", rows)  # a fingerprint may have these digits by chance
