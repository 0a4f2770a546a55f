"""What strangers try at the two web servers, each with a real request. What is defended and why: docs/security.md."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web

from bot.audio.frame import SILENCE
from bot.channels import exchange as exchange_doors
from bot.channels.base import Caption
from bot.channels.browser import BrowserChannel
from bot.web.gate import Limits, gated
from bot.web.tls import server_tls
from tests.support.answering import Heard, hotline, obey
from tests.support.phone_server import Calls, page_on, server, told

PATIENCE_SECONDS = 20.0


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection that says what the test says."""
    host, port = address.rpartition("//")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield reader, writer
    finally:
        writer.close()


async def closed(reader: asyncio.StreamReader) -> bytes:
    """What came until the other side closed."""
    came = b""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while some := await reader.read(4096):
                came += some
    except ConnectionError:
        pass
    return came


def status(came: bytes) -> int:
    return int(came.split(maxsplit=2)[1])


# Other sites' pages


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_no_web_page_can_announce_a_call_or_read_what_follows_one(headers: dict[str, str]) -> None:
    async with hotline(obey) as exchange, aiohttp.ClientSession() as session:
        door = f"http://{exchange.host}:{exchange.http_port}/calls/{uuid4()}"
        async with session.post(f"{door}/start", data={"caller": "13800001234"}, headers=headers) as answer:
            assert answer.status == 403
        async with session.get(f"{door}/next", headers=headers) as answer:
            assert answer.status == 403
        async with session.post(f"{door}/start", data={"caller": "13800001234"}) as answer:
            assert (answer.status, await answer.text()) == (200, "ok")


async def test_no_answer_tells_which_versions_run_and_none_allows_another_origin() -> None:
    async with server(Calls()) as address, aiohttp.ClientSession() as session:
        for path in ("/", "/static/phone.js", "/nothing", "/call"):
            async with session.get(address + path, headers={"Origin": "https://evil.example"}) as answer:
                assert answer.headers["Server"] == "hotline"
                assert not [name for name in answer.headers if name.lower().startswith("access-control")]
                assert answer.headers["X-Frame-Options"] == "DENY"
                assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
                assert "Set-Cookie" not in answer.headers


# Files and doors that are not there


@pytest.mark.parametrize(
    "path",
    [
        *("/static/../../../../etc/passwd", "/static/..%2f..%2fserver.py", "/static/%2e%2e%5cserver.py"),
        *("/static//etc/passwd", "/static/phone.js%00.html"),
        *("/recordings/", "/var/recordings/x.wav", "/var/hotline.db", "/orders", "/hotline.toml", "/.git/config"),
        *("/metrics", "/healthz", "/demo/sms/../../hotline.toml"),
    ],
)  # fmt: skip
async def test_nothing_but_the_page_can_be_fetched(path: str) -> None:
    async with server(Calls()) as address, connected(address) as (reader, writer):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        assert status(await closed(reader)) in (400, 403, 404)


async def test_a_link_in_the_static_folder_leads_nowhere(tmp_path: Path) -> None:
    """aiohttp serves no links unless told to; were it told to, this would show."""
    (tmp_path / "secret.key").write_text("secret")
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "link.js").symlink_to(tmp_path / "secret.key")
    app = web.Application()
    app.router.add_static("/static", folder)
    async with gated(app, "127.0.0.1", 0) as port, aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/static/link.js") as answer:
            assert answer.status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"])
async def test_the_page_is_only_read(method: str) -> None:
    async with server(Calls()) as address, aiohttp.ClientSession() as session:
        async with session.request(method, address + "/") as answer:
            assert answer.status in (400, 404, 405)


# Too much


async def test_too_many_requests_from_an_address_are_refused_and_told_when_to_come_back() -> None:
    async with server(Calls(), limits=Limits(requests_per_address=10)) as address, aiohttp.ClientSession() as session:
        found = []
        for _ in range(25):
            async with session.get(address) as answer:
                found.append(answer.status)
        assert found[0] == 200 and found[-1] == 429 and found.count(200) <= 20, "ten, or twenty over two windows"
        async with session.get(address) as answer:
            assert answer.headers["Retry-After"] == "10"


async def test_one_address_gets_a_few_connections_and_those_it_has_stay() -> None:
    async with server(Calls(), limits=Limits(connections_per_address=3)) as address:
        async with connected(address) as first, connected(address), connected(address):
            await asyncio.sleep(0.3)
            async with connected(address) as (too_many, _):
                assert await closed(too_many) == b""
            reader, writer = first
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert status(await closed(reader)) == 200


