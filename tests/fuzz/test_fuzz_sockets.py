"""Whatever comes in by a socket: it is refused or understood, nothing is logged as a fault of ours, and the next caller
is answered as if nothing had been."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import WSMsgType
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.audio.frame import SILENCE
from bot.channels.audiosocket_codec import KeyLetGo, Sound, encode
from bot.channels.base import Channel
from bot.errors import ChannelError
from bot.web.gate import Limits
from tests.support.answering import Heard, hotline
from tests.support.fake_exchange import FakeExchange
from tests.support.phone_server import page_on, server, told

PATIENCE_SECONDS = 20.0
FEW = settings(max_examples=settings.default.max_examples // 2)


class Faults(logging.Handler):
    """What was logged as an error, and exceptions that nobody fetched."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(logging.Formatter().format(record))


class Answers:
    """An `answer` that hears every call to its end, and knows how many are going on."""

    def __init__(self) -> None:
        self.going_on = 0

    async def answer(self, channel: Channel) -> None:
        self.going_on += 1
        try:
            await channel.send(SILENCE)
            async for _ in channel.incoming():
                pass
        except ChannelError:
            pass
        finally:
            self.going_on -= 1

    async def over(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.going_on:
                await asyncio.sleep(0.002)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """A loop for all examples; no exception may have been left in it."""
    faults = Faults()
    logging.getLogger().addHandler(faults)
    with asyncio.Runner() as made:
        yield made
    logging.getLogger().removeHandler(faults)
    assert faults.seen == []


@pytest.fixture(scope="module")
def answers() -> Answers:
    """Who answers."""
    return Answers()


@pytest.fixture(scope="module")
def exchange(runner: asyncio.Runner, answers: Answers) -> Iterator[FakeExchange]:
    """The telephone side: AudioSocket and announcements."""
    service = hotline(answers.answer)
    yield runner.run(service.__aenter__())
    runner.run(service.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def phone(runner: asyncio.Runner, answers: Answers) -> Iterator[str]:
    """The browser phone's server."""
    service = server(answers, limits=Limits(requests_per_address=1_000_000))  # type: ignore[arg-type]
    yield runner.run(service.__aenter__())
    runner.run(service.__aexit__(None, None, None))


async def throw(host: str, port: int, pieces: list[bytes], first: bytes = b"", until: bytes = b"") -> bytes:
    """Connect, send `first` and wait for `until`; send pieces, close our half; all that came until the other closed."""
    reader, writer = await asyncio.open_connection(host, port)
    answer = b""
    with contextlib.suppress(ConnectionError):
        if first:
            writer.write(first)
            answer = await asyncio.wait_for(reader.readuntil(until), PATIENCE_SECONDS)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        writer.write_eof()
    with contextlib.suppress(ConnectionError):
        answer += await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    writer.close()
    return answer


MESSAGES = (
    some.builds(lambda samples, rate: encode(Sound(samples, rate)), some.binary(min_size=1, max_size=700),
                some.sampled_from([8000, 12000, 16000, 24000, 44100, 192000]))
    | some.sampled_from("0123456789*#ABCD").map(KeyLetGo).map(encode)
    | some.sampled_from([b"\x10\0\0", b"\0\0\0", b"\xff\0\x01\x04", b"\x01\0\x10" + bytes(16), b"\x10\xff\xff"])
)  # fmt: skip
CALLS = some.lists(MESSAGES | some.binary(max_size=40), max_size=12)


@given(announced=some.booleans(), named=some.booleans(), pieces=CALLS)
def test_any_bytes_on_audiosocket(
    runner: asyncio.Runner, exchange: FakeExchange, answers: Answers, announced: bool, named: bool, pieces: list[bytes]
):
    async def call() -> None:
        uuid = uuid4()
        if announced:
            assert await exchange.start(uuid) == (200, "ok")
        came = await throw(exchange.host, exchange.audio_port, [*[b"\x01\0\x10" + uuid.bytes] * named, *pieces])
        await answers.over()
        assert set(came[:1]) <= {0x00, 0x10}

    runner.run(call())


@FEW
@given(cuts=some.lists(some.integers(1, 400), max_size=6), keys=some.text("0123456789*#", max_size=8))
def test_after_all_this_a_telephone_call_is_heard(runner: asyncio.Runner, cuts: list[int], keys: str):
    heard = Heard()

    async def call() -> None:
        async with hotline(heard.answer) as exchange:
            uuid = uuid4()
            await exchange.start(uuid, caller="13800001234")
            sent = b"\x01\0\x10" + uuid.bytes + b"".join(encode(KeyLetGo(key)) for key in keys)
            pieces, at = [], 0
            for cut in cuts:
                pieces.append(sent[at : at + cut])
                at += cut
            await throw(exchange.host, exchange.audio_port, [*pieces, sent[at:]])
            while not heard.over:
                await asyncio.sleep(0.002)

    runner.run(asyncio.wait_for(call(), PATIENCE_SECONDS))
    assert heard.keys == keys and heard.failed is None


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=10),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=6), inner, max_size=3),
    max_leaves=5,
).map(json.dumps)
PROTOCOL = some.fixed_dictionaries(
    {"type": some.sampled_from(["key", "text", "microphone", "alive", "hang_up", "end", ""])},
    optional={
        "key": some.sampled_from("0123456789*#A") | some.integers() | some.text(max_size=3),
        "text": some.text(max_size=300) | some.none(),
        "on": some.booleans() | some.integers(),
    },
).map(json.dumps)
PAGE = some.lists(
    some.tuples(some.just(WSMsgType.TEXT), PROTOCOL | JSON | some.text(max_size=30) | some.just("[" * 8000))
    | some.tuples(
        some.just(WSMsgType.BINARY), some.binary(max_size=700) | some.sampled_from([bytes(17000), bytes(16384)])
    )
    | some.tuples(some.just(WSMsgType.PING), some.binary(max_size=100)),
    max_size=12,
)


