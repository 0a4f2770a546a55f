"""The browser phone's end of a call: sound and messages over one WebSocket (docs/browser-protocol.md)."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import WSCloseCode, WSMsgType, web

from bot.audio.frame import FRAME_BYTES, FRAME_SECONDS, Frame
from bot.channels.base import Caller, Caption, Incoming, NextStep
from bot.channels.browser_messages import BrokenMessage, CallerHungUp, MicrophoneTurned, PageAlive, read_message
from bot.channels.pacer import Pacer
from bot.errors import ChannelError
from bot.events import CallerTyped, DigitPressed

LONGEST_MESSAGE_BYTES = 16_384
"""One second of sound, or far more than any JSON message; a longer one closes the connection with 1009."""

BROKE_PROTOCOL = 4400
"""Close code: too many messages that this protocol does not know, or a flood of them."""

CONNECTION_LOST = 4408
"""Close code: nothing came from the page for too long."""

_BAD_MESSAGES = 20
"""So many wrong messages may be ignored (an older page); one more closes the connection."""

_MESSAGES_A_SECOND = 50
"""Nobody presses or writes faster."""

_WAITING_FRAMES = 500
"""10 s of sound not yet fetched by the line, or ahead of the clock after a stalled network; more is thrown away."""

_LONGEST_UNSENT_BYTES = 16_384
"""A second of sound that the network has not taken: what we add would be heard too late anyway."""

_MOST_UNSENT_BYTES = 3 * _LONGEST_UNSENT_BYTES
"""With messages too. Below what makes aiohttp wait: a wait that is broken off there breaks off all later ones."""

_PLAY_OUT_SECONDS = 4.0
"""The page answers `end` when its last sound was played; a page that does not is closed after this."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Gone:
    """The caller will send nothing more."""

    lost: str = ""
    """Why the connection broke; "" after a proper hang-up."""


