"""One loudness for all that the bot says, whether recorded or synthesised."""

import numpy as np
import numpy.typing as npt

from bot.audio.frame import FRAME_SAMPLES

TARGET_DBFS = -20.0
"""Active speech level. Common for telephone prompts: leaves 15 dB and more for the peaks of speech."""

_PAUSE_DB = 25.0
"""Frames so far below the loudest one are pauses and do not count."""

_KNEE = 0.7
"""Of full scale: louder peaks are bent, not clipped."""

Floats = npt.NDArray[np.float64]


def active_level(samples: bytes) -> float:
    """Level in dBFS of the part of line audio in which somebody speaks; -inf for silence."""
    return _active(np.frombuffer(samples, "<i2") / 32768)


def levelled(samples: bytes, gain_db: float = 0.0) -> bytes:
    """Line audio at TARGET_DBFS plus `gain_db`, peaks limited. Silence stays silence."""
    heard = np.frombuffer(samples, "<i2") / 32768
    level = _active(heard)
    if level == -np.inf:
        return samples
    scaled = heard * 10 ** ((TARGET_DBFS + gain_db - level) / 20)
    size = np.abs(scaled)
    bent = _KNEE + (1 - _KNEE) * np.tanh((size - _KNEE) / (1 - _KNEE))
    limited = np.sign(scaled) * np.where(size > _KNEE, bent, size)
    return np.round(limited * 32767).astype("<i2").tobytes()


def trimmed(samples: bytes, keep_seconds: float = 0.06, rate: int = 8000) -> bytes:
    """Line audio without the silence around it, but for `keep_seconds` at each end."""
    loud = np.flatnonzero(np.abs(np.frombuffer(samples, "<i2").astype(np.int32)) > 100)
    if not len(loud):
        return b""
    keep = int(keep_seconds * rate)
    return samples[max(0, loud[0] - keep) * 2 : (loud[-1] + 1 + keep) * 2]


def _active(samples: Floats) -> float:
    """Root mean square of the frames that are speech, in dBFS."""
    whole = np.append(samples, np.zeros(-len(samples) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES)
    energy = np.square(whole).mean(axis=1) if len(whole) else np.zeros(1)
    if not energy.max():
        return -np.inf
    return float(10 * np.log10(energy[energy > energy.max() * 10 ** (-_PAUSE_DB / 10)].mean()))
