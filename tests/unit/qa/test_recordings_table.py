"""Tables as people save them, and files as recorders write them."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.audio.frame import LINE_RATE, seconds_of
from bot.audio.sound_file import read_sides
from bot.audio.wav import write_wav
from bot.errors import ContentError
from bot.qa.recorded.collection import HARMLESS, Collection, Recording, opened
from bot.qa.recorded.state import State
from bot.qa.recordings import played
from bot.qa.table import rows_of

ROWS = "文件\t文字\t地区\na.wav\t公积金怎么提取\t四川\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_is_read_as_excel_and_editors_save_it(tmp_path: Path, encoding: str):
    table = tmp_path / "清单.tsv"
    table.write_text(ROWS, encoding)
    assert rows_of(table) == [(2, {"file": "a.wav", "text": "公积金怎么提取", "region": "四川"})]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (("file\ttext\nb.wav\t好\n" + ROWS).encode("gbk"), r"清单.tsv:2：是 GBK 编码，读不出来。请在 Excel"),
        (b"file\ttext\n\xff\xff\xff", r"清单.tsv:2：不是 UTF-8 编码"),
        ("录音\t文字\na.wav\t好\n".encode(), r"清单.tsv:1：第一行要写列名，至少有 文件"),
        (b"", r"清单.tsv:1：第一行要写列名"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_with_its_line(tmp_path: Path, written: bytes, told: str):
    (tmp_path / "清单.tsv").write_bytes(written)
    with pytest.raises(ContentError, match=told):
        rows_of(tmp_path / "清单.tsv")


def tone(hertz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)


def pitch(side: bytes) -> float:
    """Of the strongest tone, in hertz."""
    samples = np.frombuffer(side, "<i2")
    return float(np.abs(np.fft.rfft(samples)).argmax() * LINE_RATE / len(samples))


@pytest.mark.parametrize(
    ("name", "rate", "kind"),
    [
        ("pcm.wav", 44100, {"subtype": "PCM_24"}),
        ("alaw.WAV", 8000, {"subtype": "ALAW"}),
        ("gsm.wav", 8000, {"subtype": "GSM610"}),
        ("bare.gsm", 8000, {"format": "RAW", "subtype": "GSM610"}),
        ("bare.ulaw", 8000, {"format": "RAW", "subtype": "ULAW"}),
        ("bare.sln", 8000, {"format": "RAW", "subtype": "PCM_16", "endian": "LITTLE"}),
        ("call.mp3", 16000, {}),
        ("call.ogg", 48000, {}),
        ("call.opus", 16000, {"format": "OGG", "subtype": "OPUS"}),
        ("call.flac", 11025, {}),
    ],
)
def test_what_recorders_write_becomes_line_audio(tmp_path: Path, name: str, rate: int, kind: dict):
    soundfile.write(tmp_path / name, tone(440, rate), rate, **kind)
    [side] = read_sides(tmp_path / name)
    assert seconds_of(side) == pytest.approx(1.0, abs=0.1)
    assert pitch(side) == pytest.approx(440, abs=5)


def test_the_sides_of_a_stereo_mp3_stay_apart(tmp_path: Path):
    both = np.stack((tone(440, 16000), tone(880, 16000)), axis=1)
    soundfile.write(tmp_path / "call.mp3", both, 16000)
    left, right = read_sides(tmp_path / "call.mp3")
    assert pitch(left) == pytest.approx(440, abs=5) and pitch(right) == pytest.approx(880, abs=5)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.wav", b"RIFF", "a.wav：读不出声音"),
        ("a.mp3", "不是声音".encode() * 50, "a.mp3：读不出声音"),
        ("a.amr", b"#!AMR\n", "不支持 amr 格式.*ffmpeg"),
        ("a.gsm", b"", "a.gsm：读不出声音"),
    ],
)
def test_what_cannot_be_read_is_told_by_name(tmp_path: Path, name: str, content: bytes, told: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ContentError, match=told):
        read_sides(tmp_path / name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_wav(tmp_path / "a.wav", bytes(16000))
    (tmp_path / "清单.tsv").write_text("文件\t文字\t状态\t备注\na.wav\t好\t\t我写的\n", "utf-8")
    return tmp_path


def test_what_is_saved_is_read_again_with_columns_of_ones_own(folder: Path):
    with opened(folder) as collection:
        collection.add([(Recording("单句001/0001.wav", "查余额", numbers="0.50-1.25", notice="有\t号码"), bytes(320))])
        collection.recordings[0].numbers = HARMLESS
        collection.save()
    again = Collection(folder).recordings
    assert [one.state for one in again] == [State.CHECKED, State.DRAFT]
    assert again[0].more == {"备注": "我写的"} and again[0].stretches == []
    assert again[1].stretches == [(0.5, 1.25)] and again[1].notice == "有 号码"
    assert sorted(path.name for path in folder.rglob("*")) == ["0001.wav", "a.wav", "单句001", "清单.tsv"]


def test_a_folder_is_open_in_one_window_only(folder: Path):
    with opened(folder), pytest.raises(ContentError, match="另一个窗口"), opened(folder):
        pass


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("../a.wav\t好\t\t", "清单.tsv:3：这个目录里找不到录音"),
        ("a.wav\t好\t随便\t", "清单.tsv:3：状态或号码这一列看不懂"),
    ],
)
def test_a_row_that_leads_nowhere_is_told_with_its_line(folder: Path, row: str, told: str):
    with (folder / "清单.tsv").open("a", encoding="utf-8") as table:
        table.write(row + "\n")
    write_wav(folder.parent / "a.wav", bytes(16000))
    with pytest.raises(ContentError, match=told):
        Collection(folder)


def test_only_what_a_person_has_listened_to_is_played(folder: Path):
    write_wav(folder / "b.wav", bytes(16000))
    with opened(folder) as collection:
        collection.recordings += [Recording("b.wav", "还没听"), Recording("b.wav", "坐席", state=State.UNUSED)]
        collection.save()
    assert [one.item for one in played(folder)] == ["a.wav"]
    with opened(folder) as collection:
        collection.recordings[0].state = State.UNCLEAR
        collection.save()
    with pytest.raises(ContentError, match="3 段录音都没有核对过。请先 python -m bot qa correct"):
        played(folder)
