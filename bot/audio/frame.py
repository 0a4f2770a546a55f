"""The line's unit of sound and of time: 20 ms of telephone audio."""

from dataclasses import dataclass

LINE_RATE = 8000
"""Hertz. The whole line works at the telephone's rate; channels resample at their edge."""

FRAME_SECONDS = 0.02
FRAME_SAMPLES = 160
FRAME_BYTES = 320
SILENCE = bytes(FRAME_BYTES)


@dataclass(frozen=True, slots=True)
class Frame:
    """20 ms heard from the caller."""

    samples: bytes
    """320 bytes: 160 samples, signed 16 bit, little endian, 8 kHz, mono."""

    missing: bool = False
    """True if the channel filled a hole (lost packets, a muted caller): not the caller's silence."""


def frames_of(samples: bytes) -> list[bytes]:
    """Cut line audio into frames of 320 bytes; the last one is filled with silence."""
    cut = [samples[at : at + FRAME_BYTES] for at in range(0, len(samples), FRAME_BYTES)]
    if cut and len(cut[-1]) < FRAME_BYTES:
        cut[-1] = cut[-1].ljust(FRAME_BYTES, b"\0")
    return cut


def seconds_of(samples: bytes) -> float:
    """How long line audio lasts."""
    return len(samples) / 2 / LINE_RATE
