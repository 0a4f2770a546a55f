"""The page on which people read sentences: in a real browser, speaking a WAV file into its microphone."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import expect

from bot.audio.wav import read_wav, write_wav
from bot.listening.vosk_recognizer import VoskModel
from bot.qa.distance import errors
from bot.qa.recorded.collection import Collection, opened
from bot.qa.recorded.drafts import draft_of
from bot.qa.recorded.studio import Sentence, Studio
from bot.qa.recordings import played
from bot.settings import Settings
from bot.web.gate import Limits, gated
from bot.web.record import LONGEST_TAKE_BYTES, record_app
from tests.audio.corpus import espeak, pcm
from tests.support.chromium import caller_at

SENTENCES = [Sentence("公积金贷款利率是多少", "rate_first_second"), Sentence("星期六上班吗")]


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    with opened(tmp_path / "材料", make=True) as collection:
        app, path = record_app(Studio(collection, SENTENCES))
        async with gated(app, "127.0.0.1", 0, limits=Limits(body_bytes=LONGEST_TAKE_BYTES)) as port:
            yield f"http://127.0.0.1:{port}{path}/"


async def test_someone_reads_and_what_they_read_is_what_the_hotline_hears(address: str, tmp_path: Path) -> None:
    spoken, silence = tmp_path / "spoken.wav", tmp_path / "silence.wav"
    write_wav(spoken, pcm(espeak(SENTENCES[0].text, "f2")))
    write_wav(silence, bytes(8000))
    async with caller_at(address, speaks=True) as person:
        page, keys = person.page, person.page.keyboard
        await page.click("#begin")
        assert await page.locator("#reading").is_hidden()  # not without consent
        await page.select_option("#gender", "女")
        await page.select_option("#age", "60 岁以上")
        await page.fill("#region", "四川")
        await page.check("#consent")
        await page.click("#begin")
        await expect(page.locator("#sentence")).to_have_text(SENTENCES[0].text)

        await keys.press(" ")
        await person.says(silence)
        await keys.press(" ")
        await expect(page.locator("#problem")).to_contain_text("没有听到说话")
        await keys.press("Enter")
        await expect(page.locator("#problem")).to_contain_text("还没有录上")

        await keys.press(" ")
        await person.says(spoken)
        await keys.press(" ")
        await expect(page.locator("#state")).to_have_text("已存盘")
        await keys.press("l")
        await keys.press("Enter")
        await expect(page.locator("#sentence")).to_have_text(SENTENCES[1].text)
        await expect(page.locator("#done")).to_have_text("2 句里录了 1 句")
        assert [told for told in person.complaints if "409" not in told] == []
    [only] = played(tmp_path / "材料")
    assert only.groups == {"speaker": "说话人001", "gender": "女", "age": "60 岁以上", "region": "四川"}
    model = VoskModel(Settings().listening.model)
    recognizer = model.recognizer()
    heard = await draft_of(read_wav(only.script.steps[0].play), recognizer)
    recognizer.close()
    model.close()
    assert errors(heard.text, SENTENCES[0].text) <= 3  # a busy machine drops some of what the browser plays


async def test_who_changes_their_mind_is_forgotten(address: str, tmp_path: Path) -> None:
    spoken = tmp_path / "spoken.wav"
    write_wav(spoken, pcm(espeak(SENTENCES[0].text, "f2")))
    async with caller_at(address, speaks=True) as person:
        page = person.page
        page.on("dialog", lambda dialog: dialog.accept())
        await page.check("#consent")
        await page.click("#begin")
        await page.click("#record")
        await person.says(spoken)
        await page.click("#record")
        await expect(page.locator("#state")).to_have_text("已存盘")
        assert len(Collection(tmp_path / "材料").recordings) == 1
        await page.click("#forget")
        await expect(page.locator("#who")).to_be_visible()
    assert not Collection(tmp_path / "材料").recordings and not list((tmp_path / "材料").rglob("*.wav"))


async def test_without_a_microphone_it_says_so(address: str) -> None:
    async with caller_at(address, microphone=False) as person:
        await person.page.check("#consent")
        await person.page.click("#begin")
        await expect(person.page.locator("#problem")).to_contain_text("没有找到麦克风")


async def test_nobody_is_recorded_without_consent_or_from_elsewhere(address: str, tmp_path: Path) -> None:
    ours = {"Origin": "/".join(address.split("/")[:3])}
    async with aiohttp.ClientSession() as session:
        for body in ("", "[]", "{}", '{"consent": "yes"}'):
            async with session.post(address + "speakers", data=body, headers=ours) as answer:
                assert answer.status == 400
        async with session.post(address + "speakers/1/takes/0", data=b"12", headers=ours) as answer:
            assert answer.status == 404
        async with session.post(address + "speakers", json={"consent": True}) as answer:
            assert answer.status == 403
        async with session.post(address + "speakers", json={"consent": True}, headers=ours) as answer:
            speaker = (await answer.json())["speaker"]
        takes = address + f"speakers/{speaker}/takes/"
        for place, sound, status in (("9", b"12", 404), ("0", b"123", 400), ("0", bytes(320), 409)):
            async with session.post(takes + place, data=sound, headers=ours) as answer:
                assert answer.status == status
        async with session.post(takes + "0", data=bytes(LONGEST_TAKE_BYTES + 1), headers=ours) as answer:
            assert answer.status == 413
    assert not Collection(tmp_path / "材料").recordings
