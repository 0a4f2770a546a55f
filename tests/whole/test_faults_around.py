"""What breaks around the service while somebody calls: the disk, the exchange, the line, the browser, the ports."""

import asyncio
import contextlib
import resource
import socket
import wave
from collections.abc import Iterator

import pytest

from bot.backend.demo_customers import read_customers
from bot.commands.run import refuse_taken_ports
from bot.errors import SettingsError
from bot.settings import Settings
from tests.conftest import ROOT
from tests.support.fake_exchange import FakeExchange
from tests.support.left_behind import LeftBehind
from tests.support.patience import PATIENCE_SECONDS, longest_wait, waited_for_sound
from tests.support.phone_server import page_on
from tests.support.service import RunningService
from tests.whole.test_faults import a_later_call_works, failures, greeted, quick, said, shown

CUSTOMER = [c for c in read_customers(ROOT / "content" / "demo" / "customers.yml") if c.status == "01"][3]
ASTERISK_DROPS_SECONDS = 2.0


@pytest.fixture
def left(service: RunningService) -> Iterator[LeftBehind]:
    """What the calls left in the store."""
    with LeftBehind(service) as store:
        yield store


@contextlib.contextmanager
def full_disk(service: RunningService, *parts: str) -> Iterator[None]:
    """No file of these processes may grow: every write says that there is no room."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for part in parts for pid in service.pids(part)[:1]}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


async def test_a_full_disk_stops_what_must_be_written_and_no_call(
    service: RunningService, exchange: FakeExchange, left: LeftBehind
):
    async with greeted(exchange) as call:
        with full_disk(service, "bot", "actions"):
            assert await waited_for_sound(call, await call.press("1")) <= PATIENCE_SECONDS
            await call.press("#")
            await call.wait_until_quiet()
            await waited_for_sound(call, await quick(call, "21"))
            assert await waited_for_sound(call, await quick(call, CUSTOMER.account + "#")) <= PATIENCE_SECONDS
            await call.wait(1.0)
        assert await waited_for_sound(call, await call.press("#")) <= 2 * PATIENCE_SECONDS
        await call.wait(1.0)
    kept = await left.whole_journal(str(call.uuid))
    assert set(failures(kept)) == {"backend_away"}, "the account number could not be kept; nothing else failed"
    assert kept.entries[-1].facts["by"] == "caller" and longest_wait(kept) <= 2 * PATIENCE_SECONDS
    assert left.spooled(str(call.uuid)) == [] and left.logins() == 0
    await a_later_call_works(service, exchange, left)
    recordings = sorted((service.folder / "recordings").glob("*.wav"), key=lambda path: path.stat().st_mtime)
    with wave.open(str(recordings[-1])) as file:
        assert file.getnframes() > 8000, "the next call is recorded again"


async def test_eight_seconds_without_any_sound_from_the_caller_are_silence_and_no_end(
    service: RunningService, exchange: FakeExchange, left: LeftBehind
):
    async with greeted(exchange) as call:
        await call.send_nothing(8.0)
        await waited_for_sound(call, await call.press("1"))
        await call.wait(0.5)
    kept = await left.whole_journal(str(call.uuid))
    assert failures(kept) == [] and "utter_menu" in " ".join(said(kept))
    assert call.widest_gap_seconds() < ASTERISK_DROPS_SECONDS


async def test_an_exchange_that_resets_the_connection_may_ask_what_to_do_and_connects_a_person(
    service: RunningService, exchange: FakeExchange, left: LeftBehind
):
    async with greeted(exchange) as call:
        await waited_for_sound(call, await quick(call, "21"))
        await call.reset()
        kept = await left.whole_journal(str(call.uuid))
        assert (await call.next_step())[:2] == ["agent", "failure"]
    assert failures(kept) == [] and kept.entries[-1].facts["by"] == "caller"
    assert left.logins() == 0
    await a_later_call_works(service, exchange, left)


async def test_an_exchange_that_talks_nonsense_in_the_middle_of_a_call_gets_the_caller_back(
    service: RunningService, exchange: FakeExchange, left: LeftBehind
):
    async with greeted(exchange) as call:
        call.send_raw(b"GET / HTTP/1.1\r\n\r\n")
        assert await asyncio.wait_for(call.ended, 15) == "hung up"
        assert (await call.next_step())[:2] == ["agent", "failure"]
    kept = await left.whole_journal(str(call.uuid))
    assert failures(kept) == ["audiosocket_kind"] and kept.entries[-1].facts["by"] == "failure"
    await a_later_call_works(service, exchange, left)


async def test_a_browser_that_vanishes_ends_its_call_and_frees_the_line(service: RunningService, left: LeftBehind):
    known = left.on("browser")
    async with page_on(f"http://127.0.0.1:{service.web_port}") as page:
        await shown(page, "您好")
        connection = page._response.connection
        assert connection is not None and connection.transport is not None
        connection.transport.abort()
        kept = await left.whole_journal(await left.next_on("browser", known))
    assert kept.entries[-1].kind == "ended" and left.orders(kept.call_id) == []
    service.wait_until(lambda: service.health()["calls"] == 0, 10, "the line is still taken")


@pytest.mark.parametrize("part", ["url", "actions_url"])
def test_a_port_that_rasa_or_the_actions_need_is_told_before_anything_starts(part: str):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        free = {"web": {"port": _free()}, "audiosocket": {"port": _free(), "exchange_port": _free()}}
        dialogue = {"url": f"http://127.0.0.1:{_free()}", "actions_url": f"http://127.0.0.1:{_free()}"}
        dialogue[part] = f"http://127.0.0.1:{port}"
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port} 用不了"):
            refuse_taken_ports(Settings(**free, rasa=dialogue))


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
