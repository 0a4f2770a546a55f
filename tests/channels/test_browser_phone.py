"""Calls from the browser phone's page, in a real Chromium, against a real server."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.audio.frame import SILENCE, Frame
from bot.channels.base import Caption
from bot.channels.browser import BrowserChannel
from bot.events import CallerTyped, DigitPressed
from bot.web.tls import server_tls
from tests.support.chromium import BrowserCaller, caller_at
from tests.support.phone_server import Calls, server

ELSEWHERE = "phone.test"
NOT_LOCALHOST = (f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",)
"""Chromium treats all of 127.0.0.0/8 as this machine, and so as secure; another name is another machine to it."""


class Hotline(Calls):
    """Greets, shows what it hears, notes an order number at #, asks for a password at *, hangs up at 0."""

    def __init__(self) -> None:
        super().__init__(self.talk)

    async def talk(self, channel: BrowserChannel) -> None:
        pump = asyncio.create_task(self.pump(channel))
        await channel.show(Caption("said", "您好，这里是住房公积金热线。"))
        async for happened in channel.incoming():
            self.incoming.append(happened)
            match happened:
                case CallerTyped(text):
                    await channel.show(Caption("heard", text))
                case DigitPressed("#"):
                    await channel.show(Caption("note", "工单号 20261124-0001"))
                    await channel.show(Caption("state", "listening"))
                case DigitPressed("*"):
                    await channel.show(Caption("state", "private"))
                case DigitPressed("0"):
                    break
        pump.cancel()

    async def pump(self, channel: BrowserChannel) -> None:
        while True:
            await channel.send(SILENCE)

    async def until(self, *expected: object) -> None:
        """Wait until the caller sent exactly these keys and texts."""
        async with asyncio.timeout(5):
            while self.messages() != list(expected):
                await asyncio.sleep(0.02)


@pytest.fixture
def hotline() -> Hotline:
    return Hotline()


def keys(pressed: str) -> list[DigitPressed]:
    return [DigitPressed(key) for key in pressed]


async def test_a_call_with_keys_texts_captions_and_a_note(hotline: Hotline) -> None:
    async with server(hotline) as address, caller_at(address) as caller:
        await caller.call()
        await caller.wait_for_caption("您好")
        await caller.press("12")
        await caller.strike("34")
        await caller.write("贷款利率是多少")
        await caller.wait_for_caption("贷款利率")
        await caller.strike("5")  # in the text box: part of a sentence
        assert await caller.page.input_value("#text") == "5"
        await caller.press("#")
        await hotline.until(*keys("1234"), CallerTyped("贷款利率是多少"), *keys("#"))
        assert await caller.captions() == [("said", "您好，这里是住房公积金热线。"), ("heard", "贷款利率是多少")]
        await caller.page.locator("#notes li").wait_for()
        await caller.hang_up()
        await caller.wait_for_state("over")
        assert await caller.notes() == ["工单号 20261124-0001"]  # stays after the call
        assert re.fullmatch(r"00:\d\d", await caller.page.inner_text("#timer"))
        await asyncio.wait_for(hotline.over.wait(), 5)
        assert caller.complaints == []
    assert hotline.errors == []


async def test_the_hotline_hangs_up(hotline: Hotline) -> None:
    async with server(hotline) as address, caller_at(address) as caller:
        await caller.call()
        await caller.press("0")
        await caller.wait_for_state("over")
        assert await caller.page.locator("#problem").is_hidden()
        assert await caller.page.evaluate("document.activeElement.id") == "call"
        await caller.call()  # and one may call again
        assert caller.complaints == []
    assert len(hotline.channels) == 2


async def test_closing_the_tab_is_hanging_up(hotline: Hotline) -> None:
    async with server(hotline) as address, caller_at(address) as caller:
        await caller.call()
        await caller.page.close()
        await asyncio.wait_for(hotline.over.wait(), 5)
    assert hotline.errors == []


async def test_a_muted_caller_is_not_silent_but_away(hotline: Hotline) -> None:
    async with server(hotline) as address, caller_at(address) as caller:
        await caller.call()
        await asyncio.sleep(0.5)
        await caller.page.click("#mute")
        await caller.wait_for_state("writing")
        await asyncio.sleep(0.5)
    assert not hotline.frames()[10].missing
    last = hotline.frames()[-5:]
    assert all(frame.missing and not any(frame.samples) for frame in last)


async def spend_a_call_without_a_microphone(caller: BrowserCaller, hotline: Hotline) -> None:
    await caller.page.click("#call")
    await caller.wait_for_state("writing")
    await caller.page.keyboard.type("怎么提取")  # the focus is already in the text box
    await caller.page.keyboard.press("Enter")
    await caller.press("7")
    await hotline.until(CallerTyped("怎么提取"), *keys("7"))
    await asyncio.sleep(0.5)
    assert len(hotline.frames()) > 25
    assert all(frame == Frame(SILENCE, missing=True) for frame in hotline.frames()[5:])


