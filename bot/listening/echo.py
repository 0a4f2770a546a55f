"""Our own voice coming back from the telephone network or the caller's loudspeaker.

No echo is cancelled. A frame is compared with what we sent in the last half second: the share of its energy that a
delayed, scaled copy of our own voice explains is echo, the rest is the caller (or noise).
"""

import math
from collections import deque

import numpy
from numpy.typing import NDArray

from bot.audio.frame import FRAME_SAMPLES, LINE_RATE

Samples = NDArray[numpy.float32]

WINDOW_SAMPLES = 3 * FRAME_SAMPLES
"""Compared at a time: 60 ms. Shorter, and two vowels of the same pitch look alike; longer, and a caller's first
syllable is noticed late."""

LONGEST_DELAY_SAMPLES = int(0.5 * LINE_RATE)
SILENT_POWER = 10 ** (-60 / 10)
LOCK_SAMPLES = 24
"""Once the delay is known, a copy must come with it (± 3 ms) to count as echo."""

ECHO_SHARE = 0.35
"""A caller who speaks alone stays below this in 99 % of frames."""

ABOVE_ECHO_DB = 1.0
"""What our voice does not explain must be so much louder than the expected echo to be the caller: coding noise and
the reverberation of a room are quieter."""


class Echo:
    """Follows one call's echo."""

    def __init__(self) -> None:
        self._sent: Samples = numpy.zeros(WINDOW_SAMPLES + LONGEST_DELAY_SAMPLES, numpy.float32)
        self._heard: Samples = numpy.zeros(WINDOW_SAMPLES, numpy.float32)
        self._recent_delays: list[int] = []
        self._couplings_db: deque[float] = deque(maxlen=50)
        self.delay_samples: int | None = None
        """Known once three windows in a row agreed."""

    def follow(self, heard: bytes, sent: bytes) -> None:
        """One frame heard, and the frame sent at that moment."""
        self._sent = _shifted(self._sent, sent)
        self._heard = _shifted(self._heard, heard)

    @property
    def possible(self) -> bool:
        """True while something we sent may still come back."""
        return float(numpy.max(numpy.abs(self._sent))) > 0.003

    def explains(self) -> bool:
        """Whether the last 60 ms heard are our own voice and nothing that stands out of it."""
        heard_power = float(numpy.dot(self._heard, self._heard)) / WINDOW_SAMPLES
        if heard_power < SILENT_POWER or not self.possible:
            return False
        explained, sent_power = self._likeness(heard_power)
        best = int(numpy.argmax(explained))
        self._learn(LONGEST_DELAY_SAMPLES - best, float(explained[best]))
        if self.delay_samples is None:
            return bool(explained[best] >= ECHO_SHARE)
        middle = LONGEST_DELAY_SAMPLES - self.delay_samples
        share = float(explained[max(0, middle - LOCK_SAMPLES) : middle + LOCK_SAMPLES + 1].max())
        gain_db = _decibels(heard_power / float(sent_power[middle]))
        if share >= 0.6:
            self._couplings_db.append(gain_db)
        if not self._couplings_db:
            return share >= ECHO_SHARE
        rest_db = gain_db + _decibels(1.0 - min(share, 0.999))
        return rest_db < float(numpy.median(self._couplings_db)) + ABOVE_ECHO_DB

    def _likeness(self, heard_power: float) -> tuple[NDArray[numpy.float64], NDArray[numpy.float64]]:
        """For each window of what was sent, oldest first: the share of what was heard that it explains; its power."""
        size = 2 * len(self._sent)
        spectrum = numpy.fft.rfft(self._sent, size) * numpy.conj(numpy.fft.rfft(self._heard, size))
        likeness = numpy.fft.irfft(spectrum, size)[: LONGEST_DELAY_SAMPLES + 1] / WINDOW_SAMPLES
        running = numpy.concatenate(([0.0], numpy.cumsum(self._sent.astype(numpy.float64) ** 2)))
        power = numpy.maximum((running[WINDOW_SAMPLES:] - running[:-WINDOW_SAMPLES]) / WINDOW_SAMPLES, SILENT_POWER)
        return likeness**2 / (heard_power * power), power

    def _learn(self, delay: int, explained: float) -> None:
        if explained < 0.6:
            return
        self._recent_delays = [*self._recent_delays[-2:], delay]
        if len(self._recent_delays) == 3 and max(self._recent_delays) - min(self._recent_delays) <= 4:
            if self.delay_samples is None or abs(self.delay_samples - delay) > LOCK_SAMPLES:
                self._couplings_db.clear()
            self.delay_samples = sorted(self._recent_delays)[1]


def _decibels(power: float) -> float:
    return 10 * math.log10(power + 1e-12)


def _shifted(history: Samples, frame: bytes) -> Samples:
    fresh = numpy.frombuffer(frame, "<i2").astype(numpy.float32) / 32768
    return numpy.concatenate((history[len(fresh) :], fresh))
