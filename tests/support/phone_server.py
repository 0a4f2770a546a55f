"""The browser phone's server with an `answer` of the test's own, and a page made of nothing but a WebSocket."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import WSMsgType

from bot.audio.frame import Frame
from bot.channels.browser import BrowserChannel
from bot.errors import ChannelError
from bot.web.gate import Limits, gated
from bot.web.server import phone_app


class Calls:
    """An `answer` that keeps what each call brought: its channel, what came in, how it ended."""

    def __init__(self, talk: Callable[[BrowserChannel], Awaitable[None]] | None = None) -> None:
        self.channels: list[BrowserChannel] = []
        self.incoming: list[object] = []
        self.errors: list[str] = []
        self.over = asyncio.Event()
        self._talk = talk

    async def answer(self, channel: Any) -> None:
        self.channels.append(channel)
        self.over.clear()
        try:
            if self._talk is not None:
                await self._talk(channel)
            else:
                async for happened in channel.incoming():
                    self.incoming.append(happened)
        except ChannelError as error:
            self.errors.append(error.code)
        finally:
            self.over.set()

    def frames(self) -> list[Frame]:
        return [happened for happened in self.incoming if isinstance(happened, Frame)]

    def messages(self) -> list[object]:
        return [happened for happened in self.incoming if not isinstance(happened, Frame)]


@asynccontextmanager
async def server(
    calls: Calls, *, tls: ssl.SSLContext | None = None, limits: Limits | None = None, **bounds: Any
) -> AsyncIterator[str]:
    """A server on a free port; gives its address."""
    async with gated(phone_app(calls.answer, **bounds), "127.0.0.1", 0, tls, limits) as port:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"


@asynccontextmanager
async def page_on(address: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with aiohttp.ClientSession() as session, session.ws_connect(address + "/call", origin=address) as page:
        yield page


async def told(page: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    """The next JSON message."""
    while (message := await page.receive(timeout=5)).type is WSMsgType.BINARY:
        pass
    assert message.type is WSMsgType.TEXT, message
    return json.loads(message.data)  # type: ignore[no-any-return]
