"""A recorded person dictates an account number over AudioSocket, confirms what is read back, and hears the balance.

How many speakers of the set are understood is measured by measure_digits.py.
"""

from pathlib import Path

from bot.backend.demo_customers import read_customers
from tests.conftest import ROOT
from tests.support.dictation import speakers
from tests.support.fake_exchange import FakeCall, FakeExchange
from tests.support.leaks import leaks
from tests.support.listener import Listener
from tests.support.newest_call import outcomes
from tests.support.service import RunningService

CUSTOMER = next(c for c in read_customers(ROOT / "content" / "demo" / "customers.yml") if c.status == "01")
SPEAKER = "seedlingo_1"


async def answered(call: FakeCall, done_at: float) -> None:
    """Wait until the bot has answered what the caller did, and is silent again."""
    await call.wait_until_spoken(within_seconds=15, after=done_at + 0.3)
    await call.wait_until_quiet(within_seconds=60)


async def test_a_persons_recorded_digits_lead_to_the_balance(
    service: RunningService, exchange: FakeExchange, listener: Listener, shared: Path
):
    person = next(speaker for speaker in speakers(shared / "speech") if speaker.name == SPEAKER)
    async with exchange.call(caller="13800001234") as call:
        await call.wait_until_spoken()
        await call.press("2")
        await call.wait(1.5)
        await answered(call, await call.press("1"))
        await answered(call, await call.play(person.dictates(CUSTOMER.account)))
        read_back = f"您说的号码尾号是{CUSTOMER.account[-4:]}，对吗？"
        assert await listener.likeness(call.heard, read_back) > 0.9
        await answered(call, await call.press("1"))
        await answered(call, await call.press(CUSTOMER.password))
        balance = f"您尾号{CUSTOMER.account[-4:]}的公积金账户，余额是{CUSTOMER.balance}元。"
        assert await listener.likeness(call.heard, balance) > 0.9
    journal = await service.journal(str(call.uuid))
    assert [e.facts for e in journal.entries if e.kind == "number"] == [
        {"of": "login", "outcome": "complete", "last_four": CUSTOMER.account[-4:]}
    ]
    assert outcomes(journal, "pin") == ["ok"]
    assert leaks([service.folder], CUSTOMER.account) == []
