"""Bridges the time until a slow answer comes: 请稍等, once for each thing that the caller says or presses."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bot.call.answer_clock import AnswerClock
from bot.call.mouth import Mouth
from bot.call.reading import Reading
from bot.dialogue.base import Say
from bot.errors import BotError

T = TypeVar("T")

PATIENCE_SECONDS = 0.8
"""So long a caller waits without wondering (field notes: more is sluggish)."""

MOMENT_SECONDS = 0.3
"""What has just begun may be done at once: it gets this long, even if something before it took its time."""


class Bridge:
    """What a phase waits for goes through `over`. It says what it says without listening: words and keys that come
    meanwhile wait for the phase, and a key silences it, but in a private window."""

    def __init__(self, mouth: Mouth, clock: AnswerClock, say: Say) -> None:
        self._mouth = mouth
        self._clock = clock
        self._say = say
        self._waiting = False
        self._timer: asyncio.TimerHandle | None = None
        self._reading: Reading | None = None

    async def over(self, work: Awaitable[T]) -> T:
        """What `work` returns or raises; what was begun to be said until then is said to its end."""
        try:
            with self._watch():
                answer = await work
        except BotError:
            await self._finish()
            raise
        await self._finish()
        return answer

    def turn_closed(self) -> None:
        """The caller said or pressed something: they wait anew."""
        if self._waiting:
            self._set_timer()

    @contextmanager
    def _watch(self) -> Iterator[None]:
        self._waiting = True
        self._set_timer()
        try:
            yield
        finally:
            self._waiting = False
            self._stop_timer()

    def _set_timer(self) -> None:
        self._stop_timer()
        left = max(MOMENT_SECONDS, PATIENCE_SECONDS - self._clock.waited_seconds)
        self._timer = asyncio.get_running_loop().call_later(left, self._speak)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _speak(self) -> None:
        if self._mouth.speaking:  # the caller still hears something; when it is over, silence begins to count
            self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._speak)
        elif not self._clock.bridged:
            self._clock.bridged = True
            self._reading = self._mouth.read([self._say], is_answer=False)

    async def _finish(self) -> None:
        reading, self._reading = self._reading, None
        if reading is None or not reading.speaking:
            return
        if reading.heard_frames:
            await self._mouth.until_silent()
        else:
            self._mouth.hush()
