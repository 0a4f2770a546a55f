"""The telephone side of the hotline with a small answer of one's own: for tests of the channel, and of its pace."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bot.audio.frame import SILENCE, Frame, frames_of
from bot.channels.audiosocket import Answer, AudioSocketServer
from bot.channels.base import Caller, Channel, NextStep
from bot.channels.exchange import Exchange, refuse_pages
from bot.errors import ChannelError
from bot.events import DigitPressed
from bot.web.gate import Limits, gated
from tests.support.fake_exchange import FakeExchange


@asynccontextmanager
async def hotline(
    answer: Answer, sends_keys: bool = True, audio_port: int = 0, http_port: int = 0
) -> AsyncIterator[FakeExchange]:
    """A service that answers like this; yields an exchange that can call it."""
    exchange = Exchange()
    application = web.Application(middlewares=[refuse_pages])
    application.add_routes(exchange.routes())
    server = AudioSocketServer("127.0.0.1", audio_port, exchange, answer, sends_keys)
    async with gated(application, "127.0.0.1", http_port, limits=Limits(requests_per_address=100_000)) as chosen:
        await server.start()
        try:
            yield FakeExchange(server.port, chosen)
        finally:
            await server.stop()


@dataclass
class Heard:
    """An answer that listens to the end and remembers."""

    says: bytes = b""
    """Line audio said at the start."""
    obeys: bool = False
    """# hangs up, 0 asks for a person."""
    caller: Caller | None = None
    call_id: str = ""
    frames: list[Frame] = field(default_factory=list)
    order: str = ""
    """f for a frame, m for a missing one, or the key."""
    failed: ChannelError | None = None
    over: bool = False

    @property
    def keys(self) -> str:
        """The keys alone."""
        return self.order.replace("f", "").replace("m", "")

    @property
    def samples(self) -> bytes:
        """What the exchange really sent (a busy machine makes holes anywhere)."""
        return b"".join(frame.samples for frame in self.frames if not frame.missing)

    async def answer(self, channel: Channel) -> None:
        """Hear the call to its end."""
        self.caller, self.call_id = channel.caller, channel.call_id
        to_say = deque(frames_of(self.says))
        mouth = asyncio.create_task(keep_sending(channel, to_say))
        try:
            async for arrived in channel.incoming():
                match arrived:
                    case Frame(missing=missing):
                        self.frames.append(arrived)
                        self.order += "m" if missing else "f"
                    case DigitPressed(digit):
                        self.order += digit
                        if self.obeys and digit in "#0":
                            await channel.close(NextStep("hangup") if digit == "#" else NextStep("agent", "asked"))
        except ChannelError as error:
            self.failed = error
        finally:
            mouth.cancel()
        self.over = True


async def keep_sending(channel: Channel, to_say: deque[bytes]) -> None:
    """What there is to say, and silence when there is nothing, for ever."""
    while True:
        await channel.send(to_say.popleft() if to_say else SILENCE)


async def obey(channel: Channel) -> None:
    """# hangs up, 0 asks for a person."""
    await Heard(obeys=True).answer(channel)
