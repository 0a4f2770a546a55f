"""Telephone calls over real sockets, in real time, with every fault an exchange can have."""

import asyncio
import statistics
from uuid import UUID, uuid4

import numpy as np
import pytest

from bot.audio.frame import SILENCE, Frame
from bot.channels.audiosocket import AudioSocketServer
from bot.channels.base import Caller, Channel, NextStep
from bot.channels.exchange import Exchange
from bot.errors import ChannelError
from bot.events import DigitPressed
from tests.support.answering import Heard, hotline, obey
from tests.support.fake_exchange import loudness


def a_tone(seconds: float) -> bytes:
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(int(8000 * seconds)) / 8000)).astype("<i2").tobytes()


async def test_what_the_caller_says_arrives_frame_by_frame_and_the_caller_is_known() -> None:
    heard = Heard()
    speech = a_tone(0.5)
    async with hotline(heard.answer) as exchange:
        async with exchange.call(caller="13800001234", name="张三") as call:
            await call.play(speech)
        await asyncio.sleep(0.05)
    assert heard.caller == Caller("13800001234", "12329", "张三")
    assert speech in heard.samples
    assert {len(frame.samples) for frame in heard.frames} == {320}
    assert heard.over and heard.failed is None


async def test_keys_come_in_order_with_the_audio_and_the_held_key_is_a_hole_not_silence() -> None:
    heard = Heard()
    async with hotline(heard.answer) as exchange, exchange.call() as call:
        await call.wait(0.2)
        await call.press("1", each_seconds=0.2)
        await call.press("*#", each_seconds=0.05)
    assert heard.keys == "1*#"
    before = heard.order[: heard.order.index("1")]
    assert before.count("m") >= 7  # 200 ms were missing
    assert before.endswith("m")


async def test_seconds_without_audio_are_filled_by_the_clock_and_marked_missing() -> None:
    heard = Heard()
    async with hotline(heard.answer) as exchange, exchange.call() as call:
        await call.wait(0.2)
        await call.send_nothing(1.5)
        await call.wait(0.3)
        seconds = call.seconds
    assert len(heard.frames) == pytest.approx(seconds * 50, abs=10)
    assert heard.order.count("m") == pytest.approx(75, abs=10)
    assert all(frame.samples == SILENCE for frame in heard.frames if frame.missing)


async def test_an_exchange_that_stalls_and_bursts_loses_no_speech() -> None:
    heard = Heard()
    speech = a_tone(1.0)
    async with hotline(heard.answer) as exchange, exchange.call() as call:
        playing = asyncio.create_task(call.play(speech))
        await asyncio.sleep(0.3)
        await call.stall(0.5)
        await playing
        await call.wait(0.1)
    assert speech in heard.samples
    assert heard.order.count("m") >= 20


async def test_a_late_line_gets_the_last_second_and_all_keys() -> None:
    frames, keys = [], ""

    async def slow(channel: Channel) -> None:
        nonlocal keys
        await asyncio.sleep(2.5)
        async for arrived in channel.incoming():
            if isinstance(arrived, Frame):
                frames.append(arrived)
            elif isinstance(arrived, DigitPressed):
                keys += arrived.digit

    async with hotline(slow) as exchange, exchange.call() as call:
        call.send_raw(b"\x03\0\x017")
        await call.wait(2.4)
        await call.hang_up()
        await asyncio.sleep(0.3)
    assert keys == "7"
    assert 45 <= len(frames) <= 52


async def test_messages_in_pieces_and_audio_of_odd_lengths_become_whole_frames() -> None:
    heard = Heard()
    async with hotline(heard.answer) as exchange, exchange.call() as call:
        call.split_messages(101)
        await call.play(a_tone(0.3))
        call.split_messages(0)
        for _ in range(16):
            call.send_raw(b"\x10\x00\x65" + bytes(101))  # 100 bytes are 50 samples, the half sample is none
        call.send_raw(b"\x10\x00\x00")
        await call.wait(0.1)
    assert {len(frame.samples) for frame in heard.frames} == {320}
    assert heard.failed is None
    assert heard.frames[-1].samples == SILENCE
    assert a_tone(0.3) in heard.samples


