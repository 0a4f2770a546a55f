"""A caller at the browser phone: Debian's Chromium without a screen, with a WAV file as its microphone."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")

_FLAGS = [
    "--no-sandbox",  # Chromium does not start as root with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

_SPEAKING = """
  const mouth = new AudioContext();
  const lips = mouth.createMediaStreamDestination();
  navigator.mediaDevices.getUserMedia = async () => (await mouth.resume(), lips.stream);
  window.say = async (wav) => {
    const source = mouth.createBufferSource();
    source.buffer = await mouth.decodeAudioData(Uint8Array.from(atob(wav), (byte) => byte.charCodeAt(0)).buffer);
    source.connect(lips);
    source.start();
    await new Promise((done) => (source.onended = done));
  };
"""
"""Chromium's own microphone plays one file, once, from the moment it is opened; this one speaks when it should."""


def need_chromium() -> None:
    """Skip, loudly, where there is no Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("no /usr/bin/chromium here (Debian: chromium): the browser phone is NOT tested")


@asynccontextmanager
async def caller_at(
    address: str,
    *,
    wav: Path | None = None,
    microphone: bool = True,
    allowed: bool = True,
    speaks: bool = False,
    flags: tuple[str, ...] = (),
    script: str = "",
    **surroundings: object,
) -> AsyncIterator["BrowserCaller"]:
    """Open the phone's page. `wav` is what the microphone hears, once (without it: beeps).

    `microphone=False`: the machine has none. `allowed=False`: the caller refuses it. `speaks=True`: the caller speaks
    WAV files when told to (BrowserCaller.says) instead of one at the beginning. `script` runs before the page's own;
    `surroundings` go to playwright's new_context (viewport, color_scheme, ignore_https_errors …).
    """
    need_chromium()
    more = list(flags)
    if microphone:
        more.append("--use-fake-device-for-media-stream")
    if wav is not None:
        if not wav.is_file():
            raise FileNotFoundError(wav)  # Chromium would only be silent
        more.append(f"--use-file-for-fake-audio-capture={wav.resolve()}%noloop")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=_FLAGS + more)
        try:
            context = await browser.new_context(locale="zh-CN", **surroundings)  # type: ignore[arg-type]
            if allowed:
                await context.grant_permissions(["microphone"])
            if speaks:
                await context.add_init_script(_SPEAKING)
            if script:
                await context.add_init_script(script)
            page = await context.new_page()
            caller = BrowserCaller(page)
            await page.goto(address)
            yield caller
        finally:
            await browser.close()


class BrowserCaller:
    """What a caller does with the page, and sees on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        """Errors of the page and what the browser's console warned of (Content-Security-Policy too)."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _console(self, message: object) -> None:
        if message.type in ("error", "warning"):  # type: ignore[attr-defined]
            self.complaints.append(message.text)  # type: ignore[attr-defined]

    async def call(self, *, silently: bool = False) -> None:
        """Dial, and wait until the call was answered."""
        await self.page.click("#call-silently" if silently else "#call")
        await self.page.wait_for_selector(
            'body:is([data-state="listening"],[data-state="speaking"],[data-state="writing"],[data-state="private"])'
        )

    async def says(self, wav: Path) -> None:
        """Speak a WAV file into the microphone (`speaks=True`); returns when it was spoken."""
        await self.page.evaluate("(wav) => window.say(wav)", base64.b64encode(wav.read_bytes()).decode())

    async def hang_up(self) -> None:
        """Press 挂断."""
        await self.page.click("#hang-up")

    async def press(self, keys: str) -> None:
        """Press keys on the page's keypad."""
        for key in keys:
            await self.page.click(f'#pad button[value="{key}"]')

    async def strike(self, keys: str) -> None:
        """Press keys on the computer's keyboard, wherever the focus is."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def write(self, text: str) -> None:
        """Write a text and send it."""
        await self.page.fill("#text", text)
        await self.page.press("#text", "Enter")

    async def captions(self) -> list[tuple[str, str]]:
        """What the page shows: ('said' or 'heard', text)."""
        return [
            (await entry.get_attribute("class") or "", await entry.locator(".words").inner_text())
            for entry in await self.page.locator("#captions p").all()
        ]

    async def wait_for_caption(self, text: str, timeout_seconds: float = 10.0) -> None:
        """Wait until a caption contains this text."""
        await self.page.locator("#captions .words", has_text=text).last.wait_for(timeout=timeout_seconds * 1000)

    async def wait_for_state(self, name: str, timeout_seconds: float = 10.0) -> None:
        """Wait for a state of the page: idle, asking, calling, listening, writing, speaking, private, on_hold, over."""
        await self.page.wait_for_selector(f'body[data-state="{name}"]', timeout=timeout_seconds * 1000)

    async def problem(self, timeout_seconds: float = 10.0) -> str:
        """The error the page shows; waits for one."""
        await self.page.locator("#problem").wait_for(timeout=timeout_seconds * 1000)
        return await self.page.locator("#problem").inner_text()

    async def notes(self) -> list[str]:
        """What the page tells the caller to write down."""
        return await self.page.locator("#notes li").all_inner_texts()
