"""The browser phone's channel over real sockets, with an aiohttp client as the page."""

import asyncio
import json
import socket as sockets
import struct

import pytest
from aiohttp import WSMsgType

from bot.audio.frame import FRAME_BYTES, SILENCE, Frame
from bot.channels.base import Caption, NextStep
from bot.channels.browser import BrowserChannel
from bot.channels.browser_messages import BrokenMessage, CallerHungUp, MicrophoneTurned, read_message
from bot.events import CallerTyped, DigitPressed
from tests.support.phone_server import Calls, page_on, server, told


async def test_sound_of_any_length_becomes_frames_in_order() -> None:
    calls = Calls()
    sound = b"".join(struct.pack("<h", n) for n in range(160 * 7))
    async with server(calls) as address, page_on(address) as page:
        at = 0
        for length in (2, 318, 640, 100, 1000, 180):
            await page.send_bytes(sound[at : at + length])
            at += length
        await page.send_json({"type": "hang_up"})
        await asyncio.wait_for(calls.over.wait(), 5)
    assert b"".join(frame.samples for frame in calls.frames()) == sound[: at // FRAME_BYTES * FRAME_BYTES]
    assert all(len(frame.samples) == FRAME_BYTES and not frame.missing for frame in calls.frames())


async def test_keys_and_texts_come_in_order_with_the_sound() -> None:
    calls = Calls()
    async with server(calls) as address, page_on(address) as page:
        await page.send_bytes(SILENCE)
        await page.send_json({"type": "key", "key": "1"})
        await page.send_bytes(SILENCE)
        await page.send_json({"type": "text", "text": " 贷款\n利率\u0007是多少 "})
        await page.close()
        await asyncio.wait_for(calls.over.wait(), 5)
    assert calls.incoming == [Frame(SILENCE), DigitPressed("1"), Frame(SILENCE), CallerTyped("贷款 利率 是多少")]
    assert calls.errors == []


async def test_without_a_microphone_the_silence_is_not_the_callers() -> None:
    calls = Calls()
    async with server(calls) as address, page_on(address) as page:
        await page.send_bytes(SILENCE)
        await page.send_json({"type": "microphone", "on": False})
        await page.send_bytes(SILENCE)
        await page.send_json({"type": "microphone", "on": True})
        await page.send_bytes(SILENCE)
        await page.close()
        await asyncio.wait_for(calls.over.wait(), 5)
    assert [frame.missing for frame in calls.frames()] == [False, True, False]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "7",
        "{",
        "[" * 100_000,
        '{"type":"key"}',
        '{"type":"key","key":5}',
        '{"type":"key","key":"12"}',
        '{"type":"key","key":""}',
        '{"type":"key","key":"A"}',
        '{"type":"text","text":""}',
        '{"type":"text","text":" \\n "}',
        '{"type":"text","text":"%s"}' % ("字" * 201),
        '{"type":"microphone","on":1}',
        '{"type":"dance"}',
    ],
)
def test_what_the_protocol_does_not_know_is_no_message_and_is_never_repeated(message: str) -> None:
    with pytest.raises(BrokenMessage) as broken:
        read_message(message)
    assert str(broken.value) in ("not JSON", "unknown message")
    assert broken.value.__context__ is None or broken.value.__suppress_context__  # json's error holds the message


def test_messages_of_the_protocol_are_understood() -> None:
    assert [read_message(json.dumps({"type": "key", "key": key})) for key in "0123456789*#"] == [
        DigitPressed(key) for key in "0123456789*#"
    ]
    assert read_message('{"type":"microphone","on":false}') == MicrophoneTurned(False)
    assert read_message('{"type":"hang_up","later":"field"}') == CallerHungUp()
    assert read_message('{"type":"text","text":"%s"}' % ("字" * 200)) == CallerTyped("字" * 200)


async def test_wrong_messages_are_counted_and_the_call_goes_on() -> None:
    calls = Calls()
    async with server(calls) as address, page_on(address) as page:
        for wrong in ("nonsense", '{"type":"key","key":"x"}'):
            await page.send_str(wrong)
        await page.send_bytes(b"odd")
        await page.send_json({"type": "key", "key": "0"})
        await page.close()
        await asyncio.wait_for(calls.over.wait(), 5)
    assert calls.messages() == [DigitPressed("0")]
    assert calls.channels[0].ignored_messages == 3


