"""Logging in: who may, how often, and what is never told or kept."""

import asyncio
import statistics
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.backend.base import LoginKind, LoginOutcome, LoginStatus
from bot.backend.demo import DemoBackend
from bot.backend.demo_customers import load_demo, read_customers
from bot.errors import BackendError
from bot.store.collected_numbers import collected_numbers
from bot.store.logins import logins
from bot.store.passwords import Passwords
from bot.store.working_days import BEIJING

ROOT = Path(__file__).resolve().parents[3]
CUSTOMERS = ROOT / "content" / "demo" / "customers.yml"
FIRST = read_customers(CUSTOMERS)[0]
UNKNOWN = "810000000000"
WRONG = "111111"


class Day:
    """A clock that the test moves."""

    def __init__(self):
        self.now = datetime(2026, 11, 24, 23, 0, tzinfo=BEIJING)

    def __call__(self):
        return self.now

    def later(self, **time):
        self.now += timedelta(**time)


@pytest.fixture(scope="module")
def two_customers(tmp_path_factory):
    text = CUSTOMERS.read_text("utf-8")
    path = tmp_path_factory.mktemp("demo") / "customers.yml"
    path.write_text(text[: text.index("  - name: 演示用户三")], "utf-8")
    return path


@pytest.fixture
def day():
    return Day()


@pytest.fixture
def backend(store, passwords, two_customers, day, through_door):
    load_demo(store.database, store.seal, passwords, two_customers)
    return through_door(DemoBackend(store.database, store.seal, passwords, now=day))


async def attempt(backend, call_id, number, password):
    await backend.begin_login(call_id, number)
    return await backend.verify_password(call_id, password)


@pytest.mark.parametrize("number", [FIRST.account, FIRST.id_number, FIRST.id_number.lower(), FIRST.card])
async def test_account_id_number_and_card_all_open_the_same_account(backend, number):
    assert await backend.begin_login("c1", number) == number[-4:]
    assert (await backend.login("c1")).status is LoginStatus.BEGUN
    outcome = await backend.verify_password("c1", FIRST.password)
    assert outcome == LoginOutcome(LoginStatus.OK, 3, number[-4:])
    account = await backend.personal_account("c1")
    assert (account.last_four, account.balance, account.paid_to) == (
        FIRST.account[-4:],
        Decimal("12071.20"),
        date(2026, 10, 1),
    )
    assert await backend.login("c1") == outcome


async def test_without_a_login_there_is_no_account(backend):
    for begin in (False, True):
        if begin:
            await attempt(backend, "c1", FIRST.account, WRONG)
        with pytest.raises(BackendError) as refused:
            await backend.personal_account("c1")
        assert refused.value.code == "not_logged_in"
    with pytest.raises(BackendError):
        await backend.verify_password("another call", FIRST.password)


async def test_three_wrong_passwords_lock_all_numbers_of_the_account_on_all_calls(backend):
    assert await attempt(backend, "c1", FIRST.account, WRONG) == LoginOutcome(LoginStatus.WRONG, 2, FIRST.account[-4:])
    assert (await attempt(backend, "c2", FIRST.id_number, WRONG)).attempts_left == 1
    assert (await attempt(backend, "c3", FIRST.card, WRONG)).status is LoginStatus.LOCKED
    for number in (FIRST.account, FIRST.id_number, FIRST.card):
        assert (await attempt(backend, "c4", number, FIRST.password)).status is LoginStatus.LOCKED
    with pytest.raises(BackendError):
        await backend.personal_account("c4")


async def test_another_account_is_not_locked_with_it(backend):
    for _ in range(3):
        await attempt(backend, "c1", FIRST.account, WRONG)
    second = read_customers(CUSTOMERS)[1]
    assert (await attempt(backend, "c1", second.account, second.password)).status is LoginStatus.OK


async def test_the_lock_ends_with_the_local_day(backend, day):
    for _ in range(3):
        await attempt(backend, "c1", FIRST.account, WRONG)
    day.later(minutes=59)
    assert (await attempt(backend, "c1", FIRST.account, FIRST.password)).status is LoginStatus.LOCKED
    day.later(minutes=2)
    assert await attempt(backend, "c1", FIRST.account, WRONG) == LoginOutcome(LoginStatus.WRONG, 2, FIRST.account[-4:])
    assert (await attempt(backend, "c1", FIRST.account, FIRST.password)).status is LoginStatus.OK


