"""The web server of the browser phone: the page, and one WebSocket for each call."""

import html
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from aiohttp import WSCloseCode, web

from bot.channels.base import Channel
from bot.channels.browser import LONGEST_MESSAGE_BYTES, BrowserChannel
from bot.web.own_page import STATIC, add_headers, from_our_page

Answer = Callable[[Channel], Awaitable[None]]
"""Has one call: returns when it is over. Called once for each caller, with calls running side by side."""

BUSY = 4503
"""Close code: all lines are taken."""

TOO_MANY_CALLS = 4429
"""Close code: this address has its calls already."""

_ALL_LINES_TAKEN = "现在通话的人较多，线路已满，请稍后再拨。"
_YOU_CALL_ALREADY = "您所在的网络同时拨打的电话太多，请先挂断其他通话，或稍后再拨。"


def phone_app(
    answer: Answer,
    *,
    title: str = "12329 住房公积金热线",
    notice: str = "",
    has_room: Callable[[], bool] = lambda: True,
    calls_per_address: int = 8,
    longest_idle_seconds: float = 10.0,
) -> web.Application:
    """The browser phone: `/` is the page, `/call` the WebSocket of one call (docs/browser-protocol.md).

    `title` heads the page, `notice` is a line below it (demo). `has_room` says whether one more call may come in.
    `calls_per_address` bounds simultaneous calls from one network address (an office behind one router shares it).
    """
    phone = _Phone(answer, has_room, calls_per_address, longest_idle_seconds)
    page = (
        (STATIC / "index.html")
        .read_text("utf-8")
        .replace("{{title}}", html.escape(title))
        .replace("{{notice}}", html.escape(notice))
    )

    async def show_page(_: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", show_page)
    app.router.add_get("/call", phone.take_call)
    app.router.add_static("/static", STATIC)
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(phone.hang_up_all)
    return app


class _Phone:
    """Takes calls, within the bounds, and knows those that are going on."""

    def __init__(
        self, answer: Answer, has_room: Callable[[], bool], calls_per_address: int, longest_idle_seconds: float
    ) -> None:
        self._answer = answer
        self._has_room = has_room
        self._calls_per_address = calls_per_address
        self._longest_idle_seconds = longest_idle_seconds
        self._calls_from: Counter[str] = Counter()
        self._sockets: set[web.WebSocketResponse] = set()

    async def take_call(self, request: web.Request) -> web.WebSocketResponse:
        """One call, from its first message to its last."""
        if not from_our_page(request):
            raise web.HTTPForbidden(text="calls come from the phone's own page only")
        socket = web.WebSocketResponse(max_msg_size=LONGEST_MESSAGE_BYTES, compress=False, timeout=2.0)
        try:
            await socket.prepare(request)
        except ConnectionError as gone:  # the page left before it was answered: no fault of ours
            raise web.HTTPBadRequest from gone
        address = request.remote or ""
        if request.transport is None:
            return socket
        if self._calls_from[address] >= self._calls_per_address:
            return await _refuse(socket, TOO_MANY_CALLS, _YOU_CALL_ALREADY)
        if not self._has_room():
            return await _refuse(socket, BUSY, _ALL_LINES_TAKEN)
        with self._one_more(address, socket):
            async with BrowserChannel(
                socket, request.transport, str(uuid.uuid4()), longest_idle_seconds=self._longest_idle_seconds
            ) as channel:
                await self._answer(channel)
        return socket

    async def hang_up_all(self, _: web.Application) -> None:
        """The server stops: the pages are told at once."""
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.SERVICE_RESTART)

    @contextmanager
    def _one_more(self, address: str, socket: web.WebSocketResponse) -> Iterator[None]:
        self._calls_from[address] += 1
        self._sockets.add(socket)
        try:
            yield
        finally:
            self._sockets.discard(socket)
            self._calls_from[address] -= 1
            if not self._calls_from[address]:
                del self._calls_from[address]


async def _refuse(socket: web.WebSocketResponse, code: int, text: str) -> web.WebSocketResponse:
    """A page cannot read why a connection was not made: so it is made, told why, and closed."""
    with suppress(ConnectionError):  # it may have left before that
        await socket.send_json({"type": "refused", "text": text})
        await socket.close(code=code)
    return socket
