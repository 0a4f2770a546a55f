"""Audio time: an event loop whose clock jumps to the next timer, so a call of minutes takes milliseconds.

Scripted calls and the tests run on it; live channels run on the ordinary loop, with the same code. The clock stands
still while work outside the loop is going on (recogniser, Rasa, synthesiser, database): such work costs no audio
time, so the same script gives the same call on any machine.
"""

import asyncio
import selectors
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class AudioTimeLoop(asyncio.SelectorEventLoop):
    """An event loop in audio time. Threads (run_in_executor) stop the clock; sockets and pipes need `outside`."""

    def __init__(self) -> None:
        self._now = 0.0
        self._outside = 0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Seconds of audio time since the loop was made."""
        return self._now

    def stop_clock(self) -> None:
        """Outside work begins."""
        self._outside += 1

    def start_clock(self) -> None:
        """Outside work ended."""
        self._outside -= 1

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> "asyncio.Future[T]":  # type: ignore[override]
        """Work in a thread: the clock stands still until it is done."""
        self.stop_clock()
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(lambda _: self.start_clock())
        return future

    def _jump(self, seconds: float) -> bool:
        """Move the clock to the next timer, unless outside work is going on."""
        if self._outside:
            return False
        self._now += seconds
        return True


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of sleeping until the next timer, tells the loop that its time has come."""

    def __init__(self, loop: AudioTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout is None or timeout <= 0:
            return ready or (super().select(None) if timeout is None else [])
        if self._loop._jump(timeout):
            return []
        return super().select(None)


async def outside(work: Awaitable[T], longest_seconds: float | None = None) -> T:
    """Await something that happens outside the call (a request, a pipe): in audio time the clock stands still.

    `longest_seconds` is real time on any loop, for the clock that stands still would never run out. Raises
    TimeoutError after it.
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, AudioTimeLoop):
        async with asyncio.timeout(longest_seconds):
            return await work
    loop.stop_clock()
    try:
        async with _real_timeout(loop, longest_seconds):
            return await work
    finally:
        loop.start_clock()


@asynccontextmanager
async def _real_timeout(loop: AudioTimeLoop, seconds: float | None) -> AsyncIterator[None]:
    """asyncio.timeout by the wall clock: a thread waits, then sets the deadline to the audio time of that moment."""
    over = False

    def expire() -> None:
        if not over:
            deadline.reschedule(loop.time())

    alarm = threading.Timer(seconds or 0, lambda: loop.is_closed() or loop.call_soon_threadsafe(expire))
    alarm.daemon = True
    async with asyncio.timeout(None) as deadline:
        if seconds is not None:
            alarm.start()
        try:
            yield
        finally:
            over = True
            alarm.cancel()


def run_in_audio_time(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on an AudioTimeLoop."""
    with asyncio.Runner(loop_factory=AudioTimeLoop) as runner:
        return runner.run(main)