async def test_a_right_password_costs_no_attempt_and_forgives_none(backend):
    await attempt(backend, "c1", FIRST.account, WRONG)
    for _ in range(4):
        assert (await attempt(backend, "c1", FIRST.account, FIRST.password)).status is LoginStatus.OK
    assert (await attempt(backend, "c1", FIRST.account, WRONG)).attempts_left == 1


async def test_an_unknown_number_is_answered_and_locked_just_like_a_wrong_password(backend):
    known = [await attempt(backend, "c1", FIRST.account, WRONG) for _ in range(4)]
    unknown = [await attempt(backend, "c2", UNKNOWN, WRONG) for _ in range(4)]
    assert [(outcome.status, outcome.attempts_left) for outcome in known] == [
        (outcome.status, outcome.attempts_left) for outcome in unknown
    ]
    assert unknown[0].last_four == "0000"


async def test_an_unknown_number_takes_as_long_as_a_wrong_password(store, two_customers):
    passwords = Passwords()
    load_demo(store.database, store.seal, passwords, two_customers)
    backend = DemoBackend(store.database, store.seal, passwords)
    took = {FIRST.account: [], UNKNOWN: []}
    for _ in range(8):  # in turn, so that a busy machine slows both alike
        for number, seconds in took.items():
            await backend.begin_login("c1", number)
            began = time.perf_counter()
            await backend.verify_password("c1", WRONG)
            seconds.append(time.perf_counter() - began)
            with store.database.writing() as connection:
                connection.exec_driver_sql("DELETE FROM wrong_attempts")
    known, unknown = (statistics.median(seconds) for seconds in took.values())
    assert 0.6 < known / unknown < 1.6
    assert min(known, unknown) > 0.01


async def test_calls_that_try_at_the_same_moment_have_three_attempts_together(backend):
    calls = [f"c{number}" for number in range(8)]
    for call in calls:
        await backend.begin_login(call, FIRST.account)
    outcomes = await asyncio.gather(*(backend.verify_password(call, WRONG) for call in calls))
    assert sorted(outcome.attempts_left for outcome in outcomes) == [0] * 6 + [1, 2]
    assert (await attempt(backend, "c1", FIRST.account, FIRST.password)).status is LoginStatus.LOCKED


OTHER_PROCESS = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from bot.backend.demo import DemoBackend
from bot.store.database import Database
from bot.store.passwords import Passwords
from bot.store.sealing import Seal
url, key, number, now = sys.argv[1:5]
async def once():
    database, seal = Database(url), Seal.from_file(Path(key))
    backend = DemoBackend(database, seal, Passwords(), now=lambda: datetime.fromisoformat(now))
    await backend.begin_login("elsewhere", number)
    print((await backend.verify_password("elsewhere", sys.stdin.read())).status.value)
