"""What stands before both web servers: strangers may hold few connections, briefly, and ask a bounded number of times.

aiohttp alone waits for ever for a connection's first request, and keeps an idle one for an hour.
"""

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]

_WINDOW_SECONDS = 10.0
_LOOKED_AT_AFTER_SECONDS = 0.1
"""By then the system has told who connected."""

_LINGERS_SECONDS = 1.0
"""Whoever still sends a body that was refused, so that the answer arrives before our reset."""

_STOPS_WITHIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server bears."""

    connections: int = 400
    connections_per_address: int = 40
    """An office behind one router shares an address: eight calls (server.py), and pages being loaded."""

    requests_per_address: int = 300
    """Within 10 s. A page is eight requests."""

    first_request_seconds: float = 10.0
    """A connection's first request, and the handshake of TLS, must be here by then."""

    idle_seconds: float = 15.0
    """So long a connection may wait for its next request."""

    body_bytes: int = 8192
    """No page and no exchange sends more."""


@asynccontextmanager
async def gated(
    app: web.Application, host: str, port: int, tls: ssl.SSLContext | None = None, limits: Limits | None = None
) -> AsyncIterator[int]:
    """Serve an application behind these limits; gives the port. Raises OSError if it cannot be had."""
    gate = _Gate(limits := limits or Limits())
    app.middlewares.append(gate.count)
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_logger(),
        keepalive_timeout=limits.idle_seconds,
        lingering_time=_LINGERS_SECONDS,
        shutdown_timeout=_STOPS_WITHIN_SECONDS,
    )
    await runner.setup()
    assert runner.server is not None
    gate.server = runner.server
    patience: dict[str, Any] = {"ssl_handshake_timeout": limits.first_request_seconds} if tls else {}
    try:
        listening = await asyncio.get_running_loop().create_server(gate.visitor, host, port, ssl=tls, **patience)
        try:
            yield int(listening.sockets[0].getsockname()[1])
        finally:
            listening.close()
    finally:
        await runner.cleanup()


class _Gate:
    """Counts visitors by address; sends away those that are too many or say nothing."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.server: web.Server
        self._asked: set[web.RequestHandler] = set()
        """Connections that have sent a request, and perhaps some that are gone."""
        self._window = 0
        self._requests: Counter[str] = Counter()

    def visitor(self) -> asyncio.Protocol:
        """Someone connects."""
        self._asked.intersection_update(self.server.connections)
        if len(self.server.connections) >= self.limits.connections:
            return _SentAway()
        connection = self.server()
        loop = asyncio.get_running_loop()
        loop.call_later(_LOOKED_AT_AFTER_SECONDS, self._send_away_if_too_many, connection)
        loop.call_later(self.limits.first_request_seconds, self._send_away_if_silent, connection)
        return connection

    @web.middleware
    async def count(self, request: web.Request, handler: Handle) -> web.StreamResponse:
        """A request came."""
        self._asked.add(request.protocol)
        window = int(asyncio.get_running_loop().time() / _WINDOW_SECONDS)
        if window != self._window:
            self._window, self._requests = window, Counter()
        self._requests[request.remote or ""] += 1
        if self._requests[request.remote or ""] > self.limits.requests_per_address:
            raise web.HTTPTooManyRequests(headers={"Retry-After": f"{_WINDOW_SECONDS:.0f}"})
        if request.can_read_body and request.content_length is None:
            raise web.HTTPLengthRequired
        if (request.content_length or 0) > self.limits.body_bytes:
            raise web.HTTPRequestEntityTooLarge(self.limits.body_bytes, request.content_length or 0)
        return await handler(request)

    def _send_away_if_silent(self, connection: web.RequestHandler) -> None:
        if connection not in self._asked and connection.transport is not None:
            connection.transport.abort()

    def _send_away_if_too_many(self, newest: web.RequestHandler) -> None:
        address = _address(newest)
        here = sum(_address(one) == address for one in self.server.connections)
        if here > self.limits.connections_per_address and newest not in self._asked and newest.transport is not None:
            newest.transport.abort()


class _SentAway(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Closed before anything is read."""
        transport.close()


def _address(connection: web.RequestHandler) -> str:
    peer = connection.transport.get_extra_info("peername") if connection.transport else None
    return str(peer[0]) if peer else ""


def _logger() -> logging.Logger:
    """A request that is none is the stranger's fault: one line, without what was sent."""

    def strangers_fault(record: logging.LogRecord) -> bool:
        wrong = record.exc_info[1] if record.exc_info else None
        if isinstance(wrong, HttpProcessingError):
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.msg, record.args = "a request that is none was refused: %s", (type(wrong).__name__,)
            record.exc_info = record.exc_text = None
        return True

    logger = logging.getLogger("bot.web.requests")
    logger.filters = [strangers_fault]
    return logger
