"""A caller without a telephone: whoever holds the script plays sounds and presses keys, on the loop's clock.

On an AudioTimeLoop a call of minutes takes seconds, and the same script gives the same call every time.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from bot.audio.frame import FRAME_BYTES, FRAME_SECONDS, SILENCE, Frame, frames_of
from bot.channels.base import Caller, Caption, Incoming, NextStep
from bot.channels.pacer import Pacer
from bot.events import CallerTyped, DigitPressed

Carries = Callable[[bytes, bytes], Frame]
"""(20 ms of the caller, what the caller hears meanwhile) → those 20 ms as they reach the bot."""

_QUIET_FRAMES = 20
"""400 ms: longer than the pause between two sentences of a prompt."""


def clean(samples: bytes, _: bytes) -> Frame:
    """A way on which nothing happens to the sound."""
    return Frame(samples)


class ScriptChannel:
    """One scripted call's sound, both ways, and everything that was shown or decided at its end."""

    kind = "script"
    detects_keys = True

    def __init__(self, call_id: str, caller: Caller, *, takes_back_calls: bool = True) -> None:
        self.call_id = call_id
        self.caller = caller
        self.takes_back_calls = takes_back_calls
        self.captions: list[Caption] = []
        self.next_step: NextStep | None = None
        self.heard = bytearray()
        """What the caller heard from the bot."""

        self.spoken = bytearray()
        """What reached the bot of the caller; silent while keys fall."""

        self.carries: Carries = clean
        """The way to the bot; a telephone line may be put in between."""

        self._to_send: deque[bytes] = deque()
        self._events: deque[Incoming] = deque()
        self._gone = False
        self._quiet_frames = 0
        self._spoke = False
        self._changed = asyncio.Event()
        self._pacer = Pacer()

    # -- the caller's side ------------------------------------------------------------------------------------

    async def play(self, samples: bytes) -> None:
        """Send this sound to the bot; returns when its last sample was sent."""
        self._to_send.extend(frames_of(samples))
        await self._until(lambda: not self._to_send)

    def press(self, key: str) -> None:
        """Press one key."""
        self._events.append(DigitPressed(key))

    def type(self, text: str) -> None:
        """Write instead of speaking."""
        self._events.append(CallerTyped(text))

    def hang_up(self) -> None:
        """The caller goes."""
        self._gone = True

    def await_answer(self) -> None:
        """The caller has done something: what the bot says from now on answers it."""
        self._spoke = False

    async def until_asked(self) -> None:
        """Wait until the bot has spoken and is silent again: it is the caller's turn."""
        await self._until(lambda: self._spoke and self._quiet_frames >= _QUIET_FRAMES)
        self._spoke = False

    async def until_speaking(self, seconds: float) -> None:
        """Wait until the bot has been speaking for so long."""
        await self._until(lambda: self._spoke)
        await asyncio.sleep(seconds)
        self._spoke = False

    @property
    def at_seconds(self) -> float:
        """How much sound has reached the bot: the clock of its ear."""
        return len(self.spoken) / FRAME_BYTES * FRAME_SECONDS

    @property
    def ended(self) -> bool:
        """True once either side has let go."""
        return self._gone or self.next_step is not None

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition() and not self.ended:
            self._changed.clear()
            await self._changed.wait()

    # -- the bot's side ---------------------------------------------------------------------------------------

    async def incoming(self) -> AsyncIterator[Incoming]:
        """Frames every 20 ms and keys until the caller hangs up."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not self.ended:
            while self._events:
                yield self._events.popleft()
            samples = self._to_send.popleft() if self._to_send else SILENCE
            frame = self.carries(samples, bytes(self.heard[-FRAME_BYTES:]).ljust(FRAME_BYTES, b"\0"))
            self.spoken += frame.samples
            self._changed.set()
            yield frame
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def send(self, samples: bytes) -> None:
        """Keep what the bot says; returns when the next frame is due."""
        self.heard += samples
        if any(samples):
            self._spoke, self._quiet_frames = True, 0
        else:
            self._quiet_frames += 1
        self._changed.set()
        await self._pacer.tick()

    async def show(self, caption: Caption) -> None:
        """Keep it for the transcript."""
        self.captions.append(caption)

    async def close(self, next_step: NextStep) -> None:
        """The bot lets go."""
        self.next_step = next_step
        self._changed.set()
