"""A small real HTTP server that answers, stalls, lies or dies as a test wants."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LyingServer:
    """Answers every request by its present behaviour and remembers what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[tuple[str, Any]] = []
        self.behave: Behaviour = self.answer({"replies": [{"text": "好的。"}]})

    @staticmethod
    def answer(content: Any, status: int = 200) -> Behaviour:
        """This JSON."""

        async def answering(request: web.Request) -> web.StreamResponse:
            return web.json_response(content, status=status)

        return answering

    @staticmethod
    def raw(text: str) -> Behaviour:
        """Something that need not be JSON."""

        async def answering(request: web.Request) -> web.StreamResponse:
            return web.Response(text=text)

        return answering

    @staticmethod
    async def stall(request: web.Request) -> web.StreamResponse:
        """Takes the request and never answers."""
        await asyncio.sleep(3600)
        raise AssertionError

    @staticmethod
    async def stall_halfway(request: web.Request) -> web.StreamResponse:
        """Begins an answer and never ends it."""
        response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"replies": [')
        await asyncio.sleep(3600)
        raise AssertionError

    @staticmethod
    async def die(request: web.Request) -> web.StreamResponse:
        """Cuts the connection instead of answering."""
        assert request.transport is not None
        request.transport.abort()
        raise asyncio.CancelledError

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, await request.json() if request.can_read_body else None))
        return await self.behave(request)


@asynccontextmanager
async def lying_server() -> AsyncIterator[LyingServer]:
    """On a free loopback port."""
    server = LyingServer()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server._serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()
