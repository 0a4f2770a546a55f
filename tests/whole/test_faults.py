"""Something breaks in the middle of a call: the caller hears a sentence, a key leads to a person, the journal is whole.

How the two seconds are counted: tests/support/patience.py.
"""

import asyncio
import contextlib
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from bot.backend.demo_customers import read_customers
from bot.store.calls import KeptCall
from tests.conftest import ROOT
from tests.support.caller_voice import CallerVoice
from tests.support.fake_exchange import FakeCall, FakeExchange
from tests.support.left_behind import LeftBehind
from tests.support.patience import PATIENCE_SECONDS, longest_wait, waited_for_sound
from tests.support.phone_server import page_on
from tests.support.service import RunningService

CUSTOMERS = [c for c in read_customers(ROOT / "content" / "demo" / "customers.yml") if c.status == "01"]

RECOVERS_SECONDS = 120.0


@pytest.fixture
def left(service: RunningService) -> Iterator[LeftBehind]:
    """What the calls left in the store."""
    with LeftBehind(service) as store:
        yield store


@contextlib.asynccontextmanager
async def greeted(exchange: FakeExchange) -> AsyncIterator[FakeCall]:
    """A call in which the bot has begun to greet."""
    async with exchange.call() as call:
        await call.wait_until_spoken()
        await call.wait(0.5)
        yield call


async def quick(call: FakeCall, keys: str) -> float:
    """Press keys as fast as a telephone can; the second of the last one."""
    return await call.press(keys, each_seconds=0.04, gap_seconds=0.04)


async def to_person(call: FakeCall) -> list[str]:
    """Press 0 and be given back to the exchange; what it is told to do."""
    await call.press("0")
    assert await asyncio.wait_for(call.ended, 15) == "hung up"
    return await call.next_step()


async def a_later_call_works(service: RunningService, exchange: FakeExchange, left: LeftBehind) -> None:
    """The next caller notices nothing."""
    async with greeted(exchange) as call:
        assert await waited_for_sound(call, await call.press("1")) < 5
        await call.wait(0.3)
    kept = await left.whole_journal(str(call.uuid))
    assert failures(kept) == []
    assert "utter_menu" in " ".join(said(kept)), said(kept)


def said(kept: KeptCall) -> list[str]:
    """What was said, but for 请稍等, which a busy machine may need anywhere."""
    heard = [entry.facts["utterance"] for entry in kept.entries if entry.kind == "said"]
    return [utterance for utterance in heard if utterance != "prompt_please_wait"]


def failures(kept: KeptCall) -> list[str]:
    return [entry.facts["code"] for entry in kept.entries if entry.kind == "failed"]


def recovered(service: RunningService, *parts: str) -> None:
    for part in parts:
        service.wait_until(lambda part=part: service.is_up(part), RECOVERS_SECONDS, f"{part} did not come back")


async def test_a_dead_rasa_is_apologised_for_leads_to_a_person_and_comes_back(
    service: RunningService, exchange: FakeExchange, left: LeftBehind, caller: CallerVoice
):
    question = await caller.says("公积金贷款利率是多少")

    async def presses_keys(call: FakeCall) -> list[str]:
        assert await waited_for_sound(call, await call.press("1")) <= PATIENCE_SECONDS
        return await to_person(call)

    async def asks_twice(call: FakeCall) -> list[str]:
        for _ in range(2):
            spoken_at = await call.play(question)
            await call.wait_until_spoken(after=spoken_at + 0.3)
            await call.wait(0.7)
        assert await asyncio.wait_for(call.ended, 20) == "hung up"
        return await call.next_step()

    async with greeted(exchange) as keying, greeted(exchange) as speaking:
        dead = service.kill("rasa")
        steps = await asyncio.gather(presses_keys(keying), asks_twice(speaking))
    assert [step[:2] for step in steps] == [["agent", "failure"]] * 2
    for call, prompts in ((keying, ["apology"]), (speaking, ["apology", "still_failing"])):
        kept = await left.whole_journal(str(call.uuid))
        assert set(failures(kept)) == {"rasa_away"}
        assert [name.removeprefix("prompt_") for name in said(kept) if "prompt" in name] == [*prompts, "hand_off"]
        assert longest_wait(kept) <= PATIENCE_SECONDS
        assert kept.entries[-1].facts["by"] == "bot"
    recovered(service, "rasa")
    assert service.pids("rasa")[0] != dead
    await a_later_call_works(service, exchange, left)


