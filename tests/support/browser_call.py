"""A caller at the browser phone, made of nothing but its WebSocket: the same deeds as on the telephone."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import aiohttp

from tests.support.fake_exchange import SOUNDING, FakeCall, FakeExchange, loudness


class BrowserCall(FakeCall):
    """Sound and keys go through the page's socket; what the page is told is kept."""

    def __init__(self, port: int) -> None:
        super().__init__(FakeExchange(0, port), uuid4())
        self._address = f"http://127.0.0.1:{port}"
        self.told: list[dict[str, str]] = []
        """The server's JSON messages, in order."""
        self._sending: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        self._session = aiohttp.ClientSession()
        self._page = await self._session.ws_connect(self._address + "/call", origin=self._address)
        self.connected_at = asyncio.get_running_loop().time()
        self._tasks = [asyncio.create_task(self._speak()), asyncio.create_task(self._listen())]

    async def write(self, text: str) -> None:
        """Write instead of speaking."""
        await self._page.send_json({"type": "text", "text": text})

    def send_raw(self, data: bytes) -> None:
        """A key, as the exchange would send it, is a message of the page's."""
        sending = asyncio.create_task(self._page.send_json({"type": "key", "key": data[3:].decode()}))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    def said(self) -> str:
        """All captions of what the hotline said."""
        return "\n".join(message["text"] for message in self.told if message.get("kind") == "said")

    async def _write(self, message: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            await self._page.send_bytes(message[3:])

    async def _listen(self) -> None:
        async for message in self._page:
            if message.type is aiohttp.WSMsgType.BINARY:
                self.arrivals.append((self.seconds, message.data))
                if loudness(message.data) > SOUNDING:
                    self._sounds.append(self.seconds)
            elif message.type is aiohttp.WSMsgType.TEXT:
                self.told.append(json.loads(message.data))
        if not self.ended.done():
            self.ended.set_result("closed")

    async def _close(self) -> None:
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self._page.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()


@contextlib.asynccontextmanager
async def browser_call(port: int) -> AsyncIterator[BrowserCall]:
    """A call from dialling to hang-up."""
    call = BrowserCall(port)
    await call.connect()
    try:
        yield call
    finally:
        await call.hang_up()
