"""Text messages: to whom, how many a day, tried again, and each one once."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.backend.demo import DemoBackend
from bot.backend.demo_customers import load_demo, read_customers
from bot.backend.demo_sms import DemoCarrier, DemoMessages
from bot.backend.sms import Topic
from bot.backend.sms_sender import AGAIN_AFTER, SmsSender
from bot.errors import BackendError
from bot.store.calls import keep_line
from bot.store.sms import sms_outbox
from bot.store.working_days import BEIJING

CUSTOMERS = Path(__file__).resolve().parents[3] / "content" / "demo" / "customers.yml"
FIRST = read_customers(CUSTOMERS)[0]
TODAY = date(2026, 11, 24)


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 24, 10, 0, tzinfo=BEIJING)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def messages(store, passwords, tmp_path, clock, through_door):
    """c1 is logged in and calls from another telephone than the registered one; c2 is a stranger without a number."""
    text = CUSTOMERS.read_text("utf-8")
    (tmp_path / "one.yml").write_text(text[: text.index("  - name: 演示用户二")], "utf-8")
    load_demo(store.database, store.seal, passwords, tmp_path / "one.yml")
    backend = through_door(DemoBackend(store.database, store.seal, passwords, now=clock))
    await backend.begin_login("c1", FIRST.account)
    await backend.verify_password("c1", FIRST.password)
    for call, phone in (("c1", "13800005555"), ("c2", "")):
        sealed = store.seal.seal(phone).decode() if phone else ""
        line = {"what": "started", "call_id": call, "channel": "phone", "sealed_caller": sealed, "called": "12329"}
        with store.database.writing() as connection:
            keep_line(connection, line | {"caller_last_four": phone[-4:], "at": clock.now.isoformat()})
    return through_door(DemoMessages(store.database, store.seal, now=clock))


class Carrier:
    """Refuses as often as it is told, then delivers to the page."""

    def __init__(self, store, clock, refuses=0):
        self.page = DemoCarrier(store.database, store.seal, now=clock)
        self.refuses, self.asked = refuses, []

    async def send(self, once_key, phone, text):
        self.asked.append((once_key, phone, text))
        if len(self.asked) <= self.refuses:
            raise BackendError("carrier_away", "busy")
        await self.page.send(once_key, phone, text)


async def refused(awaitable):
    with pytest.raises(BackendError) as why:
        await awaitable
    return why.value.code


async def test_figures_go_to_the_registered_telephone_whoever_calls(messages, store, clock):
    assert await messages.send_to_registered("c1", "k1", "余额是12071.20元。", TODAY, 5) == FIRST.phone[-4:]
    carrier = Carrier(store, clock)
    assert await SmsSender(store.database, store.seal, carrier, now=clock).send_due() == 1
    assert carrier.asked == [("k1", FIRST.phone, "余额是12071.20元。")]
    assert await carrier.page.delivered() == [(clock.now, FIRST.phone[-4:], "余额是12071.20元。")]
    assert await refused(messages.send_to_registered("c2", "k2", "余额", TODAY, 5)) == "not_logged_in"


async def test_what_is_no_secret_goes_to_the_telephone_that_calls(messages):
    assert await messages.send_to_caller("c1", "k1", "请带身份证。", TODAY, 5) == "5555"
    assert await refused(messages.send_to_caller("c2", "k2", "请带身份证。", TODAY, 5)) == "no_phone"


async def test_a_number_gets_only_so_many_a_day_and_a_repeated_request_is_none_more(messages):
    for key in ("k1", "k2", "k2", "k1"):
        await messages.send_to_caller("c1", key, "请带身份证。", TODAY, 2)
    assert await refused(messages.send_to_caller("c1", "k3", "请带身份证。", TODAY, 2)) == "sms_too_many"
    await messages.send_to_caller("c1", "k4", "请带身份证。", TODAY + timedelta(days=1), 2)
    assert await messages.send_to_registered("c1", "k5", "余额", TODAY, 2) == FIRST.phone[-4:]


async def test_what_the_carrier_does_not_take_is_tried_again_later_and_delivered_once(messages, store, clock):
    carrier = Carrier(store, clock, refuses=2)
    sender = SmsSender(store.database, store.seal, carrier, now=clock)
    await messages.send_to_caller("c1", "k1", "请带身份证。", TODAY, 5)
    assert [await sender.send_due(), await sender.send_due()] == [0, 0] and len(carrier.asked) == 1
    clock.now += AGAIN_AFTER[0]
    assert await sender.send_due() == 0 and len(carrier.asked) == 2
    clock.now += AGAIN_AFTER[1]
    assert await sender.send_due() == 1
    clock.now += timedelta(days=1)
    assert await sender.send_due() == 0 and len(await carrier.page.delivered()) == 1


async def test_a_carrier_that_never_takes_it_is_given_up(messages, store, clock):
    carrier = Carrier(store, clock, refuses=99)
    sender = SmsSender(store.database, store.seal, carrier, now=clock)
    await messages.send_to_caller("c1", "k1", "请带身份证。", TODAY, 5)
    for _ in range(9):
        await sender.send_due()
        clock.now += timedelta(hours=2)
    assert len(carrier.asked) == len(AGAIN_AFTER) + 1


async def test_a_sender_killed_after_sending_delivers_no_second_message(messages, store, clock):
    await messages.send_to_caller("c1", "k1", "请带身份证。", TODAY, 5)
    carrier = Carrier(store, clock)
    await carrier.send("k1", "13800005555", "请带身份证。")  # and was killed before it could write that down
    await SmsSender(store.database, store.seal, carrier, now=clock).send_due()
    assert len(await carrier.page.delivered()) == 1


async def test_subscriptions_begin_and_end_for_the_person_logged_in(messages):
    assert await messages.topics("c1") == set()
    for _ in range(2):
        await messages.subscribe("c1", Topic.BALANCE, on=True)
    await messages.subscribe("c1", Topic.POLICY, on=True)
    await messages.subscribe("c1", Topic.POLICY, on=False)
    assert await messages.topics("c1") == {Topic.BALANCE}
    assert await refused(messages.subscribe("c2", Topic.BALANCE, on=True)) == "not_logged_in"


async def test_number_and_text_cannot_be_read_from_the_table(messages, store):
    await messages.send_to_registered("c1", "k1", "余额是12071.20元。", TODAY, 5)
    with store.database.reading() as connection:
        row = repr(connection.execute(sa.select(sms_outbox)).one())
    assert FIRST.phone not in row and "12071" not in row
