"""What comes from an exchange or a device, as the line wants it: whole frames and keys in order, holes filled."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import numpy as np
import soxr

from bot.audio.dtmf import TonesToKeys
from bot.audio.frame import FRAME_BYTES, FRAME_SECONDS, LINE_RATE, SILENCE, Frame
from bot.channels.base import Incoming
from bot.errors import ChannelError
from bot.events import KEYS, DigitPressed

_HOLE_SECONDS = 0.06
"""So long without audio is a hole: Asterisk's frames come 20 ms apart, at most 24 ms at rest."""

_MOST_WAITING_KEYS = 100
"""Nobody presses more while the line is late: an exchange that has gone mad."""

_LONGEST_WAITING_FRAMES = 50
"""A line that is late by more than a second of audio would answer things long past: the oldest frames go."""


class Intake:
    """One call's incoming side.

    Asterisk sends nothing at all while RTP packets are lost, while a caller is muted with silence suppression, and
    while a key is held. Such holes are filled by the loop's clock with frames marked missing, so that time goes on
    for everybody behind us and words on both sides of a hole are not glued together.
    """

    def __init__(self, listens_for_tones: bool = False) -> None:
        self._loop = asyncio.get_running_loop()
        self._tones = TonesToKeys() if listens_for_tones else None
        self._waiting: deque[Incoming] = deque()
        self._waiting_frames = 0
        self._arrived = asyncio.Event()
        self._rest = b""
        self._resampler: soxr.ResampleStream | None = None
        self._rate = LINE_RATE
        self._complete_until = self._loop.time()
        self._hole_at = self._complete_until + _HOLE_SECONDS
        self._ended = False
        self._broken: ChannelError | None = None
        self._watch = self._loop.call_at(self._hole_at, self._fill)
        self.frames_missing = 0
        """Filled by us."""
        self.frames_dropped = 0
        """Thrown away because the line was late."""

    def hear(self, samples: bytes, rate: int = LINE_RATE) -> None:
        """Audio arrived (signed 16 bit, little endian, mono), of any length and rate in hertz."""
        self._complete_until = self._loop.time()
        self._hole_at = self._complete_until + _HOLE_SECONDS
        samples = samples[: len(samples) & ~1]  # half a sample is none
        self._rest += samples if rate == LINE_RATE else self._resampled(samples, rate)
        whole = len(self._rest) - len(self._rest) % FRAME_BYTES
        for at in range(0, whole, FRAME_BYTES):
            self._frame(Frame(self._rest[at : at + FRAME_BYTES]))
        self._rest = self._rest[whole:]

    def press(self, digit: str) -> None:
        """A key arrived as a message. A to D, which no caller's telephone has, are nobody's keys."""
        if digit in KEYS and len(self._waiting) - self._waiting_frames < _MOST_WAITING_KEYS:
            self._put(DigitPressed(digit))

    def end(self, broken: ChannelError | None = None) -> None:
        """Nothing more will come: the caller hung up, or the way to them broke."""
        self._ended = True
        self._broken = self._broken or broken
        self._watch.cancel()
        self._arrived.set()

    async def incoming(self) -> AsyncIterator[Incoming]:
        """As Channel.incoming. What waits is delivered before the end is."""
        while True:
            while self._waiting:
                arrived = self._waiting.popleft()
                self._waiting_frames -= isinstance(arrived, Frame)
                yield arrived
            if self._broken:
                raise self._broken
            if self._ended:
                return
            self._arrived.clear()
            await self._arrived.wait()

    def _fill(self) -> None:
        """Audio may be missing. The loop reads its sockets before it runs this, so a stall of ours makes no hole."""
        now = self._loop.time() + 0.001  # timers may run a moment early
        if now >= self._hole_at:
            if self._rest:
                self._rest = self._rest.ljust(FRAME_BYTES, b"\0")
                self._frame(Frame(self._rest))
                self._rest = b""
                self._complete_until += FRAME_SECONDS
            while self._complete_until + FRAME_SECONDS <= now:
                self._frame(Frame(SILENCE, missing=True))
                self._complete_until += FRAME_SECONDS
                self.frames_missing += 1
            self._hole_at = self._complete_until + FRAME_SECONDS
        self._watch = self._loop.call_at(self._hole_at, self._fill)

    def _frame(self, frame: Frame) -> None:
        if self._tones is None:
            self._put(frame)
            return
        for heard in self._tones.hear(frame):
            self._put(heard)

    def _put(self, arrived: Incoming) -> None:
        self._waiting.append(arrived)
        self._waiting_frames += isinstance(arrived, Frame)
        if self._waiting_frames > _LONGEST_WAITING_FRAMES:
            oldest = next(at for at, waiting in enumerate(self._waiting) if isinstance(waiting, Frame))
            del self._waiting[oldest]  # keys stay
            self._waiting_frames -= 1
            self.frames_dropped += 1
        self._arrived.set()

    def _resampled(self, samples: bytes, rate: int) -> bytes:
        if self._resampler is None or self._rate != rate:
            self._resampler = soxr.ResampleStream(rate, LINE_RATE, 1, dtype="int16", quality="LQ")
            self._rate = rate
        return bytes(self._resampler.resample_chunk(np.frombuffer(samples, "<i2")).astype("<i2").tobytes())