async def test_a_server_that_has_all_the_connections_it_bears_takes_no_more() -> None:
    async with server(Calls(), limits=Limits(connections=2)) as address:
        async with connected(address), connected(address):
            await asyncio.sleep(0.1)
            async with connected(address) as (reader, _):
                assert await closed(reader) == b""


async def test_a_body_larger_than_any_form_is_refused_unread() -> None:
    async with hotline(obey) as exchange:
        address = f"http://{exchange.host}:{exchange.http_port}"
        door = f"POST /calls/{uuid4()}/start HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        for announced, expected in (("Content-Length: 9000000000", 413), ("Transfer-Encoding: chunked", 411)):
            async with connected(address) as (reader, writer):
                writer.write(f"{door}{announced}\r\n\r\n5\r\nabcde\r\n".encode())
                assert status(await closed(reader)) == expected


async def test_more_announced_calls_than_an_exchange_can_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange_doors, "_MOST_ANNOUNCED", 3)
    async with hotline(obey) as exchange:
        answers = [await exchange.start(uuid4(), caller="13800001234") for _ in range(4)]
    assert [answer[0] for answer in answers] == [200, 200, 200, 400]


# Too slow


@pytest.mark.parametrize(
    "said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\n"], ids=["nothing", "half", "no end"]
)
async def test_who_never_finishes_a_request_is_sent_away(said: bytes) -> None:
    async with server(Calls(), limits=Limits(first_request_seconds=0.3)) as address:
        async with connected(address) as (reader, writer):
            writer.write(said)
            assert await closed(reader) == b""


async def test_a_header_a_second_for_ever_is_sent_away() -> None:
    async with server(Calls(), limits=Limits(first_request_seconds=0.5)) as address:
        async with connected(address) as (reader, writer):
            leaving = asyncio.create_task(closed(reader))
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n")
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not leaving.done():
                    writer.write(b"X-More: 1\r\n")
                    await asyncio.sleep(0.05)
            assert leaving.result() == b""


async def test_a_connection_kept_open_after_its_request_is_closed_after_a_while() -> None:
    async with server(Calls(), limits=Limits(idle_seconds=0.3)) as address:
        async with connected(address) as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert status(await closed(reader)) == 200


async def test_a_form_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange_doors, "_FORM_SECONDS", 0.3)
    async with hotline(obey) as exchange:
        async with connected(f"http://{exchange.host}:{exchange.http_port}") as (reader, writer):
            writer.write(f"POST /calls/{uuid4()}/start HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n".encode())
            writer.write(b"Connection: close\r\n\r\ncaller=1")
            assert status(await closed(reader)) == 400


async def test_a_handshake_of_tls_that_never_comes_is_given_up(tmp_path: Path) -> None:
    tls = server_tls("self_signed", run_dir=tmp_path, names=["127.0.0.1"])
    async with server(Calls(), tls=tls, limits=Limits(first_request_seconds=0.3)) as address:
        async with connected(address) as (reader, _):
            assert await closed(reader) == b""
        trusting = ssl.create_default_context(cafile=tmp_path / "tls" / "authority.pem")
        async with aiohttp.ClientSession() as session, session.get(address, ssl=trusting) as answer:
            assert answer.status == 200


async def test_a_call_outlives_all_limits_for_connections() -> None:
    calls = Calls()
    limits = Limits(first_request_seconds=0.2, idle_seconds=0.2)
    async with server(calls, limits=limits) as address, page_on(address) as page:
        assert await told(page) == {"type": "answered"}
        for _ in range(8):
            await page.send_str('{"type":"alive"}')
            assert (await told(page))["type"] == "alive"
            await asyncio.sleep(0.1)
    await asyncio.wait_for(calls.over.wait(), PATIENCE_SECONDS)
    assert calls.errors == []


async def test_a_page_that_sends_but_never_reads_loses_its_line() -> None:
    async def talk(channel: BrowserChannel) -> None:
        while not channel._gone.is_set():
            await channel.show(Caption("said", "字" * 4000))
            await channel.send(SILENCE)
        async for _ in channel.incoming():
            pass

    calls = Calls(talk)
    async with server(calls, longest_idle_seconds=1.0) as address, page_on(address) as page:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not calls.over.is_set():
                if not page.closed:
                    await page.send_str(json.dumps({"type": "alive"}))
                await asyncio.sleep(0.1)
    assert calls.errors == ["connection_lost"]


async def test_keys_without_end_while_the_line_is_late_fill_no_memory() -> None:
    heard = Heard()

    async def slow(channel: object) -> None:
        await asyncio.sleep(0.5)
        await heard.answer(channel)  # type: ignore[arg-type]

    async with hotline(slow) as exchange, exchange.call() as call:
        call.send_raw(b"\x03\0\x017" * 5000)
        await call.wait(0.8)
    assert heard.keys == "7" * 100
