"""A service without any network but loopback, on PostgreSQL, with an exchange that sends tones in place of keys.

As different from the usual one as settings allow, and it answers calls all the same.
"""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from bot.backend.demo_customers import read_customers
from bot.store.calls import KeptCall
from tests.conftest import ROOT
from tests.hunt.search import KEYS_IN, Hunt, keys_in
from tests.support.caller_voice import CallerVoice
from tests.support.fake_exchange import FakeCall, FakeExchange
from tests.support.leaks import leaks
from tests.support.left_behind import LeftBehind
from tests.support.network import CUT_OFF, in_network_of, listening_addresses, need_cut_off
from tests.support.patience import PATIENCE_SECONDS, longest_wait, waited_for_sound
from tests.support.postgres import PostgresServer, shared_server
from tests.support.service import RunningService, running_service

T = TypeVar("T")

CUSTOMERS = [c for c in read_customers(ROOT / "content" / "demo" / "customers.yml") if c.status == "01"]


@pytest.fixture(scope="module")
def server() -> PostgresServer:
    """PostgreSQL; reached by a socket in a folder, not by the network."""
    return shared_server()


@pytest.fixture(scope="module")
def cut_off(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """The service with its cable pulled."""
    need_cut_off()
    settings = {"HOTLINE_DATABASE_URL": server.new_database(), "HOTLINE_AUDIOSOCKET__SENDS_KEYS": "false"}
    with running_service(tmp_path_factory.mktemp("cut_off"), inside=CUT_OFF, **settings) as running:
        yield running


def there(service: RunningService, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do something in the network of the service."""
    return in_network_of(service.pids()[0], lambda: asyncio.run(work()))


async def press(call: FakeCall, keys: str) -> float:
    """Press keys that the bot hears as tones; the second at which the last tone was over."""
    pressed_at = 0.0
    for key in keys:
        pressed_at = await call.press(key, each_seconds=0.08, gap_seconds=0.08, as_tones=True)
    return pressed_at - 0.08


def said(kept: KeptCall) -> list[str]:
    return [entry.facts["utterance"] for entry in kept.entries if entry.kind == "said"]


def test_nothing_beyond_this_machine_can_be_reached_from_there(cut_off: RunningService):
    def reaches() -> list[str]:
        with open("/proc/thread-self/net/dev") as devices:
            return [line.split(":")[0].strip() for line in devices if ":" in line]

    assert in_network_of(cut_off.pids()[0], reaches) == ["lo"]
    with pytest.raises(OSError, match="unreachable"):
        in_network_of(cut_off.pids()[0], lambda: socket.create_connection(("192.0.2.1", 80), timeout=1))


def test_a_whole_call_without_any_network(cut_off: RunningService, tmp_path_factory: pytest.TempPathFactory):
    customer = CUSTOMERS[0]

    async def calls() -> tuple[str, list[str]]:
        voice = CallerVoice(tmp_path_factory.mktemp("caller"))
        question, person = await voice.says("公积金贷款利率是多少"), await voice.says("转人工")
        await voice.close()
        async with FakeExchange(cut_off.audio_port, cut_off.http_port).call(caller="13800006172") as call:
            await call.wait_until_spoken()
            await call.wait(1.0)
            await waited_for_sound(call, await call.play(question) + 0.3)
            await call.wait(1.0)
            for keys in ("#", "2", "1", customer.account + "#", customer.password):
                await waited_for_sound(call, await press(call, keys))
            await call.wait(6.0)  # the first sentence of the outcome cannot be interrupted
            await call.play(person)
            assert await asyncio.wait_for(call.ended, 30) == "hung up"
            assert call.faults == []
            return str(call.uuid), await call.next_step()

    call_id, next_step = there(cut_off, calls)
    assert next_step == ["agent", "asked", "agents"]
    with LeftBehind(cut_off) as left:
        kept = asyncio.run(left.whole_journal(call_id))
    assert [entry.facts["text"] for entry in kept.entries if entry.kind == "heard"][0] == "公积金贷款利率是多少"
    assert [entry.facts["outcome"] for entry in kept.entries if entry.kind == "pin"] == ["ok"]
    assert "utter_account_balance" in said(kept)
    assert [entry.kind for entry in kept.entries if entry.kind == "failed"] == []


def test_no_tone_of_the_password_is_in_a_recording_and_no_digit_in_postgresql(
    cut_off: RunningService, server: PostgresServer
):
    hunt = Hunt([CUSTOMERS[0].password])
    hunt.take_folder(cut_off.folder)
    assert hunt.files_in[KEYS_IN + "recordings"] > 0
    assert hunt.hits == [] == leaks([server.files], CUSTOMERS[0].password)
    recorded = {path: keys_in(path) for path in cut_off.folder.rglob("*.wav")}
    assert all(not keys.strip() for keys in recorded.values()), recorded


def test_postgresql_stopped_in_the_middle_of_a_call(cut_off: RunningService, server: PostgresServer):
    customer = CUSTOMERS[1]

    async def calls() -> tuple[str, list[str]]:
        async with FakeExchange(cut_off.audio_port, cut_off.http_port).call() as call:
            await call.wait_until_spoken()
            for key in "21":
                await waited_for_sound(call, await press(call, key))
            server.stop()
            assert await waited_for_sound(call, await press(call, customer.account + "#")) <= PATIENCE_SECONDS
            await call.wait_until_quiet()
            await call.wait(2.0)  # a key so soon might have been one of the password
            await press(call, "0")
            assert await asyncio.wait_for(call.ended, 15) == "hung up"
            return str(call.uuid), await call.next_step()

    try:
        call_id, next_step = there(cut_off, calls)
    finally:
        server.start()
    assert next_step[0] == "agent"
    with LeftBehind(cut_off) as left:
        kept = asyncio.run(left.whole_journal(call_id))
    assert {entry.facts["code"] for entry in kept.entries if entry.kind == "failed"} == {"backend_away"}
    assert longest_wait(kept) <= PATIENCE_SECONDS

    async def logs_in() -> str:
        async with FakeExchange(cut_off.audio_port, cut_off.http_port).call() as call:
            await call.wait_until_spoken()
            for keys in ("2", "1", customer.account + "#", customer.password):
                await waited_for_sound(call, await press(call, keys))
            await call.wait(0.5)
            return str(call.uuid)

    with LeftBehind(cut_off) as left:
        kept = asyncio.run(left.whole_journal(there(cut_off, logs_in)))
    assert [entry.facts["outcome"] for entry in kept.entries if entry.kind == "pin"] == ["ok"]


@pytest.mark.parametrize("which", ["cut_off", "service"])
def test_nothing_listens_beyond_loopback(request: pytest.FixtureRequest, which: str):
    running: RunningService = request.getfixturevalue(which)
    listening = listening_addresses(running.pids())
    ports = {running.web_port, running.audio_port, running.http_port}
    assert ports < {port for _, port in listening}, listening
    assert len(listening) == 5, f"the bot's three, Rasa, the actions: {listening}"
    assert {host for host, _ in listening} == {"127.0.0.1"}


def test_a_listener_on_every_address_would_be_found():
    import os

    with socket.create_server(("", 0)) as open_to_all, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("::", 0))
        found = listening_addresses([os.getpid()])
        assert ("0.0.0.0", open_to_all.getsockname()[1]) in found
        assert ("0" * 32, datagrams.getsockname()[1]) in found
