"""Calls by SIP through a real Asterisk, with the dialplan and queue of deploy/asterisk as they are delivered."""

import asyncio
import socket
import struct
import wave
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import numpy as np
import pytest

from bot.channels.audiosocket import Answer
from bot.channels.base import Caller, Channel
from tests.support.answering import Heard, hotline, obey
from tests.support.asterisk import DEPLOY, Asterisk, missing_for_asterisk
from tests.support.fake_exchange import FakeExchange, read_wav, tone


@pytest.fixture(scope="module")
def asterisk(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asterisk]:
    reason = missing_for_asterisk(shared)
    if reason:
        pytest.skip(f"no real telephone exchange: {reason}")
    exchange = Asterisk(shared / "telephony", tmp_path_factory.mktemp("asterisk"))
    exchange.start()
    yield exchange
    exchange.stop()


@pytest.fixture
def speech(shared: Path, tmp_path: Path) -> Path:
    """Two seconds of speech at the telephone's rate."""
    return save(tmp_path / "speech.wav", read_wav(shared / "telephony" / "out" / "say8.wav")[16000:48000])


@pytest.fixture
def agent_voice(tmp_path: Path) -> Path:
    """What the agent's telephone plays: a tone no test caller sends."""
    times = np.arange(8000 * 3) / 8000
    return save(tmp_path / "agent.wav", (6000 * np.sin(2 * np.pi * 500 * times)).astype("<i2").tobytes())


def save(path: Path, samples: bytes) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples)
    return path


def similarity(said: bytes, heard: bytes) -> float:
    """Correlation of the best alignment, 0 to 1."""
    a, b = np.frombuffer(said, "<i2").astype(float), np.frombuffer(heard, "<i2").astype(float)
    if len(b) < len(a):
        return 0.0
    size = 1 << (len(a) + len(b)).bit_length()
    found = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)[: len(b) - len(a) + 1]
    at = int(np.argmax(found))
    part = b[at : at + len(a)]
    return float(a @ part / (np.linalg.norm(a) * np.linalg.norm(part) or 1.0))


def line(asterisk: Asterisk, answer: Answer, sends_keys: bool = True) -> AbstractAsyncContextManager[FakeExchange]:
    """The bot where this Asterisk looks for it."""
    return hotline(answer, sends_keys, asterisk.audio_port, asterisk.http_port)


async def test_the_caller_is_announced_heard_and_answered_and_keys_arrive(asterisk: Asterisk, speech: Path) -> None:
    prompt = bytes(32000) + read_wav(speech)
    heard = Heard(says=prompt, obeys=True)
    async with line(asterisk, heard.answer):
        placed = await asterisk.call(speech, "159*#")
    assert heard.caller == Caller("caller", "12329", "Rig Caller")
    assert heard.keys == "159*#"
    assert similarity(read_wav(speech), heard.samples) > 0.99
    assert similarity(read_wav(speech), read_wav(placed.heard)) > 0.99
    assert heard.order[: heard.order.index("1")].endswith("mmm")  # a held key is a hole, not the caller's silence
    assert placed.hung_up_by_exchange  # after # the bot let go, and the dialplan read "hangup"


async def test_a_caller_who_hangs_up_ends_the_call(asterisk: Asterisk, speech: Path) -> None:
    heard = Heard()
    async with line(asterisk, heard.answer):
        placed = await asterisk.call(speech, "", "--wait", "0.5")
        await asyncio.sleep(0.2)
        assert heard.over and heard.failed is None
    assert not placed.hung_up_by_exchange


async def test_who_asks_for_a_person_is_put_through_with_the_reason(
    asterisk: Asterisk, speech: Path, agent_voice: Path
) -> None:
    heard = Heard(obeys=True)
    async with line(asterisk, heard.answer):
        agent = asyncio.create_task(asterisk.agent(agent_voice))
        await asyncio.sleep(1.0)
        placed = await asterisk.call(speech, "0", "--tail", "4", "--wait", "0.2")
        seen = await agent
    assert seen.headers["x-handoff-reason"] == "asked"
    assert seen.headers["x-call-uuid"] == heard.call_id
    assert similarity(read_wav(agent_voice)[:24000], read_wav(placed.heard)) > 0.99


@pytest.mark.parametrize("fault", ["nothing runs", "no audio port", "is killed in mid-call", "closes in mid-call"])
async def test_a_bot_that_is_not_there_means_a_person(fault: str, asterisk: Asterisk, agent_voice: Path) -> None:
    agent = asyncio.create_task(asterisk.agent(agent_voice))
    await asyncio.sleep(1.0)

    async def die(channel: Channel) -> None:
        await asyncio.sleep(0.5)
        transport = channel._connection._transport  # type: ignore[attr-defined]
        if fault == "is killed in mid-call":  # the kernel answers the next frame with a reset
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    match fault:
        case "nothing runs":
            await asterisk.call(None, "", "--tail", "2.5", "--wait", "0.2")
        case "no audio port":
            async with hotline(obey, http_port=asterisk.http_port):
                await asterisk.call(None, "", "--tail", "2.5", "--wait", "0.2")
        case _:
            async with line(asterisk, die):
                await asterisk.call(None, "", "--tail", "2.5", "--wait", "0.2")
    seen = await agent
    assert seen.headers["x-handoff-reason"] == "failure"


async def test_out_of_hours_a_bot_that_is_down_leaves_a_sentence_not_silence(asterisk: Asterisk) -> None:
    asterisk.set_hours("*,*,1,jan")
    try:
        placed = await asterisk.call(None, "", "--lead", "9", "--wait", "2")
    finally:
        asterisk.set_hours("*,*,*,*")
    assert similarity(read_wav(DEPLOY / "sounds" / "closed.wav")[:-3200], read_wav(placed.heard)) > 0.99
    assert placed.hung_up_by_exchange


async def test_tones_are_heard_as_keys_where_none_are_sent(asterisk: Asterisk, tmp_path: Path) -> None:
    """The trunk delivers tones as sound (this endpoint expects RFC 4733, so Asterisk passes them on as sound)."""
    heard = Heard()
    wav = save(tmp_path / "tones.wav", b"".join(tone(key) + bytes(1600) for key in "0258*#"))
    async with line(asterisk, heard.answer, sends_keys=False):
        await asterisk.call(wav)
    assert heard.keys == "0258*#"
    assert not np.frombuffer(heard.samples, "<i2").any() or abs(np.frombuffer(heard.samples, "<i2")).max() < 16


async def test_the_exchange_logs_no_key_and_has_every_module_we_name(asterisk: Asterisk) -> None:
    heard = Heard()
    async with line(asterisk, heard.answer):
        await asterisk.call(None, "974", "--wait", "0.5")
    assert heard.keys == "974"
    assert "12329" in asterisk.log  # it does log
    assert "DTMF" not in asterisk.log
    loaded = asterisk.cli("module show")
    assert [name for name in (DEPLOY / "modules_hotline.txt").read_text().split() if f"{name}.so" not in loaded] == []
