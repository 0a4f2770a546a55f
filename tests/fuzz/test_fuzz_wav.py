"""Recordings of any kind: whole, cut off, damaged, of sizes and rates that no recorder writes."""

import re
import struct
import tempfile
import wave
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.audio.wav import read_wav
from bot.errors import ContentError
from bot.speaking.recorded import RecordedPrompts

CHINESE = re.compile("[一-鿿]{2,}")
LONGEST_BYTES = 2_000_000
"""Of line audio from one of these files of at most a few hundred bytes, at the lowest rate."""


def wav(
    kind: int, channels: int, rate: int, bits: int, extra: bytes, data: bytes, claimed: int | None, order: bool
) -> bytes:
    """A file with these fields, whether they make sense or not."""
    form = struct.pack("<HHIIHH", kind, channels, rate, rate, 1, bits) + extra
    sound = b"data" + struct.pack("<I", len(data) if claimed is None else claimed) + data
    chunks = [b"fmt " + struct.pack("<I", len(form)) + form, sound]
    body = b"WAVE" + b"".join(chunks if order else chunks[::-1])
    return b"RIFF" + struct.pack("<I", len(body)) + body


def good() -> bytes:
    """A short whole one."""
    file = BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(2)
        written.setsampwidth(2)
        written.setframerate(16000)
        written.writeframes(bytes(range(256)))
    return file.getvalue()


def damaged(changes: list[tuple[int, int]], length: int) -> bytes:
    """The whole one with some bytes changed, cut off somewhere."""
    content = bytearray(good())
    for place, byte in changes:
        content[place % len(content)] = byte
    return bytes(content[:length])


WORDS, LONG = some.integers(0, 0xFFFF), some.integers(0, 0xFFFFFFFF)
KINDS = some.sampled_from([1, 3, 6, 7, 0xFFFE]) | WORDS
RATES = some.sampled_from([1, 2000, 8000, 11025, 44100, 192000]) | LONG
BITS = some.sampled_from([8, 16, 24, 32, 64]) | WORDS
ODD_FLOATS = some.sampled_from([struct.pack("<f", number) * 8 for number in (float("inf"), float("nan"), 3e38, -1e30)])
FILES = (
    some.binary(max_size=100)
    | some.builds(
        wav,
        kind=KINDS,
        channels=some.integers(0, 8) | WORDS,
        rate=RATES,
        bits=BITS,
        extra=some.binary(max_size=30),
        data=some.binary(max_size=300) | ODD_FLOATS,
        claimed=some.none() | LONG,
        order=some.booleans(),
    )
    | some.builds(
        damaged,
        some.lists(some.tuples(some.integers(0, 400), some.integers(0, 255)), max_size=6),
        some.integers(0, 310),
    )
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """For files that are written again and again."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@pytest.mark.filterwarnings("error")
@given(content=FILES)
def test_any_file_is_line_audio_or_refused_by_name(folder: Path, content: bytes):
    file = folder / "recording.wav"
    file.write_bytes(content)
    try:
        samples = read_wav(file)
    except ContentError as error:
        assert "recording.wav" in str(error) and CHINESE.search(str(error))
        return
    assert len(np.frombuffer(samples, "<i2")) * 2 <= LONGEST_BYTES


@given(content=FILES, words=some.binary(max_size=40) | some.text(max_size=20).map(str.encode))
def test_any_recorded_prompt_is_played_or_named_by_the_check(folder: Path, content: bytes, words: bytes):
    (folder / "utter_greeting.wav").write_bytes(content)
    (folder / "utter_greeting.txt").write_bytes(words)
    recorded = RecordedPrompts(folder)
    told = recorded.misfits({"utter_greeting": ["您好。"]})
    try:
        sound = recorded.get("utter_greeting", "您好。")
    except ContentError:
        sound = None
    if sound is None:
        assert any("utter_greeting" in wrong and CHINESE.search(wrong) for wrong in told)
