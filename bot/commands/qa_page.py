"""Shows one of the QA tools' pages to whoever sits at this machine, until Ctrl+C."""

import asyncio
import signal

from aiohttp import web

from bot.errors import ChannelError
from bot.web.gate import Limits, gated

_TAKE_BYTES = 1_000_000
"""A minute of line audio."""

_BY_HAND = Limits(requests_per_address=2000, body_bytes=_TAKE_BYTES)
"""Each key that is struck may be a request."""


def show(app: web.Application, path: str, port: int, told: str) -> int:
    """Serve the page and say where it is."""
    return asyncio.run(_show(app, path, port, told))


async def _show(app: web.Application, path: str, port: int, told: str) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with gated(app, "127.0.0.1", port, limits=_BY_HAND) as found:
            print(f"{told}\n请在这台电脑的浏览器里打开：http://127.0.0.1:{found}{path}/\n按 Ctrl+C 结束。", flush=True)
            await stop.wait()
    except OSError as wrong:
        raise ChannelError("port_taken", f"端口 {port} 无法监听（{wrong.strerror}），请换一个 --port。") from wrong
    return 0
