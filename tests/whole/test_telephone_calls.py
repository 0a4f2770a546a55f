"""Whole calls over AudioSocket in real time, through everything that make run starts."""

from collections.abc import Awaitable

import pytest

from bot.backend.demo_customers import read_customers
from tests.conftest import ROOT
from tests.support.caller_voice import CallerVoice
from tests.support.fake_exchange import FakeCall, FakeExchange
from tests.support.leaks import leaks
from tests.support.service import RunningService

CUSTOMER = next(
    customer for customer in read_customers(ROOT / "content" / "demo" / "customers.yml") if customer.status == "01"
)


async def answer_to(call: FakeCall, deed: Awaitable[float]) -> None:
    """Do something, and wait until the bot has answered it and is silent again."""
    done_at = await deed
    await call.wait_until_spoken(after=done_at + 0.3)
    await call.wait_until_quiet()


def said(journal) -> list[str]:
    return [entry.facts["utterance"] for entry in journal.entries if entry.kind == "said"]


async def test_a_spoken_question_is_answered_over_the_greeting(
    service: RunningService, exchange: FakeExchange, caller: CallerVoice
):
    question = await caller.says("公积金贷款利率是多少")
    async with exchange.call() as call:
        await call.wait_until_spoken()
        await call.wait(1.0)
        spoken_at = await call.play(question)
        await call.wait_until_spoken(after=spoken_at + 0.5)
        await call.wait_until_quiet()
    journal = await service.journal(str(call.uuid))
    heard = [entry.facts["text"] for entry in journal.entries if entry.kind == "heard"]
    assert heard == ["公积金贷款利率是多少"]
    assert any("polic" in name or "rate" in name for name in said(journal)), said(journal)
    assert journal.entries[-1].kind == "ended" and journal.entries[-1].facts["by"] == "caller"
    assert call.faults == []


async def test_keys_lead_to_the_balance_and_a_person_with_the_reason(
    service: RunningService, exchange: FakeExchange, caller: CallerVoice
):
    person = await caller.says("转人工")
    async with exchange.call(caller="13800001234") as call:
        await call.wait_until_spoken()
        await answer_to(call, call.press("2"))
        await answer_to(call, call.press("1"))
        await answer_to(call, call.press(CUSTOMER.account + "#"))
        await answer_to(call, call.press(CUSTOMER.password))
        await call.play(person)
        how = await call.ended
    assert how == "hung up"
    step, reason, queue = await call.next_step()
    assert (step, reason, queue) == ("agent", "asked", "agents")
    journal = await service.journal(str(call.uuid))
    kinds = [entry.kind for entry in journal.entries]
    assert "pin" in kinds and "hand_off" in kinds
    assert [entry.facts["outcome"] for entry in journal.entries if entry.kind == "pin"] == ["ok"]
    found = leaks([service.folder], CUSTOMER.password)
    assert found == []


@pytest.mark.parametrize("plant", ["database", "log", "recording"])
def test_the_search_for_the_password_finds_a_planted_one(service: RunningService, tmp_path, plant: str):
    planted = {"database": b"x'9' 286913", "log": '{"event": "二八六九一三"}'.encode(), "recording": b"\x00286913"}
    (tmp_path / plant).write_bytes(planted[plant])
    assert leaks([tmp_path], "286913")


async def test_a_call_nobody_announced_is_refused(exchange: FakeExchange):
    async with exchange.call(announced=False) as call:
        assert await call.ended in ("hung up", "closed")
    assert call.arrivals == []


async def test_health_and_metrics_tell_of_the_calls_but_of_no_caller(service: RunningService, exchange: FakeExchange):
    async with exchange.call(caller="13800005678") as call:
        await call.wait_until_spoken()
        assert service.health()["calls"] == 1
    text = service.metrics()
    assert 'hotline_calls_total{channel="audiosocket",ended_by="caller"}' in text
    assert "13800005678" not in text and "5678" not in text
