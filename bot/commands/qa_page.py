"""Shows one of the QA tools' pages to whoever sits at this machine, until Ctrl+C."""

import asyncio
import signal

from aiohttp import web

from bot.errors import ChannelError
from bot.web.gate import Limits, gated

_REQUESTS = 2000
"""Within 10 s: each key that is struck may be one."""


def show(app: web.Application, path: str, port: int, told: str, body_bytes: int = 8192) -> int:
    """Serve the page and say where it is. `body_bytes`: the most it sends at once."""
    return asyncio.run(_show(app, path, port, told, Limits(requests_per_address=_REQUESTS, body_bytes=body_bytes)))


async def _show(app: web.Application, path: str, port: int, told: str, limits: Limits) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with gated(app, "127.0.0.1", port, limits=limits) as found:
            print(f"{told}\n请在这台电脑的浏览器里打开：http://127.0.0.1:{found}{path}/\n按 Ctrl+C 结束。", flush=True)
            await stop.wait()
    except OSError as wrong:
        raise ChannelError("port_taken", f"端口 {port} 无法监听（{wrong.strerror}），请换一个 --port。") from wrong
    return 0
