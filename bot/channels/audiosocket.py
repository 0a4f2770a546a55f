"""Telephone calls: Asterisk connects each call's audio to us (AudioSocket)."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import cast
from uuid import UUID

from bot.channels.audiosocket_codec import CallNamed, Decoder, HangUp, KeyLetGo, Sound, encode
from bot.channels.base import Caller, Caption, Channel, Incoming, NextStep
from bot.channels.exchange import Exchange, last_four
from bot.channels.intake import Intake
from bot.channels.pacer import Pacer
from bot.errors import ChannelError

log = logging.getLogger(__name__)

Answer = Callable[[Channel], Awaitable[None]]
"""What is done with a call; returns when the call is over."""

_PLAYOUT_SECONDS = 0.1
"""What left us still passes Asterisk and the telephone's jitter buffer."""
_EXCHANGE_CLOSES_SECONDS = 2.0
"""Asterisk closes 1 ms after our 0x00."""
_LONGEST_UNSENT_BYTES = 50 * 323
"""An exchange that has taken nothing for a second: what we add would be heard too late anyway."""
_PEER_LOST_MILLISECONDS = 10_000


class AudioSocketServer:
    """Answers the calls an exchange announced and connects."""

    def __init__(
        self,
        host: str,
        port: int,
        exchange: Exchange,
        answer: Answer,
        sends_keys: bool = True,
        named_within_seconds: float = 5.0,
    ) -> None:
        self._host = host
        self._port = port
        self._exchange = exchange
        self._answer = answer
        self._sends_keys = sends_keys
        self._named_within_seconds = named_within_seconds
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._farewells: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port listened on: the one asked for, or with 0 the one the system chose."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server else self._port

    @property
    def calls(self) -> int:
        """How many calls are going on."""
        return len(self._calls)

    async def start(self) -> None:
        """Begin to listen. Raises ChannelError if the port cannot be had."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._connection, self._host, self._port)
        except OSError as error:
            message = f"AudioSocket 端口 {self._host}:{self._port} 无法监听（{error.strerror}）：是否已有程序占用？"
            raise ChannelError("audiosocket_port", message) from error

    async def stop(self) -> None:
        """No new calls; those going on are given back to the exchange, which connects a person."""
        if self._server:
            self._server.close()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, *self._farewells, return_exceptions=True)

    def _connection(self) -> "_Connection":
        return _Connection(self._begin, self._named_within_seconds)

    def _begin(self, connection: "_Connection", uuid: UUID | None) -> Intake | None:
        """A connection said which call it is, or (None) did not say so as it should. No intake: it is refused."""
        try:
            if uuid is None:
                raise ChannelError("audiosocket_unnamed", "a connection did not say which call it is")
            caller = self._exchange.claim(uuid)
        except ChannelError as error:
            log.warning("connection refused: %s", error)
            _keep(self._farewells, connection.farewell())
            return None
        intake = Intake(listens_for_tones=not self._sends_keys)
        channel = AudioSocketChannel(connection, intake, uuid, caller, self._exchange)
        _keep(self._calls, self._converse(channel))
        return intake

    async def _converse(self, channel: "AudioSocketChannel") -> None:
        """One call. Whatever happens here, the caller is not left in silence: failing that, a person is connected."""
        log.info("call %s from %s answered", channel.call_id, last_four(channel.caller.number) or "unknown number")
        next_step = NextStep("hangup")
        try:
            await self._answer(channel)
        except asyncio.CancelledError:
            next_step = NextStep("agent", "failure")
            raise
        except Exception:
            log.exception("call %s failed; the exchange connects a person", channel.call_id)
            next_step = NextStep("agent", "failure")
        finally:
            await channel.close(next_step)  # does nothing if the call was closed as it should be
            log.info(
                "call %s over: frames missing %d, dropped %d, unsent %d",
                channel.call_id,
                channel.intake.frames_missing,
                channel.intake.frames_dropped,
                channel.frames_unsent,
            )


class AudioSocketChannel:
    """One telephone call's sound, both ways. See Channel.

    `incoming` ends when the caller hangs up (the exchange closes, or resets, the connection) and when we closed; it
    raises ChannelError when the exchange sends what is not AudioSocket. After a ChannelError `close` still gives the
    caller back.

    `send` must be called all the time, with silence when there is nothing to say: if nobody sends anything for two
    seconds, Asterisk drops the call. After the caller has gone it keeps its pace and sends nothing.
    """

    kind = "audiosocket"
    detects_keys = True
    """Where the exchange sends no keys, this channel itself turns tones into keys, so no tone reaches the line."""
    takes_back_calls = True

    def __init__(
        self, connection: "_Connection", intake: Intake, uuid: UUID, caller: Caller, exchange: Exchange
    ) -> None:
        self.call_id = str(uuid)
        self.caller = caller
        self.intake = intake
        self.frames_unsent = 0
        """Frames the exchange would not take in time."""
        self._connection = connection
        self._uuid = uuid
        self._exchange = exchange
        self._pacer = Pacer()
        self._closed = False

    def incoming(self) -> AsyncIterator[Incoming]:
        """Frames and keys in order, until the call is over."""
        return self.intake.incoming()

    async def send(self, samples: bytes) -> None:
        """One frame to the caller, in one write; returns when the next one is due."""
        # Between a caller's hang-up and our noticing it a frame may be due: nobody misses that one.
        if not self._closed and self._connection.is_open and not self._connection.send(encode(Sound(samples))):
            self.frames_unsent += 1
        await self._pacer.tick()

    async def show(self, caption: Caption) -> None:
        """A telephone has no screen."""

    async def close(self, next_step: NextStep) -> None:
        """What was sent is played to its end; then the exchange goes on with the caller as `next_step` says."""
        if self._closed:
            return
        if not self._connection.is_open:
            # A caller who hung up is gone and nobody asks. If the exchange asks, only this connection was lost.
            next_step = NextStep("agent", "failure")
        self._exchange.set_next(self._uuid, next_step)
        self._closed = True
        if self._connection.is_open:
            await asyncio.sleep(self._pacer.ahead_seconds() + _PLAYOUT_SECONDS)
        self.intake.end()
        await self._connection.farewell()


class _Connection(asyncio.Protocol):
    """One TCP connection from the exchange: named first, then heard; never ended with a reset of ours."""

    def __init__(self, begin: "_Begin", named_within_seconds: float) -> None:
        self.intake: Intake | None = None
        self.lost = asyncio.Event()
        self._begin: _Begin | None = begin
        self._named_within_seconds = named_within_seconds
        self._decoder = Decoder()
        self._deaf = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The exchange has a call; it has to say which."""
        self._transport = cast(asyncio.Transport, transport)
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # We send all the time: an exchange whose machine is gone acknowledges nothing.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _PEER_LOST_MILLISECONDS)
        self._impatience = asyncio.get_running_loop().call_later(self._named_within_seconds, self._named, None)

    def data_received(self, data: bytes) -> None:
        """More bytes of messages."""
        if self._deaf:
            return  # read on to the end all the same: unread bytes would turn our close into a reset
        try:
            for message in self._decoder.decode(data):
                match message:
                    case Sound(samples, rate) if self.intake:
                        self.intake.hear(samples, rate)
                    case KeyLetGo(digit) if self.intake:
                        self.intake.press(digit)
                    case CallNamed(uuid) if self._begin:
                        self._named(uuid)
                    case _ if not self._deaf:
                        raise ChannelError("audiosocket_order", f"{type(message).__name__} came at the wrong time")
        except ChannelError as error:
            log.warning("what came is not AudioSocket: %s", error)
            self._deaf = True
            if self.intake:
                self.intake.end(error)
            else:
                self._named(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The exchange closed (the caller hung up, or it took the caller back) or broke off."""
        if exc:
            log.info("the exchange broke off: %s", exc)
        self._impatience.cancel()
        self._deaf = True
        self.lost.set()
        if self.intake:
            self.intake.end()

    @property
    def is_open(self) -> bool:
        """Whether the exchange still has this connection."""
        return not self._transport.is_closing()

    def send(self, message: bytes) -> bool:
        """Write one message at once; False if nobody takes it."""
        if not self.is_open or self._transport.get_write_buffer_size() > _LONGEST_UNSENT_BYTES:
            return False
        self._transport.write(message)
        return True

    async def farewell(self) -> None:
        """Say 0x00 and wait for the exchange to close; if it does not, close our half, and in the end wholly."""
        self._deaf = True
        self.send(encode(HangUp()))
        for close in (self._transport.write_eof, self._transport.close, self._transport.abort):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_EXCHANGE_CLOSES_SECONDS):
                    await self.lost.wait()
                return
            close()

    def _named(self, uuid: UUID | None) -> None:
        """The first message decides; it is asked for once."""
        self._impatience.cancel()
        if self._begin is not None:
            begin, self._begin = self._begin, None
            self.intake = begin(self, uuid)
            self._deaf = self.intake is None


_Begin = Callable[[_Connection, UUID | None], Intake | None]


def _keep(tasks: set[asyncio.Task[None]], work: Coroutine[None, None, None]) -> None:
    """Run beside everything else, without being forgotten by the garbage collector."""
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