async def test_audio_of_another_rate_is_resampled() -> None:
    heard = Heard()
    wide = (8000 * np.sin(2 * np.pi * 440 * np.arange(320 * 25) / 16000)).astype("<i2").tobytes()
    async with hotline(heard.answer) as exchange, exchange.call() as call:
        await call.wait(0.05)
        call._quiet_line = True
        for at in range(0, len(wide), 640):
            call.send_raw(b"\x12\x02\x80" + wide[at : at + 640])
            await asyncio.sleep(0.02)
    sounding = np.frombuffer(b"".join(f.samples for f in heard.frames if loudness(f.samples) > 3000), "<i2")
    assert 20 * 160 <= len(sounding) <= 26 * 160
    spectrum = np.abs(np.fft.rfft(sounding))
    assert np.argmax(spectrum) * 8000 / len(sounding) == pytest.approx(440, abs=5)


@pytest.mark.parametrize(
    "garbage", [b"\x02\x00\x00", b"\xff\x00\x01\x04", b"\x10\xff\xff", b"\x01\x00\x10" + bytes(16)]
)
async def test_garbage_is_a_channel_error_and_the_caller_still_gets_a_person(garbage: bytes) -> None:
    async def answer(channel: Channel) -> None:
        async for _ in channel.incoming():
            await channel.send(SILENCE)

    async with hotline(answer) as exchange, exchange.call() as call:
        await call.wait(0.1)
        call.send_raw(garbage)
        assert await asyncio.wait_for(call.ended, 2) == "hung up"
        assert await call.next_step() == ["agent", "failure", ""]


async def test_a_broken_connection_ends_the_call_as_a_hang_up_does() -> None:
    heard = Heard()
    async with hotline(heard.answer) as exchange, exchange.call() as call:
        await call.wait(0.1)
        await call.reset()
        await asyncio.sleep(0.05)
        assert heard.over and heard.failed is None
        assert await call.next_step() == ["agent", "failure", ""]  # if the caller is still there


async def test_every_frame_goes_out_on_the_beat_in_one_message() -> None:
    async with hotline(obey) as exchange, exchange.call() as call:
        await call.wait(2.0)
    assert call.faults == []
    assert len(call.arrivals) == pytest.approx(101, abs=5)
    assert statistics.median(call.gaps()) == pytest.approx(0.02, abs=0.002)  # the longest: test_pace.py


async def test_the_last_word_is_heard_before_the_bot_hangs_up_and_the_exchange_closes() -> None:
    goodbye = a_tone(0.6)

    async def answer(channel: Channel) -> None:
        for at in range(0, len(goodbye), 320):
            await channel.send(goodbye[at : at + 320])
        await channel.close(NextStep("agent", "asked", "loans"))

    async with hotline(answer) as exchange, exchange.call() as call:
        assert await asyncio.wait_for(call.ended, 3) == "hung up"
        ended_at = call.seconds
        assert call.heard == goodbye
        assert ended_at >= 0.6
        assert await call.next_step() == ["agent", "asked", "loans"]
        assert call.faults == []


async def test_a_bot_that_fails_hands_the_caller_to_a_person() -> None:
    async def answer(channel: Channel) -> None:
        raise RuntimeError("on purpose")

    async with hotline(answer) as exchange, exchange.call() as call:
        assert await asyncio.wait_for(call.ended, 2) == "hung up"
        assert await call.next_step() == ["agent", "failure", ""]


async def test_an_exchange_that_ignores_the_end_is_left_in_good_order() -> None:
    """It keeps on sending and never closes: first our half closes, then all; nothing hangs for ever."""
    async with hotline(obey) as exchange:
        uuid = uuid4()
        await exchange.start(uuid)
        reader, writer = await asyncio.open_connection(exchange.host, exchange.audio_port)
        writer.write(b"\x01\0\x10" + uuid.bytes + b"\x03\0\x01#")
        begun = asyncio.get_running_loop().time()
        assert await asyncio.wait_for(reader.read(), 6) == b"\0\0\0"  # 0x00, then the end of the stream, no reset
        assert 1.5 < asyncio.get_running_loop().time() - begun < 4
        writer.close()


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (b"\x01\0\x10" + uuid4().bytes, "was not announced"),
        (b"\x10\x01\x40" + bytes(320), "did not say which call it is"),
        (b"GET / HTTP/1.1\r\n\r\n", "did not say which call it is"),
    ],
)
async def test_who_was_not_announced_is_refused(first: bytes, why: str, caplog: pytest.LogCaptureFixture) -> None:
    heard = Heard()
    async with hotline(heard.answer) as exchange:
        reader, writer = await asyncio.open_connection(exchange.host, exchange.audio_port)
        writer.write(first)
        assert await asyncio.wait_for(reader.read(), 3) == b"\0\0\0"
        writer.close()
    assert heard.caller is None
    assert why in caplog.text


