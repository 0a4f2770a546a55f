"""ITU-T G.711 µ-law: how the telephone network carries a voice, and what it leaves of it."""

import numpy as np
import numpy.typing as npt

_BIAS = 0x84
_LOUDEST = 0x7FFF - _BIAS


def to_mulaw(samples: bytes) -> npt.NDArray[np.uint8]:
    """Line audio (16 bit) as 8-bit codes."""
    signed = np.frombuffer(samples, "<i2").astype(np.int32)
    size = np.minimum(np.abs(signed), _LOUDEST) + _BIAS
    exponent = np.floor(np.log2(size)).astype(np.int32) - 7
    mantissa = size >> (exponent + 3) & 0x0F
    sign = np.where(signed < 0, 0x80, 0)
    coded: npt.NDArray[np.uint8] = (~(sign | exponent << 4 | mantissa) & 0xFF).astype(np.uint8)
    return coded


def from_mulaw(coded: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """The 16-bit samples that the codes stand for."""
    bits = ~coded
    size = (((bits & 0x0F).astype(np.int32) << 3) + _BIAS << (bits >> 4 & 7).astype(np.int32)) - _BIAS
    return np.where(bits & 0x80, -size, size)


def over_the_telephone(samples: bytes) -> bytes:
    """Line audio as it arrives at the other end."""
    return from_mulaw(to_mulaw(samples)).astype("<i2").tobytes()