async def test_a_page_that_sends_nothing_but_nonsense_is_closed() -> None:
    calls = Calls()
    async with server(calls) as address, page_on(address) as page:
        assert await told(page) == {"type": "answered"}
        for _ in range(21):
            await page.send_str("{}")
        message = await page.receive(timeout=5)
        assert (message.type, message.data) == (WSMsgType.CLOSE, 4400)
        await asyncio.wait_for(calls.over.wait(), 5)
    assert calls.errors == ["connection_lost"]


async def test_a_flood_of_messages_is_closed() -> None:
    calls = Calls()
    async with server(calls) as address, page_on(address) as page:
        for _ in range(200):
            await page.send_json({"type": "key", "key": "1"})
        await asyncio.wait_for(calls.over.wait(), 5)
    assert calls.errors == ["connection_lost"]
    assert len(calls.messages()) <= 100  # a flood may lie across two seconds


async def test_a_message_too_long_ends_the_call() -> None:
    calls = Calls()
    async with server(calls) as address, page_on(address) as page:
        assert await told(page) == {"type": "answered"}
        await page.send_bytes(bytes(20_000))
        message = await page.receive(timeout=5)
        assert (message.type, message.data) == (WSMsgType.CLOSE, 1009)
        await asyncio.wait_for(calls.over.wait(), 5)
    assert calls.errors == ["connection_lost"]


async def test_sound_much_faster_than_real_time_is_thrown_away() -> None:
    calls = Calls()
    async with server(calls) as address, page_on(address) as page:
        for _ in range(30):
            await page.send_bytes(bytes(16_000))  # 30 times a second of sound
            await asyncio.sleep(0.002)
        await page.close()
        await asyncio.wait_for(calls.over.wait(), 10)
    assert 500 <= len(calls.frames()) <= 700
    assert calls.channels[0].dropped_frames == 1500 - len(calls.frames())


async def test_sound_the_line_does_not_fetch_is_bounded_but_keys_are_kept() -> None:
    fetched: list[object] = []

    async def stalled(channel: BrowserChannel) -> None:
        await asyncio.sleep(0.5)
        async for happened in channel.incoming():
            fetched.append(happened)

    calls = Calls(stalled)
    async with server(calls) as address, page_on(address) as page:
        for _ in range(12):
            await page.send_bytes(bytes(16_000))
        await page.send_json({"type": "key", "key": "0"})
        await page.close()
        await asyncio.wait_for(calls.over.wait(), 5)
    assert len(fetched) == 501
    assert fetched[-1] == DigitPressed("0")


async def test_frames_go_out_fifty_a_second() -> None:
    async def talk(channel: BrowserChannel) -> None:
        for _ in range(100):
            await channel.send(SILENCE)

    calls = Calls(talk)
    arrived: list[float] = []
    async with server(calls) as address, page_on(address) as page:
        while (message := await page.receive(timeout=5)).type is not WSMsgType.CLOSE:
            if message.type is WSMsgType.BINARY:
                assert len(message.data) == FRAME_BYTES
                arrived.append(asyncio.get_running_loop().time())
            elif json.loads(message.data)["type"] == "end":
                break
        await page.close()
    assert len(arrived) == 100
    assert 1.85 <= arrived[-1] - arrived[0] <= 2.3
    ahead = max(n * 0.02 - (at - arrived[0]) for n, at in enumerate(arrived))
    assert ahead <= 0.06


async def test_captions_states_and_notes_reach_the_page() -> None:
    async def talk(channel: BrowserChannel) -> None:
        for caption in (
            Caption("said", "您好"),
            Caption("partial", "贷款"),
            Caption("heard", "贷款利率"),
            Caption("note", "工单 20261124-0001"),
            Caption("state", "private"),
        ):
            await channel.show(caption)
        await channel.clear()

    async with server(Calls(talk)) as address, page_on(address) as page:
        messages = [await told(page) for _ in range(8)]
    assert messages == [
        {"type": "answered"},
        {"type": "caption", "kind": "said", "text": "您好"},
        {"type": "caption", "kind": "partial", "text": "贷款"},
        {"type": "caption", "kind": "heard", "text": "贷款利率"},
        {"type": "caption", "kind": "note", "text": "工单 20261124-0001"},
        {"type": "state", "state": "private"},
        {"type": "clear"},
        {"type": "end", "reason": "hangup"},
    ]


async def test_no_text_comes_through_while_a_password_is_entered() -> None:
    async def talk(channel: BrowserChannel) -> None:
        await channel.show(Caption("state", "private"))
        async for happened in channel.incoming():
            calls.incoming.append(happened)
            if happened == DigitPressed("#"):
                await channel.show(Caption("state", "listening"))

    calls = Calls(talk)
    async with server(calls) as address, page_on(address) as page:
        assert [await told(page), await told(page)][1] == {"type": "state", "state": "private"}
        await page.send_json({"type": "text", "text": "135792"})
        await page.send_json({"type": "key", "key": "#"})
        assert await told(page) == {"type": "state", "state": "listening"}
        await page.send_json({"type": "text", "text": "好的"})
        await page.close()
        await asyncio.wait_for(calls.over.wait(), 5)
    assert calls.incoming == [DigitPressed("#"), CallerTyped("好的")]


