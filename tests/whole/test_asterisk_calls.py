"""A whole call by SIP through a real Asterisk, with the dialplan as it is delivered, into what make run starts."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.audio.wav import read_wav, write_wav
from bot.backend.demo_customers import read_customers
from bot.mandarin import sentences
from tests.conftest import ROOT
from tests.support.asterisk import Asterisk, missing_for_asterisk
from tests.support.caller_voice import CallerVoice
from tests.support.leaks import leaks
from tests.support.listener import Listener
from tests.support.newest_call import heard, outcomes
from tests.support.service import RunningService
from tests.support.sip_script import SipScript, place

CUSTOMER = next(c for c in read_customers(ROOT / "content" / "demo" / "customers.yml") if c.status == "01")


@pytest.fixture
def asterisk(shared: Path, service: RunningService, tmp_path: Path) -> Iterator[Asterisk]:
    """An exchange whose dialplan names the running service."""
    reason = missing_for_asterisk(shared)
    if reason:
        pytest.skip(f"no real telephone exchange: {reason}")
    exchange = Asterisk(shared / "telephony", tmp_path / "asterisk", service.audio_port, service.http_port)
    exchange.start()
    yield exchange
    exchange.stop()


async def test_a_telephone_caller_asks_logs_in_and_is_put_through_to_a_person(
    service: RunningService, asterisk: Asterisk, caller: CallerVoice, listener: Listener, tmp_path: Path
):
    agent_wav = tmp_path / "agent.wav"
    times = np.arange(8000 * 3) / 8000
    write_wav(agent_wav, (6000 * np.sin(2 * np.pi * 500 * times)).astype("<i2").tobytes())
    script = SipScript().wait(2.5).say(await caller.says("公积金贷款利率是多少")).wait(14)
    script.press("2").wait(4).press("1").wait(6).press(CUSTOMER.account + "#").wait(4).press(CUSTOMER.password)
    person = await caller.says("转人工")
    script.wait(10).say(person).wait(5).say(person).wait(10)  # over the balance; not understood, one says it again
    agent = asyncio.create_task(asterisk.agent(agent_wav, seconds=180))
    await asyncio.sleep(1.0)
    placed = await place(asterisk, script, tmp_path, wait_seconds=3)
    seen = await agent
    assert seen.headers["x-handoff-reason"] == "asked"
    journal = await service.journal(seen.headers["x-call-uuid"])
    assert heard(journal)[0] == "公积金贷款利率是多少" and heard(journal)[-1] == "转人工"
    assert outcomes(journal, "pin") == ["ok"] and outcomes(journal, "hand_off") == ["exchange"]
    sound = read_wav(placed.heard)
    texts = [(e.facts["text"], e.facts["interrupted"]) for e in journal.entries if e.kind == "said"]
    said = [sentence for text, cut in texts for sentence in sentences(text) if not cut or "2.6%" in sentence]
    assert any("2.6%" in sentence for sentence in said), texts
    likenesses = {sentence: round(await listener.likeness(sound, sentence), 2) for sentence in said}
    assert min(likenesses.values()) > 0.9, likenesses
    balance = f"您尾号{CUSTOMER.account[-4:]}的公积金账户，余额是{CUSTOMER.balance}元。"
    assert await listener.likeness(sound, balance) > 0.9
    assert leaks([service.folder], CUSTOMER.password) == []