async def test_a_caller_who_refuses_the_microphone_uses_keys_and_text(hotline: Hotline) -> None:
    async with server(hotline) as address, caller_at(address, allowed=False) as caller:
        await spend_a_call_without_a_microphone(caller, hotline)
        assert "许可" in await caller.problem()
        assert caller.complaints == []


async def test_a_caller_without_a_microphone_uses_keys_and_text(hotline: Hotline) -> None:
    async with server(hotline) as address, caller_at(address, microphone=False) as caller:
        await spend_a_call_without_a_microphone(caller, hotline)
        assert "没有找到麦克风" in await caller.problem()
        assert caller.complaints == []


async def test_a_page_that_is_not_secure_says_so_and_still_serves_by_keys_and_text(hotline: Hotline) -> None:
    async with server(hotline) as address:
        elsewhere = address.replace("127.0.0.1", ELSEWHERE)
        async with caller_at(elsewhere, flags=NOT_LOCALHOST) as caller:
            assert await caller.page.evaluate("isSecureContext") is False
            assert "不是安全连接" in await caller.problem()
            await spend_a_call_without_a_microphone(caller, hotline)
            await caller.wait_for_caption("怎么提取")


async def test_over_tls_a_page_that_is_not_localhost_gets_the_microphone(hotline: Hotline, tmp_path: Path) -> None:
    tls = server_tls("self_signed", run_dir=tmp_path, names=[ELSEWHERE])
    async with server(hotline, tls=tls) as address:
        elsewhere = address.replace("127.0.0.1", ELSEWHERE)
        async with caller_at(elsewhere, flags=NOT_LOCALHOST, ignore_https_errors=True) as caller:
            await caller.call()
            await asyncio.sleep(1.5)
            assert await caller.page.locator("#problem").is_hidden()
            await caller.press("4")
            await hotline.until(*keys("4"))
            assert caller.complaints == []
    heard = hotline.frames()[10:]
    assert len(heard) > 40 and not any(frame.missing for frame in heard)
    assert any(any(frame.samples) for frame in heard)  # the beeps of Chromium's microphone


async def test_while_the_browser_asks_for_the_microphone_one_may_go_on_without(hotline: Hotline) -> None:
    undecided = "navigator.mediaDevices.getUserMedia = () => new Promise((done) => (window.allow = done));"
    async with server(hotline) as address, caller_at(address, script=undecided) as caller:
        await caller.page.click("#call")
        await caller.wait_for_state("asking")
        await caller.page.click("#call-silently")
        await caller.wait_for_state("writing")
        await caller.page.evaluate("window.allow(new AudioContext().createMediaStreamDestination().stream)")
        await caller.wait_for_state("listening")  # allowed late: heard from now on
        assert await caller.page.locator("#mute").is_visible()
        assert caller.complaints == []
    assert len(hotline.channels) == 1


async def test_hanging_up_while_the_browser_asks_makes_no_call(hotline: Hotline) -> None:
    undecided = "navigator.mediaDevices.getUserMedia = () => new Promise((done) => (window.allow = done));"
    async with server(hotline) as address, caller_at(address, script=undecided) as caller:
        await caller.page.click("#call")
        await caller.wait_for_state("asking")
        await caller.hang_up()
        await caller.page.evaluate("window.allow(new AudioContext().createMediaStreamDestination().stream)")
        await asyncio.sleep(0.3)
        assert await caller.page.get_attribute("body", "data-state") == "over"
        assert caller.complaints == []
    assert hotline.channels == []


async def test_a_password_leaves_no_digit_in_the_page(hotline: Hotline) -> None:
    pin = "975318"
    async with server(hotline) as address, caller_at(address) as caller:
        await caller.call()
        await caller.page.fill("#text", "我的密码是")
        await caller.page.focus("#text")
        await caller.press("*")
        await caller.wait_for_state("private")
        assert await caller.page.input_value("#text") == ""
        assert await caller.page.inner_text("#pressed") == ""  # the star, pressed before, has gone too
        before = await caller.page.content()
        await caller.press(pin[:2])
        await caller.strike(pin[2])
        await caller.page.focus("#text")
        await caller.strike(pin[3])  # in the text box, too, a digit is a key
        await caller.page.keyboard.insert_text(pin[4:])  # as a touch keyboard writes
        await caller.page.keyboard.insert_text("幺")
        await caller.page.keyboard.press("Enter")
        await hotline.until(*keys("*"), *keys(pin))
        assert "密码请用键盘按键输入" in await caller.problem()
        assert await caller.page.inner_text("#pressed") == "●●●●●●"
        assert await caller.page.input_value("#text") == ""
        after = await caller.page.content()
        assert digits_in(after) == sorted([*digits_in(before), "6"])  # 已按 6 位
        kept = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href, history.state])"
        assert await caller.page.evaluate(kept) == f'[{{}},{{}},"","{address}/",null]'
        assert await caller.page.locator("#pad button.down").count() == 0
        await caller.press("#")
        await caller.wait_for_state("listening")
        assert await caller.page.inner_text("#pressed") == ""
        await caller.write("好的")
        await hotline.until(*keys("*"), *keys(pin), *keys("#"), CallerTyped("好的"))
        assert caller.complaints == []


