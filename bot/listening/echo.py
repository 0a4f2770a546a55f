"""Our own voice coming back from the telephone network or the caller's loudspeaker.

What was heard is compared with what we sent in the last half second. First the delay is found; then each frame is
explained, as far as it goes, by what we sent that long before, through any short filter. What remains is the caller.
Nothing is learned from frame to frame but the delay and how loud the echo is, so nothing can diverge.
"""

import math
import statistics
from collections import deque

import numpy
from numpy.typing import NDArray

from bot.audio.frame import FRAME_SAMPLES, LINE_RATE, SILENCE

Samples = NDArray[numpy.float32]

WINDOW_SAMPLES = 3 * FRAME_SAMPLES
"""Compared at a time: 60 ms. Shorter, and two vowels of the same pitch look alike; longer, and a caller's first
syllable is noticed late."""

LONGEST_DELAY_SAMPLES = int(0.5 * LINE_RATE)
FILTER_SAMPLES = 16
"""The filter reaches 2 ms to both sides of the delay: a telephone's band, a coder, a little wandering."""

FFT_SAMPLES = 4500
"""At least the history of 4496; a size of small factors, which is five times faster."""

HISTORY_FRAMES = math.ceil((WINDOW_SAMPLES + LONGEST_DELAY_SAMPLES + FILTER_SAMPLES) / FRAME_SAMPLES)
AUDIBLE = 0.003
"""What we sent below this (-50 dBFS) does not come back as an echo that matters."""

SILENT_POWER = 10 ** (-60 / 10)
SEARCH_FRAMES = 25
"""A known delay is looked for again twice a second."""

FOUND_FRAMES = 3
"""So many windows in a row agree on a delay before it counts as known."""

ECHO_SHARE = 0.35
"""What a plain copy of ours explains at a delay not yet known: a caller who speaks alone stays below in 99 % of
frames."""

EXPLAINED = 0.3
"""If less of what was heard than this share remains, it was an echo."""

FALL_A_FRAME = 10 ** (-1.5 / 10)
"""How our voice dies away in the caller's room: 75 dB a second."""

BELOW_ECHO_DB = 4.0
"""What our voice does not explain must be louder than the expected echo less this to be the caller: coding noise and
a room's reverberation are quieter."""

FAR_BELOW_DB = 30.0
"""What comes back this far below what we sent is no echo to take away; nor is a voice so far below ours a caller's."""

UNANSWERED_FRAMES = 50
"""So much of our voice and nothing back, and there is no echo: what sounds like it is a caller with a voice like ours.
An echo that begins later (a loudspeaker is switched on) takes it back."""

MOST_UNANSWERED_FRAMES = 150
"""A caller may talk over us for the 2 s between these two without becoming an echo."""


_TAPS = 2 * FILTER_SAMPLES + 1
_LATER = numpy.add.outer(numpy.arange(_TAPS), numpy.arange(_TAPS - 1))
_PLACE = _TAPS * numpy.minimum.outer(range(_TAPS), range(_TAPS)) + abs(numpy.subtract.outer(range(_TAPS), range(_TAPS)))
"""Where the product of two windows is found by the earlier of them and their distance."""