async def test_a_dead_action_server_is_apologised_for_leads_to_a_person_and_comes_back(
    service: RunningService, exchange: FakeExchange, left: LeftBehind
):
    async with greeted(exchange) as call:
        dead = service.kill("actions")
        assert await waited_for_sound(call, await call.press("1")) <= PATIENCE_SECONDS
        step = await to_person(call)
    assert step[:2] == ["agent", "failure"]
    kept = await left.whole_journal(str(call.uuid))
    assert set(failures(kept)) == {"rasa_failed"}
    assert "prompt_apology" in said(kept)
    assert longest_wait(kept) <= PATIENCE_SECONDS
    recovered(service, "actions")
    assert service.pids("actions")[0] != dead
    await a_later_call_works(service, exchange, left)


@pytest.mark.parametrize("part", ["rasa", "actions"])
async def test_a_stalled_dialogue_is_apologised_for_and_leads_to_a_person(
    service: RunningService, exchange: FakeExchange, left: LeftBehind, part: str
):
    async with greeted(exchange) as call:
        service.kill(part, signal.SIGSTOP)
        try:
            assert await waited_for_sound(call, await call.press("1")) <= PATIENCE_SECONDS
            step = await to_person(call)
        finally:
            service.kill(part, signal.SIGCONT)
    assert step[:2] == ["agent", "failure"]
    kept = await left.whole_journal(str(call.uuid))
    assert set(failures(kept)) == {"rasa_stalled"}
    assert "prompt_apology" in said(kept)
    assert longest_wait(kept) <= PATIENCE_SECONDS
    await a_later_call_works(service, exchange, left)


@pytest.mark.parametrize(
    ("how", "key", "codes"),
    [(signal.SIGKILL, "3", set()), (signal.SIGSTOP, "4", {"synthesizer_stalled"})],
    ids=["killed", "stalled"],
)
async def test_a_broken_voice_is_replaced_and_the_caller_hears_a_sentence(
    service: RunningService, exchange: FakeExchange, left: LeftBehind, how: signal.Signals, key: str, codes: set[str]
):
    async with greeted(exchange) as call:
        await call.wait(2.0)
        broken = service.kill("synthesizer", how)
        assert await waited_for_sound(call, await call.press(key)) <= PATIENCE_SECONDS
        if how is signal.SIGKILL:
            assert await to_person(call) == ["agent", "asked", "agents"]
    kept = await left.whole_journal(str(call.uuid))
    assert set(failures(kept)) == codes
    assert longest_wait(kept) <= PATIENCE_SECONDS
    assert service.pids("synthesizer") != [broken]
    await a_later_call_works(service, exchange, left)


@contextlib.contextmanager
def locked(service: RunningService) -> Iterator[None]:
    """Another program holds the database for itself."""
    holder = sqlite3.connect(service.folder / "hotline.db", isolation_level=None, timeout=5)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


@pytest.mark.parametrize("during", ["number", "password"])
async def test_a_locked_database_is_told_to_the_caller_and_the_journal_is_whole_afterwards(
    service: RunningService, exchange: FakeExchange, left: LeftBehind, during: str
):
    customer = CUSTOMERS[1]
    async with greeted(exchange) as call:
        await waited_for_sound(call, await quick(call, "21"))
        if during == "password":
            await waited_for_sound(call, await quick(call, customer.account + "#"))
        with locked(service):
            last = await quick(call, customer.account + "#" if during == "number" else customer.password)
            assert await waited_for_sound(call, last) <= PATIENCE_SECONDS
            await call.wait_until_quiet(1.2)  # 请稍等, and then what is wrong
            if during == "password":
                await call.wait(2.0)  # a key so soon might have been one of the password
                assert (await to_person(call))[0] == "agent"
            call_id = str(call.uuid)
            assert left.spooled(call_id), "the database was locked, so the spool has the journal"
    kept = await left.whole_journal(call_id)
    assert failures(kept) and set(failures(kept)) == {"backend_away"}
    assert longest_wait(kept) <= PATIENCE_SECONDS
    assert left.spooled(call_id) == []
    if during == "password":
        assert [entry.facts["outcome"] for entry in kept.entries if entry.kind == "pin"] == ["unavailable"]
    else:
        await a_later_call_works(service, exchange, left)