def digits_in(page: str) -> list[str]:
    """All numbers of a page but the running time and the loudness."""
    return sorted(re.findall(r"\d+", re.sub(r'id="timer".*?<|style=".*?"', "<", page)))


async def test_a_full_hotline_is_polite(hotline: Hotline) -> None:
    async with server(hotline, has_room=lambda: False) as address, caller_at(address) as caller:
        await caller.page.click("#call")
        assert "线路已满" in await caller.problem()
        assert await caller.page.locator("#call").is_visible()
        assert caller.complaints == []


@contextlib.asynccontextmanager
async def server_process() -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A server of its own, to be frozen and killed."""
    program = (
        "import asyncio\n"
        "from tests.support.phone_server import server\n"
        "from tests.channels.test_browser_phone import Hotline\n"
        "async def main():\n"
        "    async with server(Hotline()) as address:\n"
        "        print(address, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield process, (await process.stdout.readline()).decode().strip()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_a_server_that_dies_is_noticed_at_once_and_calling_again_says_it_is_away() -> None:
    async with server_process() as (process, address), caller_at(address) as caller:
        await caller.call()
        process.kill()
        assert "连接断了" in await caller.problem(2)
        await caller.page.click("#call")
        await caller.page.locator("#problem", has_text="连不上服务器").wait_for(timeout=5000)
        assert await caller.page.locator("#call").is_visible()


async def test_a_server_that_freezes_is_noticed() -> None:
    async with server_process() as (process, address), caller_at(address) as caller:
        await caller.call()
        os.kill(process.pid, signal.SIGSTOP)
        assert "连接断了" in await caller.problem(15)


async def test_a_screen_reader_finds_its_way(hotline: Hotline) -> None:
    async with server(hotline, title="12329 演示热线") as address, caller_at(address) as caller:
        await caller.call()
        snapshot = await caller.page.locator("body").aria_snapshot()
        for line in (
            'heading "12329 演示热线" [level=1]',
            'region "通话"',
            "timer",
            'button "静音"',
            'button "挂断"',
            'region "按键"',
            'group "拨号键盘',
            'button "星号键"',
            'button "井号键"',
            'region "字幕"',
            'log "字幕"',
            'textbox "打字代替说话"',
            'button "发送"',
        ):
            assert line in snapshot, f"{line} is missing in\n{snapshot}"
        roles = {"#announced": "status", "#problem": "alert", "#count": "status"}
        for place, role in roles.items():
            assert await caller.page.get_attribute(place, "role") == role
        assert await caller.page.inner_text("#announced") == "已接通"
        await caller.press("*")
        await caller.wait_for_state("private")
        assert "密码" in await caller.page.inner_text("#announced")


async def test_everything_can_be_reached_with_the_keyboard(hotline: Hotline) -> None:
    async with server(hotline) as address, caller_at(address) as caller:
        await caller.page.keyboard.press("Tab")
        await caller.page.keyboard.press("Enter")  # 拨打 comes first
        await caller.wait_for_state("listening")
        reached = []
        for _ in range(16):
            reached.append(await caller.page.evaluate("document.activeElement.id || document.activeElement.value"))
            await caller.page.keyboard.press("Tab")
        assert reached == ["hang-up", *"123456789*0#", "captions", "text", "send"]


async def test_the_newest_caption_stays_in_sight_until_the_caller_scrolls_back(hotline: Hotline) -> None:
    to_end = "(c => c.scrollHeight - c.scrollTop - c.clientHeight)(document.querySelector('#captions'))"
    async with server(hotline) as address, caller_at(address, viewport={"width": 1200, "height": 700}) as caller:
        await caller.call(silently=True)
        for n in range(12):
            await caller.write(f"第{n}句")
        await caller.press("#")  # a note takes room above
        await caller.page.locator("#notes li").wait_for()
        await asyncio.sleep(0.2)
        assert await caller.page.evaluate(to_end) < 2
        await caller.page.evaluate("document.querySelector('#captions').scrollTop = 0")
        await asyncio.sleep(0.2)
        await caller.write("最后一句")
        await asyncio.sleep(0.2)
        assert await caller.page.evaluate("document.querySelector('#captions').scrollTop") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_a_small_screen(hotline: Hotline, scheme: str) -> None:
    small = {"width": 360, "height": 740}
    async with server(hotline) as address, caller_at(address, viewport=small, color_scheme=scheme) as caller:
        await caller.call()
        await caller.write("一" * 100)
        await caller.press("#")
        width = await caller.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360
        for button in await caller.page.locator("button:visible").all():
            box = await button.bounding_box()
            assert box is not None and box["height"] >= 44 and box["width"] >= 44
