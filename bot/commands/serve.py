"""The bot's own process: browser phone, AudioSocket, announcements, health and metrics."""

import asyncio
import contextlib
import gc
import os
import signal
import ssl
import sys
from contextlib import AsyncExitStack

import uvloop
from aiohttp import web

from bot.app import Hotline
from bot.backend.demo_sms import DemoCarrier
from bot.backend.sms_sender import SmsSender
from bot.channels.audiosocket import AudioSocketServer
from bot.channels.exchange import Exchange, refuse_pages
from bot.errors import ChannelError
from bot.settings import Settings
from bot.sight.logs import logs
from bot.web.demo_sms import add_demo_sms
from bot.web.gate import Limits, gated
from bot.web.server import phone_app
from bot.web.tls import server_tls

_SWITCH_SECONDS = 0.001
"""So long may another thread's Python keep the event loop waiting; usually 5 ms."""

_AN_EXCHANGE = Limits(connections_per_address=200, requests_per_address=5000)
"""All of its calls come from one address."""


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM."""
    settings = Settings()
    with logs(settings.run_dir / "log", "bot", level=settings.log_level, caller_text=settings.log_caller_text):
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # see docs/performance.md
            return runner.run(serve(settings))


async def serve(settings: Settings) -> int:
    """Answer calls from all channels until told to stop."""
    _keep_the_pace()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as closing:
        hotline = await closing.enter_async_context(Hotline(settings))
        await closing.enter_async_context(Doors(hotline))
        _spare_the_collector()
        await stop.wait()
    return 0


def _keep_the_pace() -> None:
    """The event loop gets the processor whenever it has something to send: callers hear every 20 ms that fail.

    Allowed to root and with CAP_SYS_NICE or RLIMIT_RTPRIO (deploy/systemd); without, a busy machine is heard. Threads
    and processes started from here do not inherit it.
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))


def _spare_the_collector() -> None:
    """What was made until now stays to the end. To look through its 300 000 objects again and again would silence all
    calls for 0.2 s each time."""
    gc.collect()
    gc.freeze()


class Doors:
    """All ways in: the page, the exchange's socket, the exchange's and operators' HTTP."""

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> "Doors":
        """Open them. Raises ChannelError if a port is taken."""
        hotline, settings = self._hotline, self._hotline.settings
        exchange = Exchange(settings.audiosocket.announced_seconds)
        self.audiosocket = AudioSocketServer(
            settings.audiosocket.host,
            settings.audiosocket.port,
            exchange,
            hotline.answer,
            settings.audiosocket.sends_keys,
        )
        await self.audiosocket.start()
        self._closing.push_async_callback(self.audiosocket.stop)
        inside = web.Application(middlewares=[refuse_pages])
        inside.add_routes([*exchange.routes(), web.get("/healthz", self._health), web.get("/metrics", self._metrics)])
        address = settings.audiosocket.exchange_host, settings.audiosocket.exchange_port
        await self._open(inside, *address, limits=_AN_EXCHANGE)
        phone = phone_app(
            hotline.answer,
            has_room=lambda: hotline.has_room,
            notice="演示系统：账户和网点都是虚构的。发出的短信在 /demo/sms。" if settings.mode == "demo" else "",
            longest_idle_seconds=settings.web.longest_idle_seconds,
        )
        if settings.mode == "demo":
            self._send_demo_sms(phone)
        tls = server_tls(
            settings.web.tls,
            run_dir=settings.run_dir,
            names=settings.web.tls_names,
            certificate=settings.web.tls_certificate,
            key=settings.web.tls_key,
        )
        await self._open(phone, settings.web.host, settings.web.port, tls)
        return self

    def _send_demo_sms(self, phone: web.Application) -> None:
        """The demo's text messages go to a page. A centre's own carrier takes the place of the demo's here."""
        store = self._hotline.store
        carrier = DemoCarrier(store.database, store.seal)
        sending = asyncio.create_task(SmsSender(store.database, store.seal, carrier).run())
        self._closing.callback(sending.cancel)
        add_demo_sms(phone, carrier.delivered)

    async def __aexit__(self, *_: object) -> None:
        """Close them; calls going on end or go to a person."""
        await self._closing.aclose()

    async def _open(
        self,
        app: web.Application,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
    ) -> None:
        try:
            await self._closing.enter_async_context(gated(app, host, port, tls, limits))
        except OSError as error:
            message = (
                f"端口 {host}:{port} 无法监听（{error.strerror}）：是否已有程序占用？请停掉它，或在设置里换一个端口。"
            )
            raise ChannelError("port_taken", message) from error

    async def _health(self, _: web.Request) -> web.Response:
        hotline = self._hotline
        return web.json_response(
            {
                "status": "ok",
                "calls": hotline.calls,
                "has_room": hotline.has_room,
                "journal_waiting": hotline.writer.waiting,
                "tasks": len(asyncio.all_tasks()),
                "speaking": hotline.synthesizer.process_id is not None,
            }
        )

    async def _metrics(self, _: web.Request) -> web.Response:
        sight = self._hotline.sight
        return web.Response(body=sight.exposition(), headers={"Content-Type": sight.content_type})
