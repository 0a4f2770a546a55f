"""WAV files: any of them read as line audio, line audio written with one side or both."""

import struct
import wave
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import soxr

from bot.audio.frame import LINE_RATE
from bot.audio.mulaw import from_mulaw
from bot.errors import ContentError

_EXTENSIBLE = 0xFFFE
_LOWEST_RATE, _HIGHEST_RATE = 2_000, 400_000
"""Hertz. A file that says 1 Hz would become 8000 times its size."""

Floats = npt.NDArray[np.float64]


def read_wav(path: Path) -> bytes:
    """A WAV file as line audio (8 kHz, 16 bit, mono).

    Any rate and number of channels (they are averaged); integers of 8 to 32 bit, floats, A-law and µ-law.
    Raises ContentError when the file cannot be read.
    """
    try:
        samples, rate = decoded(path.read_bytes())
    except (OSError, ValueError, struct.error) as error:
        reason = f"{path}：不是能读的 WAV 文件（{error}）。请另存为 PCM 格式的 WAV。"
        raise ContentError("wav_unreadable", reason) from error
    return line_audio(samples, rate)


def line_audio(samples: Floats, rate: int) -> bytes:
    """Mono samples of -1 to 1 at any rate as line audio."""
    if rate != LINE_RATE and len(samples):
        samples = soxr.resample(samples, rate, LINE_RATE)
    return np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes()


def write_wav(file: Path | BinaryIO, samples: bytes, right: bytes | None = None) -> None:
    """Write line audio as mono, or as stereo with the caller left and the bot right; the shorter side is filled."""
    if right is not None:
        longer = max(len(samples), len(right))
        sides = (np.frombuffer(side.ljust(longer, b"\0"), "<i2") for side in (samples, right))
        samples = np.stack(tuple(sides), axis=1).tobytes()
    with wave.open(str(file) if isinstance(file, Path) else file, "wb") as written:
        written.setnchannels(1 if right is None else 2)
        written.setsampwidth(2)
        written.setframerate(LINE_RATE)
        written.writeframes(samples)


def decoded(file: bytes) -> tuple[Floats, int]:
    """Samples, mono, -1 to 1, and their rate. The standard library's reader knows integers only."""
    if file[:4] != b"RIFF" or file[8:12] != b"WAVE":
        raise ValueError("没有 RIFF/WAVE 文件头")
    kind = channels = rate = width = 0
    data: bytes | None = None
    at = 12
    while at + 8 <= len(file) and data is None:
        name, size = file[at : at + 4], struct.unpack_from("<I", file, at + 4)[0]
        chunk = file[at + 8 : at + 8 + size]
        if name == b"fmt ":
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
            width = bits // 8
            if kind == _EXTENSIBLE:
                kind = struct.unpack_from("<H", chunk, 24)[0]
        elif name == b"data":
            data = chunk  # shorter than it says where a recorder was cut off: what is there is read
        at += 8 + size + size % 2
    if data is None or not channels or not width:
        raise ValueError("缺少 fmt 或 data 部分")
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise ValueError(f"采样率 {rate} Hz 不是声音的")
    whole = len(data) // (width * channels) * width * channels
    samples = _numbers(data[:whole], kind, width)
    return samples.reshape(-1, channels).mean(axis=1), rate


def _numbers(data: bytes, kind: int, width: int) -> Floats:
    """Samples of one encoding (1 integer, 3 float, 6 A-law, 7 µ-law) as -1 to 1."""
    match kind, width:
        case 1, 1:
            numbers = np.frombuffer(data, np.uint8) / 128 - 1
        case 1, 2 | 4:
            numbers = np.frombuffer(data, f"<i{width}") / 2 ** (8 * width - 1)
        case 1, 3:
            high = np.zeros((len(data) // 3, 4), np.uint8)
            high[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
            numbers = high.view("<i4")[:, 0] / 2**31
        case 3, 4 | 8:
            numbers = np.clip(np.nan_to_num(np.frombuffer(data, f"<f{width}").astype(np.float64)), -1, 1)
        case 6, 1:
            numbers = from_alaw(np.frombuffer(data, np.uint8))
        case 7, 1:
            numbers = from_mulaw(np.frombuffer(data, np.uint8)) / 2**15
        case _:
            raise ValueError(f"不认识的编码 {kind}，{width * 8} 位")
    return numbers


def from_alaw(coded: npt.NDArray[np.uint8]) -> Floats:
    """The samples, -1 to 1, that codes of ITU-T G.711 A-law stand for."""
    bits = coded ^ 0x55
    exponent = (bits >> 4 & 7).astype(np.int32)
    step = (bits & 0x0F).astype(np.int32) << 4
    size = np.where(exponent == 0, step + 8, step + 0x108 << np.maximum(exponent - 1, 0))
    return np.where(bits & 0x80, size, -size) / 2**15
