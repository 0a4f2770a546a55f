"""A whole call on a centre's own system: slow, it is bridged; dead, the caller is told and gets to a person."""

import asyncio

import pytest

from bot.backend.demo_customers import read_customers
from tests.conftest import ROOT
from tests.support.centre_server import TOKEN, CentreServer, demo_centre
from tests.support.fake_exchange import FakeCall, FakeExchange
from tests.support.leaks import leaks
from tests.support.left_behind import LeftBehind
from tests.support.patience import PATIENCE_SECONDS, longest_wait, waited_for_sound
from tests.support.service import running_service

pytestmark = pytest.mark.long

FILE = ROOT / "content" / "demo" / "customers.yml"
FIRST = read_customers(FILE)[0]


@pytest.fixture
def theirs(tmp_path):
    """The centre's own system, in its own store."""
    (tmp_path / "theirs").mkdir()
    with demo_centre(tmp_path / "theirs", FILE.read_text("utf-8")) as server:
        yield server


async def heard_to_its_end(call: FakeCall, left: LeftBehind, utterance: str) -> None:
    """Wait until the journal says that this was said."""
    async with asyncio.timeout(60):
        while True:
            kept = await left.journal(str(call.uuid))
            if utterance in [entry.facts.get("utterance") for entry in kept.entries if entry.kind == "said"]:
                return
            await asyncio.sleep(0.2)


async def test_a_slow_system_is_bridged_and_a_dead_one_leads_to_a_person(theirs, tmp_path):
    (tmp_path / "ours").mkdir()
    (tmp_path / "token").write_text(TOKEN)
    settings = {
        "HOTLINE_BACKEND__KIND": "http",
        "HOTLINE_BACKEND__URL": theirs.url,
        "HOTLINE_BACKEND__TOKEN_FILE": str(tmp_path / "token"),
        "HOTLINE_BACKEND__ANSWER_SECONDS": "2.5",
    }
    with running_service(tmp_path / "ours", **settings) as service, LeftBehind(service) as left:
        exchange = FakeExchange(service.audio_port, service.http_port)
        async with exchange.call() as call:
            await call.wait_until_spoken()
            theirs.misbehaves(CentreServer.slow(1.0))
            for keys in ("2", "1", FIRST.account + "#", FIRST.password):
                pressed_at = await call.press(keys, each_seconds=0.04, gap_seconds=0.04)
                assert await waited_for_sound(call, pressed_at) <= PATIENCE_SECONDS
            await heard_to_its_end(call, left, "utter_account_balance")  # keys before it would be swallowed
            theirs.misbehaves(CentreServer.dies)
            for key in "#22":
                pressed_at = await call.press(key)
                assert await waited_for_sound(call, pressed_at) <= PATIENCE_SECONDS
                await call.wait(1.0)
            await call.press("0")
            assert await asyncio.wait_for(call.ended, 15) == "hung up"
            assert (await call.next_step())[0] == "agent"
        kept = await left.whole_journal(str(call.uuid))
        logs = tmp_path / "ours" / "log"
        assert leaks([logs], FIRST.password) == [] and leaks([logs], FIRST.account) == []
    said = [entry.facts["utterance"] for entry in kept.entries if entry.kind == "said"]
    assert said.count("prompt_please_wait") >= 2, "for the number and for the password"
    assert "utter_account_balance" in said and "utter_account_unavailable" in said
    assert longest_wait(kept) <= PATIENCE_SECONDS
    assert [entry.facts["outcome"] for entry in kept.entries if entry.kind == "pin"] == ["ok"]
    assert {one.way for one in theirs.asked if FIRST.password in repr(one.body)} == {"login/check"}
    assert not [one for one in theirs.asked if FIRST.account in one.url or FIRST.password in one.url]