async def test_a_killed_bot_loses_at_most_its_last_entry_and_comes_back(
    service: RunningService, exchange: FakeExchange, left: LeftBehind
):
    async with greeted(exchange) as call:
        await waited_for_sound(call, await call.press("1"))
        await waited_for_sound(call, await call.press("2"))
        with locked(service):  # so the journal's end is in the spool alone
            pressed_at = await call.press("1")
            await waited_for_sound(call, pressed_at)
            dead = service.kill("bot")
            assert await asyncio.wait_for(call.ended, 5) in ("closed", "reset")
    call_id = str(call.uuid)
    before = sorted({*left.positions(call_id), *left.spooled(call_id)})
    assert before == list(range(len(before)))
    recovered(service, "bot")
    assert service.pids("bot")[0] != dead
    kept = await left.whole_journal(call_id, last="key")
    assert left.positions(call_id) == before, "the next start loads what was spooled"
    assert kept.ended_at is None
    assert [entry.facts["key"] for entry in kept.entries if entry.kind == "key"] == ["1", "2", "1"]
    assert kept.entries[-1].kind == "answered" or kept.entries[-2].kind == "answered"
    await a_later_call_works(service, exchange, left)


async def test_hanging_up_at_any_moment_leaves_a_whole_journal_and_no_login(
    service: RunningService, exchange: FakeExchange, left: LeftBehind
):
    customer = CUSTOMERS[2]

    async def hangs_up_after(seconds: float) -> str:
        async with exchange.call() as call:
            login = asyncio.create_task(logs_in(call))
            await call.wait(seconds)
            login.cancel()
            await asyncio.gather(login, return_exceptions=True)
        return str(call.uuid)

    async def logs_in(call: FakeCall) -> None:
        await call.wait_until_spoken()
        for keys in ("2", "1", customer.account + "#", customer.password):
            await waited_for_sound(call, await quick(call, keys))

    moments = (0.0, 0.5, 0.9, 1.3, 1.9, 2.6, 3.3, 4.0)
    call_ids = await asyncio.gather(*(hangs_up_after(moment) for moment in moments))
    for call_id in call_ids:
        kept = await left.whole_journal(call_id)
        assert kept.entries[-1].kind == "ended" and kept.entries[-1].facts["by"] == "caller"
        assert failures(kept) == [] and left.orders(call_id) == []
    assert left.logins() == 0
    assert service.health()["calls"] == 0


async def test_hanging_up_while_rasa_thinks(service: RunningService, exchange: FakeExchange, left: LeftBehind):
    async with greeted(exchange) as call:
        service.kill("rasa", signal.SIGSTOP)
        try:
            await call.press("1")
            await call.wait(0.2)
            await call.hang_up()
            kept = await left.whole_journal(str(call.uuid))
        finally:
            service.kill("rasa", signal.SIGCONT)
    assert [entry.kind for entry in kept.entries][-2:] == ["key", "ended"]
    await a_later_call_works(service, exchange, left)


async def writes_and_hangs_up(service: RunningService, wait_seconds: float, *, after: str = "") -> None:
    """A browser caller who writes 转人工, leaves a telephone number and goes once a text was shown, or later."""
    async with page_on(f"http://127.0.0.1:{service.web_port}") as page:
        await shown(page, "您好")
        await page.send_json({"type": "text", "text": "转人工"})
        await shown(page, "手机号码")
        for key in "13800001234":
            await page.send_json({"type": "key", "key": key})
        if after:
            await shown(page, after)
        await asyncio.sleep(wait_seconds)


async def shown(page: aiohttp.ClientWebSocketResponse, words: str) -> None:
    """Read on until a caption has these words."""
    async with asyncio.timeout(20):
        async for message in page:
            if isinstance(message.data, str) and words in message.data:
                return
    raise AssertionError(f"{words} was never shown")


@pytest.mark.parametrize("wait_seconds", [0.1, 3.0])
async def test_hanging_up_before_a_call_back_is_written_leaves_all_of_it_or_nothing(
    service: RunningService, left: LeftBehind, wait_seconds: float
):
    known = left.on("browser")
    with locked(service):
        await writes_and_hangs_up(service, wait_seconds)
        await asyncio.sleep(0.2)
    kept = await left.whole_journal(await left.next_on("browser", known))
    assert kept.entries[-1].kind == "ended" and kept.entries[-1].facts["by"] == "caller"
    assert len(left.orders(kept.call_id)) <= 1
    outcomes = [entry.facts["outcome"] for entry in kept.entries if entry.kind == "hand_off"]
    assert not (outcomes == ["call_back"] and not left.orders(kept.call_id)), "told, but not written"


async def test_a_call_back_that_was_told_is_written_once(service: RunningService, left: LeftBehind):
    known = left.on("browser")
    await writes_and_hangs_up(service, 0.0, after="回电工单")
    kept = await left.whole_journal(await left.next_on("browser", known))
    assert [entry.facts["outcome"] for entry in kept.entries if entry.kind == "hand_off"] == ["call_back"]
    assert len(left.orders(kept.call_id)) == 1