async def test_an_announcement_is_good_for_one_call() -> None:
    heard = Heard()
    async with hotline(heard.answer) as exchange, exchange.call() as call:
        reader, writer = await asyncio.open_connection(exchange.host, exchange.audio_port)
        writer.write(b"\x01\0\x10" + call.uuid.bytes)
        assert await asyncio.wait_for(reader.read(), 3) == b"\0\0\0"
        writer.close()
        status, text = await exchange.start(call.uuid)
        assert status == 400 and "announced already" in text
        await call.wait(0.1)
        assert not heard.over


async def test_a_connection_that_says_nothing_is_refused_after_a_while() -> None:
    server = AudioSocketServer("127.0.0.1", 0, Exchange(), obey, named_within_seconds=0.2)
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    assert await asyncio.wait_for(reader.read(), 3) == b"\0\0\0"
    writer.close()
    await server.stop()


async def test_a_taken_port_is_said_so() -> None:
    async with hotline(obey) as exchange:
        with pytest.raises(ChannelError, match="无法监听"):
            await AudioSocketServer("127.0.0.1", exchange.audio_port, Exchange(), obey).start()


async def test_stopping_the_service_gives_callers_back() -> None:
    heard = Heard()
    exchange = Exchange()
    server = AudioSocketServer("127.0.0.1", 0, exchange, heard.answer)
    await server.start()
    uuid = uuid4()
    exchange.announce(uuid, Caller())
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"\x01\0\x10" + uuid.bytes)
    await asyncio.sleep(0.1)
    assert server.calls == 1
    stopping = asyncio.create_task(server.stop())
    assert (await reader.read()).endswith(b"\0\0\0")
    writer.close()
    await stopping
    assert exchange.next_step(uuid) == NextStep("agent", "failure")


async def test_tones_are_keys_where_the_exchange_sends_none_and_never_reach_the_line() -> None:
    heard = Heard()
    async with hotline(heard.answer, sends_keys=False) as exchange, exchange.call() as call:
        await call.wait(0.2)
        await call.press("135792*0#", as_tones=True)
        await call.wait(0.2)
    assert heard.keys == "135792*0#"
    assert max(loudness(frame.samples) for frame in heard.frames) == 0.0


class TestAnnouncements:
    """The HTTP doors."""

    async def test_a_call_nobody_knows_has_no_next_step(self) -> None:
        async with hotline(obey) as exchange:
            status, text = await exchange.request("GET", f"/calls/{uuid4()}/next")
            assert status == 404 and "unknown" in text

    @pytest.mark.parametrize("uuid", ["12329", "x" * 300, uuid4().hex, str(uuid4())[:-1]])
    async def test_what_is_not_a_uuid_is_refused_with_a_reason(self, uuid: str) -> None:
        async with hotline(obey) as exchange:
            status, text = await exchange.start(uuid, caller="13800001234")
            assert status == 400 and "is not a UUID" in text

    async def test_numbers_are_masked_in_logs(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        async with hotline(obey) as exchange, exchange.call(caller="13800001234") as call:
            await call.wait(0.05)
        assert "*******1234" in caplog.text
        assert "13800001234" not in caplog.text

    async def test_an_announcement_grows_old(self) -> None:
        exchange = Exchange(announced_seconds=0.05)
        uuid = uuid4()
        exchange.announce(uuid, Caller())
        assert exchange.announced == 1
        await asyncio.sleep(0.06)
        assert exchange.announced == 0
        with pytest.raises(ChannelError, match="not announced"):
            exchange.claim(uuid)

    async def test_words_the_dialplan_could_not_take_are_refused(self) -> None:
        with pytest.raises(ValueError, match="dialplan"):
            Exchange().set_next(UUID(int=1), NextStep("agent", "a,b"))
