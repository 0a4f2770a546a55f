"""The page with the demo's text messages: masked, escaped, and for this machine only."""

from datetime import datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.store.working_days import BEIJING
from bot.web.demo_sms import add_demo_sms


@pytest.fixture
async def page():
    async def delivered():
        return [(datetime(2026, 11, 24, 10, 0, tzinfo=BEIJING), "0001", "余额是12071.20元。<script>")]

    app = web.Application()
    add_demo_sms(app, delivered)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_it_shows_when_to_whom_and_what(page):
    text = await (await page.get("/demo/sms")).text()
    assert "2026-11-24 10:00:00" in text and "尾号0001" in text and "余额是12071.20元。" in text
    assert "<script>" not in text


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.5:8080", "127.0.0.1.evil.example"])
async def test_another_name_for_this_machine_gets_nothing(page, host):
    assert (await page.get("/demo/sms", headers={aiohttp.hdrs.HOST: host})).status == 404