asyncio.run(once())
"""


async def test_the_lock_holds_over_processes_and_restarts(backend, store, day):
    async def elsewhere(password):
        command = [sys.executable, "-c", OTHER_PROCESS, store.url, str(store.folder / "secret.key")]
        ended = await asyncio.to_thread(
            subprocess.run,
            [*command, FIRST.id_number, day.now.isoformat()],
            input=password.encode(),
            capture_output=True,
            check=True,
            cwd=ROOT,
        )
        return ended.stdout.decode().strip()

    assert await elsewhere(WRONG) == "wrong"
    assert (await attempt(backend, "c1", FIRST.account, WRONG)).attempts_left == 1
    assert await elsewhere(WRONG) == "locked"
    assert (await attempt(backend, "c1", FIRST.account, FIRST.password)).status is LoginStatus.LOCKED
    assert await elsewhere(FIRST.password) == "locked"


@pytest.mark.parametrize("entered", ["", "12345", "1234567", "12345*", "１２３４５６", "28691³"])
async def test_what_is_not_six_digits_is_no_attempt(backend, entered):
    await attempt(backend, "c1", FIRST.account, WRONG)
    assert await attempt(backend, "c1", FIRST.account, entered) == LoginOutcome(
        LoginStatus.NO_PASSWORD, 2, FIRST.account[-4:]
    )
    assert (await attempt(backend, "c1", FIRST.account, WRONG)).attempts_left == 1


async def test_an_outcome_without_a_check_is_noted_and_success_cannot_be(backend):
    await backend.begin_login("c1", FIRST.account)
    await backend.note_login("c1", LoginStatus.NO_KEYS)
    assert (await backend.login("c1")).status is LoginStatus.NO_KEYS
    for status in (LoginStatus.OK, LoginStatus.BEGUN):
        with pytest.raises(BackendError):
            await backend.note_login("c1", status)
    with pytest.raises(BackendError):
        await backend.personal_account("c1")


async def test_a_second_login_in_a_call_starts_clean(backend):
    await attempt(backend, "c1", FIRST.account, FIRST.password)
    await backend.begin_login("c1", read_customers(CUSTOMERS)[1].account)
    assert (await backend.login("c1")).status is LoginStatus.BEGUN
    with pytest.raises(BackendError):
        await backend.personal_account("c1")


async def test_after_the_call_nothing_of_its_login_is_left(backend, store, day):
    await attempt(backend, "c1", FIRST.account, FIRST.password)
    await attempt(backend, "killed", FIRST.account, FIRST.password)
    await backend.log_out("c1")
    assert await backend.login("c1") is None
    with pytest.raises(BackendError):
        await backend.personal_account("c1")
    day.later(minutes=41)
    assert await backend.login("killed") is None
    await attempt(backend, "c2", FIRST.account, FIRST.password)  # the next caller's log-out takes the lost one along
    await backend.log_out("c2")
    with store.database.reading() as connection:
        assert connection.execute(sa.select(logins)).all() == []


@pytest.mark.parametrize("jump", [{"hours": -3}, {"minutes": 30}, {"days": 1}], ids=["back", "on", "a day"])
async def test_a_clock_that_is_set_in_the_middle_of_a_call_lets_nobody_in_and_loses_at_most_the_login(
    backend, day, jump
):
    await attempt(backend, "c1", FIRST.account, FIRST.password)
    await backend.begin_login("c2", FIRST.account)
    day.later(**jump)
    try:
        assert await backend.personal_account("c1")
    except BackendError as lost:
        assert lost.code == "not_logged_in" and jump == {"days": 1}
    with pytest.raises(BackendError):
        await backend.personal_account("c2")
    assert (await attempt(backend, "c1", FIRST.account, FIRST.password)).status is LoginStatus.OK


async def test_a_unit_and_a_person_with_the_same_number_are_different(backend):
    await backend.begin_login("c1", FIRST.account, LoginKind.UNIT)
    assert (await backend.verify_password("c1", FIRST.password)).status is LoginStatus.WRONG


async def test_a_store_that_is_away_is_the_back_ends_failure(backend, store):
    with store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE logins RENAME TO logins_away")
    with pytest.raises(BackendError) as failed:
        await backend.begin_login("c1", FIRST.account)
    assert failed.value.code == "backend_away"


async def test_a_number_given_for_another_purpose_is_found_by_its_call_and_kind_until_the_call_ends(
    backend, store, day
):
    await backend.keep_number("c1", "phone", "13800009999")
    await backend.keep_number("c1", "phone", "13800001234")
    await backend.keep_number("c1", "order", "261124100015")
    await backend.keep_number("killed", "phone", "13800005678")
    assert await backend.collected_number("c1", "phone") == "13800001234"
    assert await backend.collected_number("c1", "order") == "261124100015"
    assert await backend.collected_number("c2", "phone") is None
    with store.database.reading() as connection:
        assert "13800001234" not in repr(connection.execute(sa.select(collected_numbers)).all())
    day.later(minutes=41)
    assert await backend.collected_number("killed", "phone") is None
    await backend.log_out("c1")
    with store.database.reading() as connection:
        assert connection.execute(sa.select(collected_numbers)).all() == []


async def test_the_first_login_keeps_the_numbers_given_before_it_and_a_second_one_forgets_them(backend):
    await backend.keep_number("c1", "phone", "13800001234")
    await attempt(backend, "c1", FIRST.account, WRONG)
    assert (await attempt(backend, "c1", FIRST.account, FIRST.password)).status is LoginStatus.OK
    assert await backend.collected_number("c1", "phone") == "13800001234"
    await backend.begin_login("c1", "8200000001", LoginKind.UNIT)
    assert await backend.collected_number("c1", "phone") is None
    assert (await backend.login("c1")).kind is LoginKind.UNIT