class BrowserChannel:
    """One call from the browser phone. `async with` it: inside, the page is heard; at the end, it is let go.

    The socket has been prepared, with `max_msg_size=LONGEST_MESSAGE_BYTES`; `transport` is what it writes to.
    """

    kind = "browser"
    detects_keys = True
    takes_back_calls = False

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.WriteTransport,
        call_id: str,
        caller: Caller | None = None,
        *,
        longest_idle_seconds: float = 10.0,
    ) -> None:
        self.call_id = call_id
        self.caller = caller or Caller()
        self.ignored_messages = 0
        """Messages that the protocol does not know, or that came where none is allowed."""
        self.dropped_frames = 0
        """Sound thrown away: faster than real time, or not fetched by the line."""
        self._socket = socket
        self._transport = transport
        self._longest_idle_seconds = longest_idle_seconds
        self._pacer = Pacer()
        self._happened: asyncio.Queue[Incoming | _Gone] = asyncio.Queue()
        self._heard = bytearray()
        self._heard_frames = 0
        self._began = self._taken_at = 0.0
        self._second = (0, 0)
        self._microphone_on = True
        self._private = False
        self._gone = asyncio.Event()
        self._closed = False
        self._close_code: int = WSCloseCode.OK
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._began = self._taken_at = asyncio.get_running_loop().time()
        self._listening = asyncio.create_task(self._listen(), name=f"browser {self.call_id}")
        await self._tell({"type": "answered"})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end("hangup" if error is None else "failed")
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        if self.ignored_messages or self.dropped_frames:
            _log.info(
                "call %s: %d messages ignored, %d frames dropped",
                self.call_id,
                self.ignored_messages,
                self.dropped_frames,
            )

    async def incoming(self) -> AsyncIterator[Incoming]:
        """Frames, keys and written texts in order, until the caller hangs up; ChannelError if the page was lost."""
        while not isinstance(happened := await self._happened.get(), _Gone):
            yield happened
        self._happened.put_nowait(happened)  # whoever asks again gets the same answer
        if happened.lost:
            raise ChannelError("connection_lost", happened.lost)

    async def send(self, samples: bytes) -> None:
        """Send one frame, and return when it is time to make the next. Once the page is gone it only keeps the beat."""
        now = asyncio.get_running_loop().time()
        if self._transport.get_write_buffer_size() <= _LONGEST_UNSENT_BYTES:
            self._taken_at = now
            if not self._gone.is_set():
                with contextlib.suppress(ConnectionError, RuntimeError):  # the listening task tells why
                    await self._socket.send_bytes(samples)
        elif now - self._taken_at > self._longest_idle_seconds:
            self._lose_page()
        await self._pacer.tick()

    async def show(self, caption: Caption) -> None:
        """Show a caption. In the state 'private' the page sends no text, and a text that comes is thrown away."""
        if caption.kind == "state":
            self._private = caption.text == "private"
            await self._tell({"type": "state", "state": caption.text})
        else:
            await self._tell({"type": "caption", "kind": caption.kind, "text": caption.text})

    async def clear(self) -> None:
        """Throw away what the page has not yet played (at most some 0.1 s unless the network stalled)."""
        await self._tell({"type": "clear"})

    async def close(self, next_step: NextStep) -> None:
        """Hang up, once the page has played what was sent. No exchange is behind it: it connects to nobody."""
        await self._end(next_step.kind)

    async def _end(self, reason: str) -> None:
        if self._closed:
            return
        self._closed = True
        if not self._gone.is_set():
            await self._tell({"type": "end", "reason": reason})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PLAY_OUT_SECONDS):
                    await self._gone.wait()
        await self._socket.close(code=self._close_code)

    async def _tell(self, message: dict[str, Any]) -> None:
        if self._transport.get_write_buffer_size() > _MOST_UNSENT_BYTES:
            self._lose_page()
        elif not self._gone.is_set():
            with contextlib.suppress(ConnectionError, RuntimeError):  # the listening task tells why
                await self._socket.send_json(message, dumps=_compact)

    def _lose_page(self) -> None:
        """It takes nothing any more, whatever it sends itself."""
        self._close_code = CONNECTION_LOST
        if self._listening is not None:
            self._listening.cancel()

    async def _listen(self) -> None:
        """Put what the page sends into the queue, until it is gone."""
        lost = "the bot stopped"
        try:
            lost = await self._listen_until_gone()
        finally:
            self._gone.set()
            self._happened.put_nowait(_Gone(lost))

    async def _listen_until_gone(self) -> str:
        """Returns why the connection broke, "" for a hang-up."""
        while True:
            try:
                received = await self._socket.receive(timeout=self._longest_idle_seconds)
            except TimeoutError:
                self._close_code = CONNECTION_LOST
                return "nothing came from the page for too long"
            match received.type:
                case WSMsgType.BINARY:
                    self._hear(received.data)
                case WSMsgType.TEXT:
                    if await self._understand(received.data):
                        return ""
                case WSMsgType.CLOSE | WSMsgType.CLOSING:
                    return ""
                case _:
                    return f"the connection broke ({self._socket.close_code})"
            if self.ignored_messages > _BAD_MESSAGES:
                self._close_code = BROKE_PROTOCOL
                return "the page sent messages that are none"

    def _hear(self, samples: bytes) -> None:
        """Cut sound of any length into frames."""
        if len(samples) % 2:
            self.ignored_messages += 1
            return
        self._heard += samples
        while len(self._heard) >= FRAME_BYTES:
            frame = Frame(bytes(self._heard[:FRAME_BYTES]), missing=not self._microphone_on)
            del self._heard[:FRAME_BYTES]
            elapsed = asyncio.get_running_loop().time() - self._began
            too_fast = self._heard_frames > elapsed / FRAME_SECONDS + _WAITING_FRAMES
            if too_fast or self._happened.qsize() >= _WAITING_FRAMES:
                self.dropped_frames += 1
                continue
            self._heard_frames += 1
            self._happened.put_nowait(frame)

    async def _understand(self, text: str) -> bool:
        """Take in one JSON message; True if the caller hung up."""
        if self._too_many():
            self.ignored_messages += 1
            return False
        try:
            message = read_message(text)
        except BrokenMessage:
            self.ignored_messages += 1
            return False
        match message:
            case DigitPressed():
                self._happened.put_nowait(message)
            case CallerTyped():
                if self._private:
                    self.ignored_messages += 1
                else:
                    self._happened.put_nowait(message)
            case MicrophoneTurned(on):
                self._microphone_on = on
            case PageAlive():
                await self._tell({"type": "alive"})
            case CallerHungUp():
                return True
        return False

    def _too_many(self) -> bool:
        """Count messages within the running second."""
        second = int(asyncio.get_running_loop().time())
        self._second = (second, self._second[1] + 1 if self._second[0] == second else 1)
        return self._second[1] > _MESSAGES_A_SECOND


def _compact(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
