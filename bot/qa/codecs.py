"""What codecs leave of a voice, 20 ms at a time: there and back through the telephone network's own programs.

GSM 06.10 and AMR-NB are Debian's libraries libgsm1 and libopencore-amrnb0 (they come with sox and ffmpeg), which keep
a state for each direction; G.711 has none.
"""

import ctypes
from collections.abc import Callable

import numpy as np

from bot.audio.frame import FRAME_SAMPLES
from bot.audio.mulaw import over_the_telephone
from bot.audio.wav import from_alaw
from bot.errors import ContentError
from bot.qa.conditions import AMR_KILOBITS

ThereAndBack = Callable[[bytes], bytes]
"""One frame of line audio → the same frame after encoding and decoding."""


def g711_mu(samples: bytes) -> bytes:
    """ITU-T G.711 µ-law."""
    return over_the_telephone(samples)


_ALAW = np.sort(np.unique((from_alaw(np.arange(256, dtype=np.uint8)) * 32768).astype(np.int32)))
_ALAW_EDGES = (_ALAW[1:] + _ALAW[:-1]) / 2


def g711_a(samples: bytes) -> bytes:
    """ITU-T G.711 A-law: each sample becomes the nearest of its 256 levels."""
    levels = _ALAW[np.searchsorted(_ALAW_EDGES, np.frombuffer(samples, "<i2"))]
    return levels.astype("<i2").tobytes()


def gsm() -> ThereAndBack:
    """GSM 06.10 full rate, 13 kbit/s. Raises ContentError where its library is missing."""
    library = _library("libgsm.so.1", "libgsm1")
    library.gsm_create.restype = ctypes.c_void_p
    coder, decoder = (ctypes.c_void_p(library.gsm_create()) for _ in range(2))

    def carry(samples: bytes) -> bytes:
        coded, out = ctypes.create_string_buffer(33), ctypes.create_string_buffer(2 * FRAME_SAMPLES)
        library.gsm_encode(coder, ctypes.create_string_buffer(samples, 2 * FRAME_SAMPLES), coded)
        library.gsm_decode(decoder, coded, out)
        return out.raw

    return carry


def amr(kilobits: float) -> ThereAndBack:
    """AMR narrow band at one of its eight rates. Raises ContentError where its library is missing."""
    library = _library("libopencore-amrnb.so.0", "libopencore-amrnb0")
    library.Encoder_Interface_init.restype = library.Decoder_Interface_init.restype = ctypes.c_void_p
    coder = ctypes.c_void_p(library.Encoder_Interface_init(0))
    decoder = ctypes.c_void_p(library.Decoder_Interface_init())
    mode = AMR_KILOBITS.index(kilobits)

    def carry(samples: bytes) -> bytes:
        coded, out = ctypes.create_string_buffer(64), ctypes.create_string_buffer(2 * FRAME_SAMPLES)
        frame = ctypes.create_string_buffer(samples, 2 * FRAME_SAMPLES)
        library.Encoder_Interface_Encode(coder, mode, frame, coded, 0)
        library.Decoder_Interface_Decode(decoder, coded, out, 0)
        return out.raw

    return carry


def _library(name: str, package: str) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(name)
    except OSError as wrong:
        raise ContentError("codec_missing", f"这台机器上没有 {name}，请安装 Debian 软件包 {package}。") from wrong
