"""Keys heard as tones in the audio, for exchanges that do not send them as messages.

A key is the sum of one low and one high tone (ITU-T Q.23). Every 10 ms a window of 20 ms is asked: is it all but wholly
explained by one pair? Speech has harmonics and formants beside any two tones, so it is not. Two windows in a row with
the same answer are a key (Q.24: 40 ms must be heard, a gap of 40 ms separates); the same key counts again only after
two windows without it.
"""

from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bot.audio.frame import FRAME_SAMPLES, LINE_RATE, SILENCE, Frame, frames_of
from bot.events import KEYS, DigitPressed

_LOW = (697.0, 770.0, 852.0, 941.0)
_HIGH = (1209.0, 1336.0, 1477.0, 1633.0)
_PAD = ("123A", "456B", "789C", "*0#D")

_HOP = FRAME_SAMPLES // 2
_OFFSETS = (-0.012, 0.0, 0.012)
"""Telephones may be off by 1.5 % (Q.24); so each tone is looked for at three places."""
_EXPLAINED = 0.85
"""Share of the window's energy that the two tones must explain. Noise 10 dB below the tones leaves 0.9; in 5.5 hours of
people speaking, one key was heard where there was none."""
_MAYBE_EXPLAINED = 0.6
"""The same where each tone is fitted by itself, with room for their not being orthogonal."""
_TWIST = 10 ** (9 / 10)
"""The high tone may be 4 dB stronger or 8 dB weaker than the low one (Q.24); a little more for lines with a slope."""
_QUIETEST = (10 ** (-40 / 20) * 32768) ** 2
"""Mean square below which nothing is a key: −40 dBFS."""

_TONES = np.array([[tone * (1 + offset) for offset in _OFFSETS] for tone in _LOW + _HIGH])
_TIMES = np.arange(FRAME_SAMPLES) / LINE_RATE
_WAVES = np.exp(-2j * np.pi * _TONES.reshape(-1, 1) * _TIMES).T
_WAVES_REAL, _WAVES_IMAGINARY = np.ascontiguousarray(_WAVES.real), np.ascontiguousarray(_WAVES.imag)


class ToneDetector:
    """Listens to one call, 20 ms at a time."""

    def __init__(self) -> None:
        self._before = np.zeros(_HOP)
        self._last = ""
        self._held = ""
        self._without = 0

    def hear(self, samples: bytes) -> tuple[str, bool]:
        """One frame: the key that became certain in it ('' if none; also A to D), and whether any tone was in it."""
        audio = np.frombuffer(samples, "<i2").astype(np.float64)
        key = ""
        tonal = False
        both = np.concatenate((self._before, audio))
        self._before = audio[-_HOP:]
        for at in (0, _HOP):
            seen = _pair(both[at : at + FRAME_SAMPLES])
            tonal = tonal or bool(seen)
            if self._held and seen != self._held:
                self._without += 1
                if self._without >= 2:
                    self._held = ""
            elif self._held:
                self._without = 0
            if seen and seen == self._last and seen != self._held:
                key = self._held = seen
                self._without = 0
            self._last = seen
        return key, tonal


class TonesToKeys:
    """Turns one call's tones into keys and takes them out of the audio.

    A tone is as good as the digit: a password must reach neither the recorder nor the ear. So audio is held back by two
    frames (40 ms), and every frame of a key, with its neighbours, becomes a hole (missing), as with an exchange that
    sends keys as messages.
    """

    def __init__(self) -> None:
        self._detector = ToneDetector()
        self._held_back: deque[Frame] = deque()
        self._silent_frames = 0

    def hear(self, frame: Frame) -> Iterator[Frame | DigitPressed]:
        """One frame in; the frame of 40 ms ago out, and any key that became certain."""
        key, tonal = self._detector.hear(frame.samples)
        self._held_back.append(frame)
        if key or (self._silent_frames and tonal):
            self._silent_frames = 2  # this one and, for the rest of the tone, the next
        if self._silent_frames:
            self._silent_frames -= 1
            self._held_back = deque(Frame(SILENCE, missing=True) for _ in self._held_back)
        if key and key in KEYS:
            yield DigitPressed(key)
        if len(self._held_back) > 2:
            yield self._held_back.popleft()

    def rest(self) -> Iterator[Frame]:
        """The frames that are still held back: the audio ends here."""
        while self._held_back:
            yield self._held_back.popleft()


def may_hold_keys(samples: bytes) -> bool:
    """Whether a key may be in it (line audio, 40 ms or more): a look at all of it at once, 30 times as fast as
    listening. Where it says no, a detector hears nothing either.
    """
    audio = np.frombuffer(samples, "<i2").astype(np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(audio, FRAME_SAMPLES)[::_HOP]
    energies = np.einsum("ij,ij->i", windows, windows)
    windows, energies = windows[loud := energies >= _QUIETEST * FRAME_SAMPLES], energies[loud]
    powers = ((windows @ _WAVES_REAL) ** 2 + (windows @ _WAVES_IMAGINARY) ** 2).reshape(-1, 8, len(_OFFSETS)).max(2)
    two = (powers[:, :4].max(1) + powers[:, 4:].max(1)) * 2 / FRAME_SAMPLES if len(powers) else np.zeros(0)
    return bool((two >= _MAYBE_EXPLAINED * energies).any())


def find_keys(samples: bytes) -> list[tuple[float, str]]:
    """Every key in a recording (line audio) with the second at which it was certain; to prove that there is none."""
    detector = ToneDetector()
    found = []
    for at, frame in enumerate(frames_of(samples)):
        key, _ = detector.hear(frame)
        if key:
            found.append(((at + 1) * FRAME_SAMPLES / LINE_RATE, key))
    return found


def _pair(window: NDArray[np.float64]) -> str:
    """The key whose two tones explain this window of 160 samples, or ''."""
    energy = float(window @ window)
    if energy < _QUIETEST * FRAME_SAMPLES:
        return ""
    powers = ((window @ _WAVES_REAL) ** 2 + (window @ _WAVES_IMAGINARY) ** 2).reshape(8, len(_OFFSETS))
    strengths = powers.max(axis=1)
    low, high = int(strengths[:4].argmax()), 4 + int(strengths[4:].argmax())
    if not 1 / _TWIST < strengths[low] / strengths[high] < _TWIST:
        return ""
    # Two short tones are not quite orthogonal: fit both at once.
    places = _TONES[low][powers[low].argmax()], _TONES[high][powers[high].argmax()]
    angles = 2 * np.pi * np.outer(_TIMES, places)
    basis, _ = np.linalg.qr(np.concatenate((np.cos(angles), np.sin(angles)), axis=1))
    if float(np.sum((window @ basis) ** 2)) < _EXPLAINED * energy:
        return ""
    return _PAD[low][high - 4]