@FEW
@given(messages=PAGE, leaves=some.sampled_from([1000, 1001, 4000, None]))
def test_any_message_of_a_page(
    runner: asyncio.Runner, phone: str, answers: Answers, messages: list[tuple[WSMsgType, Any]], leaves: int | None
):
    async def call() -> None:
        async with page_on(phone) as page:
            assert (await told(page))["type"] == "answered"
            with contextlib.suppress(ConnectionError):
                for kind, content in messages:
                    if kind is WSMsgType.TEXT:
                        await page.send_str(content)
                    elif kind is WSMsgType.BINARY:
                        await page.send_bytes(content)
                    else:
                        await page.ping(content)
            if leaves is not None:
                await page.close(code=leaves)
        await answers.over()

    runner.run(call())


UPGRADE = (
    b"GET /call HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@given(left=some.integers(0, 5))
def test_a_page_that_leaves_during_the_handshake(runner: asyncio.Runner, phone: str, answers: Answers, left: int):
    async def call() -> None:
        place = phone.removeprefix("http://")
        host, port = place.split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(UPGRADE.replace(b"%s", place.encode()))
        for _ in range(left):
            await asyncio.sleep(0)
        writer.transport.abort()
        await answers.over()

    runner.run(call())


@FEW
@given(pieces=some.lists(some.binary(max_size=60), max_size=6))
def test_any_bytes_after_a_websockets_handshake(
    runner: asyncio.Runner, phone: str, answers: Answers, pieces: list[bytes]
):
    async def call() -> None:
        place = phone.removeprefix("http://")
        host, port = place.split(":")
        came = await throw(host, int(port), pieces, UPGRADE.replace(b"%s", place.encode()), b"\r\n\r\n")
        assert came.startswith(b"HTTP/1.1 101")
        await answers.over()

    runner.run(call())


HEADS = some.sampled_from(
    [
        b"GET / HTTP/1.1",
        b"GET /call HTTP/1.1",
        b"GET /static/phone.js HTTP/1.1",
        b"GET /static/%2e%2e/server.py HTTP/1.1",
    ]
    + [b"POST /calls/6ba7b810-9dad-11d1-80b4-00c04fd430c8/start HTTP/1.1", b"GET /calls/%00/next HTTP/1.0"]
    + [b"POST /calls/x/start HTTP/1.1", b"PUT / HTTP/1.1", b"GET * HTTP/1.1", b"GET http://evil.example/ HTTP/1.1", b""]
)
HEADERS = some.sampled_from(
    [b"Host: a", b"Host: [", b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999"]
    + [b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"Content-Encoding: br", b"Expect: 100-continue"]
    + [b"Content-Type: application/x-www-form-urlencoded; charset=klingon", b"Content-Type: multipart/form-data"]
    + [b"Content-Type: multipart/form-data; boundary=x", b"Range: bytes=5-1", b"Range: bytes=\xff"]
    + [b"Upgrade: websocket", b"Connection: upgrade", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: x"]
    + [b"Origin: \xff", b"If-Modified-Since: never"]
    + [b"Origin: http://[", b"Cookie: " + b"x" * 9000]
) | some.binary(max_size=30)  # fmt: skip
BODIES = some.binary(max_size=60) | some.sampled_from(
    [
        b"caller=13800001234&called=12329",
        b"caller=%ff%00%0d%0a&caller=2",
        b"&" * 500,
        b"--x\r\n\r\na\r\n--x--",
        b"5\r\nabcde\r\n0\r\n\r\n",
    ]
    + [b"\x1f\x8b\x08\0\0\0\0\0", b"ffffffffffff\r\n"]
)
REQUESTS = some.binary(max_size=80).map(lambda noise: [noise]) | some.builds(
    lambda head, headers, body: [head, b"\r\n", *[header + b"\r\n" for header in headers], b"\r\n", body],
    HEADS,
    some.lists(HEADERS, max_size=5),
    BODIES,
)


@pytest.mark.parametrize("door", ["announcements", "page"])
@given(pieces=REQUESTS)
def test_any_request(runner: asyncio.Runner, exchange: FakeExchange, phone: str, door: str, pieces: list[bytes]):
    port = exchange.http_port if door == "announcements" else int(phone.rpartition(":")[2])
    came = runner.run(throw("127.0.0.1", port, pieces))
    statuses = [int(line.split()[1]) for line in came.split(b"\r\n") if line.startswith(b"HTTP/1.")]
    assert all(status < 500 for status in statuses), came
    assert b"Traceback" not in came


@given(caller=some.text(max_size=100), called=some.text(max_size=100), name=some.text(max_size=100))
def test_any_caller_may_be_announced(
    runner: asyncio.Runner, exchange: FakeExchange, caller: str, called: str, name: str
):
    async def announce() -> None:
        uuid = uuid4()
        assert await exchange.start(uuid, caller=caller, called=called, name=name) == (200, "ok")
        await throw(exchange.host, exchange.audio_port, [b"\x01\0\x10" + uuid.bytes])

    runner.run(announce())
