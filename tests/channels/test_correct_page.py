"""The page on which recordings are corrected: by its keys in a real browser, and against strangers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import numpy as np
import pytest
from playwright.async_api import Page, expect

from bot.audio.wav import read_wav
from bot.qa.recorded.collection import SILENCED, Collection, Recording, opened
from bot.qa.recorded.correcting import Correction
from bot.qa.recorded.numbers_said import MARK
from bot.qa.recorded.state import State
from bot.web.correct import correct_app
from bot.web.gate import gated
from tests.support.chromium import caller_at

SOUND = (3000 * np.sin(np.arange(16000) * 0.3)).astype("<i2").tobytes()
"""Two seconds."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        Recording("通话001/001.wav", "公积金代款利率是多少", speaker="说话人001", device="手机"),
        Recording("通话001/002.wav", f"我的账号是{MARK}", numbers="0.50-1.50", notice="有一长串号码，请静音"),
        Recording("通话001/003.wav", "嗯"),
        Recording("通话001/004.wav", "<b>好的</b>"),
    ]
    with opened(tmp_path) as collection:
        collection.add([(row, SOUND) for row in rows])
    return tmp_path


@pytest.fixture
async def address(folder: Path) -> AsyncIterator[str]:
    with opened(folder) as collection:
        app, path = correct_app(Correction(collection), "材料")
        async with gated(app, "127.0.0.1", 0) as port:
            yield f"http://127.0.0.1:{port}{path}/"


async def shown(page: Page, place: int) -> None:
    await page.wait_for_selector(f'body[data-shown="{place}"]')


async def test_a_folder_is_corrected_without_a_mouse(address: str, folder: Path) -> None:
    async with caller_at(address) as person:
        page = person.page
        keys = page.keyboard
        await shown(page, 0)
        await keys.press(" ")
        await keys.press("e")
        await keys.press("ControlOrMeta+a")
        await keys.type("公积金贷款利率是多少")
        await keys.press("Enter")
        await shown(page, 1)

        await keys.press("Enter")
        await expect(page.locator("#problem")).to_contain_text("按 S 静音")
        await expect(page.locator("#chosen")).to_have_text("选中 0.50 到 1.50 秒")
        await keys.press("s")
        await expect(page.locator("#heed")).to_contain_text("已静音")
        await keys.press("Enter")
        await shown(page, 2)

        await page.focus("#unclear")  # whoever walks with Tab presses the button, not the key's meaning
        await keys.press("Enter")
        await shown(page, 3)
        await keys.press("n")
        await expect(page.locator("#problem")).to_contain_text("全部听过了")
        await expect(page.locator("#done")).to_contain_text("已听 4 段：核对 2，听不清 1，不用 1")
        await expect(page.locator("#list li").nth(3)).to_contain_text("<b>好的</b>")
        assert [told for told in person.complaints if "409" not in told] == []
    first, second, third, fourth = Collection(folder).recordings
    assert (first.text, first.state) == ("公积金贷款利率是多少", State.CHECKED)
    assert (second.state, second.numbers, third.state, fourth.state) == (
        State.CHECKED,
        SILENCED,
        State.UNCLEAR,
        State.UNUSED,
    )
    sound = np.frombuffer(read_wav(folder / second.file), "<i2")
    assert not sound[4000:12000].any() and sound[:4000].any() and sound[12000:].any()


async def test_what_was_typed_is_kept_when_the_browser_closes(address: str, folder: Path) -> None:
    async with caller_at(address) as person:
        await shown(person.page, 0)
        await person.page.keyboard.press("e")
        await person.page.keyboard.type("吗")
        await person.page.close()
    for _ in range(100):  # what was on its way arrives
        if Collection(folder).recordings[0].text.endswith("多少吗"):
            break
        await asyncio.sleep(0.1)
    assert Collection(folder).recordings[0].text == "公积金代款利率是多少吗"
    assert Collection(folder).recordings[0].state == State.DRAFT


async def test_a_stretch_is_chosen_with_the_mouse_silenced_and_given_back(address: str, folder: Path) -> None:
    async with caller_at(address) as person:
        page = person.page
        await shown(page, 0)
        box = await page.locator("#wave").bounding_box()
        middle = box["y"] + box["height"] / 2
        await page.mouse.move(box["x"] + box["width"] * 0.25, middle)
        await page.mouse.down()
        await page.mouse.move(box["x"] + box["width"] * 0.5, middle)
        await page.mouse.up()
        await page.click("#silence")
        await expect(page.locator("#heed")).to_contain_text("已静音")
        assert not np.frombuffer(read_wav(folder / "通话001/001.wav"), "<i2")[4200:7800].any()
        await page.click("#restore")
        await expect(page.locator("#heed")).to_be_hidden()
    assert read_wav(folder / "通话001/001.wav") == SOUND


async def test_only_this_machine_and_only_who_knows_the_path_gets_anything(address: str, folder: Path) -> None:
    base, _, rest = address.removeprefix("http://").partition("/")
    async with aiohttp.ClientSession() as session:
        for path in ("", "recordings", "recordings/0/sound", "guess/recordings", f"{rest}recordings/9/sound"):
            async with session.get(f"http://{base}/{path}") as answer:
                assert answer.status == 404
        for wrong in ("evil.example", "192.168.1.5:80"):
            async with session.get(address + "recordings", headers={"Host": wrong}) as answer:
                assert answer.status == 404
        for guess in (
            "page/../../own_page.py",
            "page/%2e%2e/correct.py",
            "recordings/../清单.tsv",
            "recordings/0/../0.wav",
        ):
            async with session.get(address + guess) as answer:
                assert answer.status == 404
        async with session.get(address + "recordings/0/sound") as answer:
            assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:1"])
async def test_another_sites_page_changes_nothing(address: str, folder: Path, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    async with aiohttp.ClientSession() as session:
        async with session.post(address + "recordings/0", json={"state": "不用"}, headers=headers) as answer:
            assert answer.status == 403
    assert Collection(folder).recordings[0].state == State.DRAFT


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"state": "随便"}',
        '{"text": 5}',
        '{"silence": [0]}',
        '{"silence": [NaN, 1]}',
        '{"silence": "01"}',
    ],
)
async def test_what_is_no_step_is_refused(address: str, folder: Path, body: str) -> None:
    before = (folder / "清单.tsv").read_bytes()
    headers = {"Origin": "/".join(address.split("/")[:3])}
    async with aiohttp.ClientSession() as session:
        async with session.post(address + "recordings/0", data=body, headers=headers) as answer:
            assert answer.status == 400
        async with session.post(address + "recordings/0", data="x" * 9000, headers=headers) as answer:
            assert answer.status == 413
    assert (folder / "清单.tsv").read_bytes() == before