class Echo:
    """Follows one call's echo."""

    def __init__(self) -> None:
        self._sent_history = _History(WINDOW_SAMPLES + LONGEST_DELAY_SAMPLES + FILTER_SAMPLES)
        self._heard_history = _History(WINDOW_SAMPLES)
        self._sent_peaks: deque[float] = deque(maxlen=HISTORY_FRAMES)
        self._heard_peak = 0.0
        self._audible_frames = 0
        self._unanswered_frames = 0
        self._recent_delays: deque[int] = deque(maxlen=FOUND_FRAMES)
        self._couplings_db: deque[float] = deque(maxlen=50)
        self._searched_frames = 0
        self._loud_power = SILENT_POWER
        self.delay_samples: int | None = None
        """Known once enough windows in a row agreed."""

    def follow(self, heard: bytes, sent: bytes) -> None:
        """One frame heard, and the frame sent at that moment."""
        sent_peak = self._sent_history.add(sent) if sent != SILENCE else self._sent_history.add_silence()
        heard_peak = self._heard_peak = self._heard_history.add(heard)
        self._sent_peaks.append(sent_peak)
        speech = sent_peak > AUDIBLE
        if speech:
            answered = heard_peak > sent_peak * 10 ** (-FAR_BELOW_DB / 20)
            count = self._unanswered_frames + (-1 if answered else 1)
            self._unanswered_frames = min(max(count, 0), MOST_UNANSWERED_FRAMES)
        self._audible_frames = HISTORY_FRAMES if speech else max(0, self._audible_frames - 1)
        self._searched_frames += 1

    @property
    def possible(self) -> bool:
        """True while something we sent may still come back, on a line where it does."""
        return self._audible_frames > 0 and self._unanswered_frames < UNANSWERED_FRAMES

    @property
    def drowns(self) -> bool:
        """Whether the frame heard is so far below our voice of the last half second that it can only be ours: on a
        silent line a voice detector hears it well, and where too little comes back nothing is compared."""
        return self._heard_peak < max(self._sent_peaks, default=0.0) * 10 ** (-FAR_BELOW_DB / 20)

    def remove(self) -> tuple[bool, bytes]:
        """Whether the last 60 ms heard are only our own voice; and the last frame without what our voice explains."""
        self._sent, self._heard = self._sent_history.latest, self._heard_history.latest
        heard_power = _power(self._heard)
        if heard_power < SILENT_POWER or not self.possible:
            return False, _line(self._heard[-FRAME_SAMPLES:])
        delay = self.delay_samples
        if delay is None or self._searched_frames >= SEARCH_FRAMES:
            share, _ = self._search(heard_power)
            if self.delay_samples is None:
                return share >= ECHO_SHARE, _line(self._heard[-FRAME_SAMPLES:])
            delay = self.delay_samples
        rest, sent_power = self._rest(delay)
        self._loud_power = max(sent_power, self._loud_power * FALL_A_FRAME)
        if _power(rest) < EXPLAINED * heard_power:
            self._couplings_db.append(_decibels(heard_power / sent_power))
        elif self._is_caller(rest):  # or the echo has moved: a busy machine holds frames up, a handset buffers more
            rest = self._moved(heard_power, rest)
        return not self._is_caller(rest), _line(rest[-FRAME_SAMPLES:])

    def _moved(self, heard_power: float, rest: Samples) -> Samples:
        """What remains if the echo comes with another delay now; `rest` if it does not."""
        share, delay = self._search(heard_power)
        if share < ECHO_SHARE:
            return rest
        moved, _ = self._rest(delay)
        return moved if _power(moved) < EXPLAINED * heard_power else rest

    def _is_caller(self, rest: Samples) -> bool:
        """Whether what our voice does not explain is too loud to be a part of its echo."""
        if not self._couplings_db:
            return True
        expected_db = _decibels(self._loud_power) + statistics.median(self._couplings_db) - BELOW_ECHO_DB
        return _decibels(_power(rest)) >= expected_db

    def _rest(self, delay: int) -> tuple[Samples, float]:
        """What a filter around this delay cannot make of what we sent; the power of what we sent then."""
        length = WINDOW_SAMPLES + 2 * FILTER_SAMPLES
        begin = max(0, len(self._sent) - max(0, delay - FILTER_SAMPLES) - length)
        piece = self._sent[begin : begin + length]
        likeness = _likeness(piece)
        weights = numpy.linalg.solve(likeness, numpy.correlate(piece, self._heard, "valid"))
        return self._heard - numpy.correlate(piece, weights, "valid"), max(_power(piece), SILENT_POWER)

    def _search(self, heard_power: float) -> tuple[float, int]:
        """Look for the delay over the whole history: the share of what was heard that a plain copy explains, and its
        delay."""
        windows = len(self._sent) - WINDOW_SAMPLES + 1
        spectrum = numpy.fft.rfft(self._sent, FFT_SAMPLES) * numpy.conj(numpy.fft.rfft(self._heard, FFT_SAMPLES))
        likeness = numpy.fft.irfft(spectrum, FFT_SAMPLES)[:windows] / WINDOW_SAMPLES
        running = numpy.concatenate(([0.0], numpy.cumsum(self._sent.astype(numpy.float64) ** 2)))
        power = numpy.maximum((running[WINDOW_SAMPLES:] - running[:-WINDOW_SAMPLES]) / WINDOW_SAMPLES, SILENT_POWER)
        explained = likeness**2 / (heard_power * power)
        best = int(numpy.argmax(explained))
        if explained[best] >= 0.6:
            self._searched_frames = 0
            self._seen_at(windows - 1 - best)
        return float(explained[best]), windows - 1 - best

    def _seen_at(self, delay: int) -> None:
        """A window's best delay: it holds once enough of them in a row agreed."""
        self._recent_delays.append(delay)
        recent = sorted(self._recent_delays)
        if len(recent) < FOUND_FRAMES or recent[-1] - recent[0] > 4:
            return
        middle = recent[FOUND_FRAMES // 2]
        if self.delay_samples is None or abs(self.delay_samples - middle) > FILTER_SAMPLES:
            self._couplings_db.clear()
        self.delay_samples = middle


def softened(samples: bytes) -> bytes:
    """What little is left of our own voice, 20 dB down: the recogniser hears the caller and not our words."""
    return (numpy.frombuffer(samples, "<i2") // 10).astype("<i2").tobytes()


def _likeness(piece: Samples) -> NDArray[numpy.float64]:
    """The products of all windows of a piece with each other. Each follows from the pair of windows one sample before:
    a matrix product of this size wakes all threads of the algebra library and costs thirty times as much."""
    enter, leave = numpy.zeros((2, 2 * _TAPS))
    enter[: _TAPS - 1], leave[: _TAPS - 1] = piece[WINDOW_SAMPLES:], piece[: _TAPS - 1]
    by_distance = numpy.empty((_TAPS, _TAPS))
    by_distance[0] = numpy.correlate(piece, piece[:WINDOW_SAMPLES], "valid")
    by_distance[1:] = (enter[: _TAPS - 1] * enter.take(_LATER)).T - (leave[: _TAPS - 1] * leave.take(_LATER)).T
    products: NDArray[numpy.float64] = by_distance.cumsum(axis=0).take(_PLACE)
    products.flat[:: _TAPS + 1] += SILENT_POWER * WINDOW_SAMPLES
    return products


def _power(samples: Samples) -> float:
    return float(numpy.dot(samples, samples)) / len(samples)


def _decibels(power: float) -> float:
    return 10 * math.log10(power + 1e-12)


def _line(samples: Samples) -> bytes:
    return (samples * 32768).clip(-32768, 32767).astype("<i2").tobytes()


class _History:
    """The last samples, without moving them all for each frame."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._samples: Samples = numpy.zeros(4 * length, numpy.float32)
        self._end = length

    @property
    def latest(self) -> Samples:
        """So many samples as were asked for, the newest last; valid until the next frame."""
        return self._samples[self._end - self._length : self._end]

    def add(self, frame: bytes) -> float:
        """One more frame; the largest sample in it."""
        fresh = self._room()
        numpy.multiply(numpy.frombuffer(frame, "<i2"), numpy.float32(1 / 32768), out=fresh)
        return max(float(fresh.max()), -float(fresh.min()))

    def add_silence(self) -> float:
        """One more frame in which nothing was."""
        self._room().fill(0.0)
        return 0.0

    def _room(self) -> Samples:
        if self._end + FRAME_SAMPLES > len(self._samples):
            self._samples[: self._length] = self.latest
            self._end = self._length
        self._end += FRAME_SAMPLES
        return self._samples[self._end - FRAME_SAMPLES : self._end]