async def test_the_last_words_are_played_before_the_line_is_closed() -> None:
    closed_after: list[float] = []

    async def talk(channel: BrowserChannel) -> None:
        await channel.send(SILENCE)
        began = asyncio.get_running_loop().time()
        await channel.close(NextStep("hangup"))
        closed_after.append(asyncio.get_running_loop().time() - began)
        assert [happened async for happened in channel.incoming()] == []

    calls = Calls(talk)
    async with server(calls) as address, page_on(address) as page:
        assert await told(page) == {"type": "answered"}
        assert await told(page) == {"type": "end", "reason": "hangup"}
        await asyncio.sleep(0.3)  # the page plays what it has
        await page.close()
        await asyncio.wait_for(calls.over.wait(), 5)
    assert 0.25 <= closed_after[0] <= 1.0
    assert calls.errors == []


async def test_a_page_that_never_finishes_playing_is_closed_all_the_same() -> None:
    async def talk(channel: BrowserChannel) -> None:
        await channel.close(NextStep("hangup"))

    calls = Calls(talk)
    async with server(calls) as address, page_on(address) as page:
        assert (await told(page), await told(page))[1]["type"] == "end"
        message = await page.receive(timeout=6)
        assert (message.type, message.data) == (WSMsgType.CLOSE, 1000)


async def test_a_page_that_falls_silent_counts_as_lost() -> None:
    calls = Calls()
    async with server(calls, longest_idle_seconds=0.3) as address, page_on(address) as page:
        await page.send_bytes(SILENCE)
        await asyncio.wait_for(calls.over.wait(), 5)
        await page.send_bytes(SILENCE)
        while (message := await page.receive(timeout=6)).type is not WSMsgType.CLOSE:
            pass
        assert message.data == 4408
    assert calls.errors == ["connection_lost"]


async def test_a_quiet_page_that_asks_for_the_server_is_not_lost() -> None:
    calls = Calls()
    async with server(calls, longest_idle_seconds=0.4) as address, page_on(address) as page:
        assert await told(page) == {"type": "answered"}
        for _ in range(4):
            await asyncio.sleep(0.2)
            await page.send_json({"type": "alive"})
            assert await told(page) == {"type": "alive"}
        await page.send_json({"type": "hang_up"})
        await asyncio.wait_for(calls.over.wait(), 5)
    assert calls.errors == []


@pytest.mark.parametrize("how", ["closed", "reset"])
async def test_a_connection_that_breaks_is_not_a_hang_up(how: str) -> None:
    calls = Calls()
    async with server(calls) as address, page_on(address) as page:
        assert await told(page) == {"type": "answered"}
        line = page.get_extra_info("socket")
        if how == "reset":
            no_farewell = struct.pack("ii", 1, 0)
            line.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, no_farewell)
            connection = page._response.connection
            assert connection is not None and connection.transport is not None
            connection.transport.abort()
        else:
            line.shutdown(sockets.SHUT_RDWR)
        await asyncio.wait_for(calls.over.wait(), 5)
    assert calls.errors == ["connection_lost"]


async def test_sending_after_the_page_has_gone_only_keeps_the_beat() -> None:
    async def talk(channel: BrowserChannel) -> None:
        _ = [happened async for happened in channel.incoming()]
        for _ in range(3):
            await channel.send(SILENCE)
        await channel.show(Caption("said", "再见"))

    calls = Calls(talk)
    async with server(calls) as address, page_on(address) as page:
        await page.close()
        await asyncio.wait_for(calls.over.wait(), 5)
    assert calls.errors == []


async def test_digits_are_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    calls = Calls()
    async with server(calls) as address, page_on(address) as page:
        for digit in "864209":
            await page.send_json({"type": "key", "key": digit})
        await page.send_str('{"type":"key","key":"864209"}')
        await page.close()
        await asyncio.wait_for(calls.over.wait(), 5)
    assert calls.messages() == [DigitPressed(digit) for digit in "864209"]
    assert "864209" not in caplog.text
    assert not any(f"'{digit}'" in caplog.text or f'"{digit}"' in caplog.text for digit in "864209")
    assert "1 messages ignored" in caplog.text
