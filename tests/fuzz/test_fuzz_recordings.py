"""Whatever lies in a folder of recordings is taken in or refused in Chinese: sound of any kind, tables of any kind."""

import re
import tempfile
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
from hypothesis import given
from hypothesis import strategies as some

from bot.audio.sound_file import read_sides
from bot.errors import ContentError
from bot.qa.recorded.collection import Collection
from bot.qa.recorded.numbers_said import Draft, hidden, hide_numbers
from bot.qa.recorded.sides import are_one
from bot.qa.recorded.turns import turns_in, voiced, without_keys

CHINESE = re.compile("[一-鿿]{2,}")
KINDS = {
    ".wav": ("WAV", "GSM610"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
    ".ogg": ("OGG", "VORBIS"),
    ".opus": ("OGG", "OPUS"),
    ".flac": ("FLAC", "PCM_16"),
    ".gsm": ("RAW", "GSM610"),
    ".ulaw": ("RAW", "ULAW"),
    ".vox": ("RAW", "VOX_ADPCM"),
}
ENDINGS = some.sampled_from(list(KINDS))


@cache
def good(ending: str) -> bytes:
    """A whole one of half a second."""
    file = BytesIO()
    noise = np.random.default_rng(1).normal(0, 0.1, 4000)
    kind, subtype = KINDS[ending]
    soundfile.write(file, noise, 8000, format=kind, subtype=subtype)
    return file.getvalue()


def damaged(ending: str, changes: list[tuple[int, int]], length: int) -> tuple[str, bytes]:
    content = bytearray(good(ending))
    for place, byte in changes:
        content[place % len(content)] = byte
    return ending, bytes(content[:length])


CHANGES = some.lists(some.tuples(some.integers(0, 2000), some.integers(0, 255)), max_size=12)
FILES = some.builds(damaged, ENDINGS, CHANGES, some.integers(0, 6000)) | some.tuples(ENDINGS, some.binary(max_size=300))


@given(FILES)
def test_any_file_is_sound_or_is_refused_by_name(file: tuple[str, bytes]):
    ending, content = file
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"通话{ending}"
        path.write_bytes(content)
        try:
            sides = read_sides(path)
        except ContentError as refused:
            assert str(path) in str(refused) and CHINESE.search(str(refused))
            return
    assert sides and all(side and len(side) % 2 == 0 for side in sides)
    side = without_keys(sides[0])[:160_000]
    for turn in turns_in(side, voiced(side)):
        assert turn in side + bytes(320)
    assert len(sides) != 2 or are_one(sides) in (True, False)


TABLES = some.binary(max_size=200) | some.builds(
    lambda rows, encoding: ("文件\t文字\t状态\t号码\n" + rows).encode(encoding, "surrogatepass"),
    some.text(max_size=80),
    some.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)


@given(TABLES)
def test_any_table_is_read_or_refused_with_its_name(content: bytes):
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "清单.tsv"
        table.write_bytes(content)
        try:
            assert Collection(Path(folder)).recordings == []  # no row can name a recording: there is none
        except ContentError as refused:
            assert str(table) in str(refused) and CHINESE.search(str(refused))


@given(some.text(alphabet="零一二三四五六七八九幺两百个我的是嗯年X0159 〔号码〕", max_size=40))
def test_no_six_digits_in_a_row_are_left_in_any_text(text: str):
    shown = hidden(text)
    assert not re.search("[零一二三四五六七八九幺两0-9]{6}", shown) and hidden(shown) == shown
    turn = Draft(text, (), 2.0)
    hide_numbers([turn])
    assert bool(turn.numbers) == (shown != text) or turn.text != shown
