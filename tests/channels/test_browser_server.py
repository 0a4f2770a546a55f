"""The browser phone's web server: who may call, how many, and what a browser may do with the page."""

import asyncio
import json
import ssl
import stat
from pathlib import Path

import aiohttp
import pytest
import trustme
from aiohttp import WSMsgType, web
from cryptography import x509

from bot.channels.browser import BrowserChannel
from bot.errors import SettingsError
from bot.web.own_page import STATIC
from bot.web.server import phone_app
from bot.web.tls import server_tls
from tests.support.phone_server import Calls, page_on, server, told


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:1", "http://localhost"])
async def test_another_sites_page_may_not_call(origin: str | None) -> None:
    calls = Calls()
    async with server(calls) as address, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(address + "/call", origin=origin)
        assert refused.value.status == 403
    assert calls.channels == []


async def test_two_tabs_are_two_calls() -> None:
    calls = Calls()
    async with server(calls) as address, page_on(address) as one, page_on(address) as other:
        assert await told(one) == await told(other) == {"type": "answered"}
    assert len({channel.call_id for channel in calls.channels}) == 2


async def test_one_call_too_many_from_an_address_is_told_why() -> None:
    async with server(Calls(), calls_per_address=1) as address:
        async with page_on(address) as first:
            assert await told(first) == {"type": "answered"}
            async with page_on(address) as second:
                refused = await told(second)
                assert refused["type"] == "refused" and "挂断" in refused["text"]
                message = await second.receive(timeout=5)
                assert (message.type, message.data) == (WSMsgType.CLOSE, 4429)
        await asyncio.sleep(0.1)
        async with page_on(address) as again:
            assert await told(again) == {"type": "answered"}


async def test_when_all_lines_are_taken_the_page_is_told() -> None:
    calls = Calls()
    async with server(calls, has_room=lambda: False) as address, page_on(address) as page:
        refused = await told(page)
        assert refused["type"] == "refused" and "线路已满" in refused["text"]
        assert (await page.receive(timeout=5)).data == 4503
    assert calls.channels == []


async def test_a_call_that_fails_is_ended_and_frees_its_place() -> None:
    async def fail(_: BrowserChannel) -> None:
        raise RuntimeError("broken")

    async with server(Calls(fail), calls_per_address=1) as address:
        for _ in range(2):
            async with page_on(address) as page:
                assert await told(page) == {"type": "answered"}
                assert await told(page) == {"type": "end", "reason": "failed"}
            await asyncio.sleep(0.1)


async def test_a_server_that_stops_tells_its_pages() -> None:
    calls = Calls()
    runner = web.AppRunner(phone_app(calls.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with page_on(f"http://127.0.0.1:{runner.addresses[0][1]}") as page:
        assert await told(page) == {"type": "answered"}
        stopping = asyncio.create_task(runner.cleanup())
        message = await page.receive(timeout=5)
        assert (message.type, message.data) == (WSMsgType.CLOSE, 1012)
        await asyncio.wait_for(stopping, 10)
    assert calls.over.is_set() and calls.errors == []


async def test_browsers_are_told_to_trust_only_what_is_ours() -> None:
    async with server(Calls(), title="<热线>", notice="演示") as address, aiohttp.ClientSession() as session:
        for path in ("/", "/static/phone.js", "/static/phone.css", "/static/nothing.js"):
            async with session.get(address + path) as response:
                policy = response.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert "microphone=(self)" in response.headers["Permissions-Policy"]
        async with session.get(address) as response:
            page = await response.text()
        assert "&lt;热线&gt;" in page and "演示" in page and "{{" not in page


async def test_only_the_static_folder_is_served() -> None:
    async with server(Calls()) as address:
        host, port = address.removeprefix("http://").split(":")
        for path in ("/static/../server.py", "/static/%2e%2e/server.py", "/static/"):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
            writer.close()
            assert answer.split()[1] in (b"403", b"404"), path


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere() -> None:
    for file in STATIC.iterdir():
        text = file.read_text("utf-8")
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "") and "https://" not in text, file
        assert "localStorage" not in text and "sessionStorage" not in text and "console." not in text, file
    page = (STATIC / "index.html").read_text("utf-8")
    assert "style=" not in page and "<style" not in page and " on" + "click" not in page


def names_of(certificate: Path) -> set[str]:
    known = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def test_the_self_signed_certificate_stays_until_its_names_change(tmp_path: Path) -> None:
    certificate = tmp_path / "tls" / "certificate.pem"
    names = ["hotline.test", "192.0.2.7", "::1"]
    assert server_tls("self_signed", run_dir=tmp_path, names=names) is not None
    first = certificate.read_bytes()
    assert names_of(certificate) == set(names)
    server_tls("self_signed", run_dir=tmp_path, names=names)
    assert certificate.read_bytes() == first
    server_tls("self_signed", run_dir=tmp_path, names=["other.test"])
    assert names_of(certificate) == {"other.test"}
    assert stat.S_IMODE((tmp_path / "tls" / "key.pem").stat().st_mode) == 0o600


async def test_whoever_trusts_the_certificates_authority_needs_no_exception(tmp_path: Path) -> None:
    tls = server_tls("self_signed", run_dir=tmp_path, names=["localhost", "127.0.0.1"])
    trusting = ssl.create_default_context(cafile=tmp_path / "tls" / "authority.pem")
    async with server(Calls(), tls=tls) as address, aiohttp.ClientSession() as session:
        async with session.get(address, ssl=trusting) as response:
            assert response.status == 200
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get(address)


def test_a_damaged_certificate_is_made_anew(tmp_path: Path) -> None:
    server_tls("self_signed", run_dir=tmp_path, names=["localhost"])
    (tmp_path / "tls" / "key.pem").write_text("damaged")
    assert server_tls("self_signed", run_dir=tmp_path, names=["localhost"]) is not None


def test_a_certificate_of_ones_own_is_used(tmp_path: Path) -> None:
    issued = trustme.CA().issue_cert("hotline.test")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "c.pem")
    issued.private_key_pem.write_to_path(tmp_path / "k.pem")
    context = server_tls("files", run_dir=tmp_path, names=[], certificate=tmp_path / "c.pem", key=tmp_path / "k.pem")
    assert isinstance(context, ssl.SSLContext)
    assert server_tls("off", run_dir=tmp_path, names=[]) is None


def test_a_certificate_that_does_not_fit_is_explained_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="tls_certificate"):
        server_tls("files", run_dir=tmp_path, names=[])
    with pytest.raises(SettingsError, match="不能使用"):
        server_tls("files", run_dir=tmp_path, names=[], certificate=tmp_path / "no.pem", key=tmp_path / "no.key")
    with pytest.raises(SettingsError, match="至少要有一个"):
        server_tls("self_signed", run_dir=tmp_path, names=[])


def test_every_message_of_the_page_is_documented() -> None:
    document = (STATIC.parents[2] / "docs" / "browser-protocol.md").read_text("utf-8")
    documented = {json.loads(line.split("`")[1])["type"] for line in document.splitlines() if line.startswith("| `{")}
    assert documented == {
        *("key", "text", "microphone", "hang_up", "alive"),
        *("answered", "refused", "caption", "state", "clear", "end"),
    }
