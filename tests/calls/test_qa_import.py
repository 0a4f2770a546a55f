"""A centre's own recordings become material: whole calls and single sentences in, and through the real stack."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.audio.dtmf import find_keys
from bot.audio.sound_file import read_sides
from bot.audio.wav import read_wav
from bot.clock import run_in_audio_time
from bot.commands import qa_import
from bot.commands.qa_run import cases_of, make_calls
from bot.errors import ContentError
from bot.qa.recorded.collection import Collection, opened
from bot.qa.recorded.numbers_said import MARK
from bot.qa.recorded.state import State
from bot.qa.recordings import played
from bot.stage import Stage
from tests.audio.corpus import Samples, espeak

AGENT, CALLER = "m3", "f2"
TALK = [
    ("您好这里是公积金热线请问有什么可以帮您", "公积金贷款利率是多少"),
    ("请说一下您的账号", "我的账号是八一零零七一零八一七三七"),
    ("请输入密码", ""),
    ("好的请稍等", "星期六上班吗"),
]
PIN = "286913"
NAMES = ("20261012-13912345678-张三.mp3", "坐席李四_13900001111.wav", "第三通.gsm")
LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477)


def keys(digits: str) -> Samples:
    """What pressing them sounds like."""
    pieces = []
    for digit in digits:
        row, column = divmod("123456789*0#".index(digit), 3)
        times = np.arange(800) / 8000
        pieces.append(0.2 * (np.sin(2 * np.pi * LOW[row] * times) + np.sin(2 * np.pi * HIGH[column] * times)))
        pieces.append(np.zeros(800))
    return np.concatenate(pieces).astype(np.float32)


def sides() -> tuple[Samples, Samples]:
    """One call: what the agent says, and what the caller says and presses."""
    agent, caller = [], []
    for asked, answered in TALK:
        question, answer = espeak(asked, AGENT), espeak(answered, CALLER) if answered else keys(PIN)
        pause = np.zeros(8000, np.float32)
        agent += [question, pause, np.zeros_like(answer), pause]
        caller += [np.zeros_like(question), pause, answer, pause]
    return np.concatenate(agent), np.concatenate(caller)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A stereo MP3 at 16 kHz, a mixed GSM WAV of its first question, and a file that is none."""
    source, into = tmp_path_factory.mktemp("张三的录音"), tmp_path_factory.mktemp("import") / "材料"
    agent, caller = sides()
    both = np.stack((agent, caller), axis=1)
    soundfile.write(source / NAMES[0], np.repeat(both, 2, axis=0), 16000)
    mixed = (agent + caller)[: len(espeak(TALK[0][0], AGENT)) + 8000 + len(espeak(TALK[0][1], CALLER))]
    soundfile.write(source / NAMES[1], mixed, 8000, subtype="GSM610")
    (source / NAMES[2]).write_bytes(b"")
    (source / "说明.txt").write_text("不是录音", "utf-8")
    return into, qa_import.main([str(source), "--into", str(into), "--device", "手机"])


def of_the_stereo_call(folder: Path) -> list:
    return [one for one in Collection(folder).recordings if one.speaker]


def test_each_turn_of_the_caller_has_a_draft_and_the_agents_have_none(imported):
    turns = of_the_stereo_call(imported[0])
    assert [one.text for one in turns] == ["公积金贷款利率是多少", f"我的账号是{MARK}", "星期六上班吗"]
    assert {(one.speaker, one.device, one.state) for one in turns} == {("说话人001", "手机", State.DRAFT)}


def test_where_a_number_is_said_is_told(imported):
    folder, _ = imported
    _, turn, _ = of_the_stereo_call(folder)
    [(begin, end)] = turn.stretches
    sound = read_wav(folder / turn.file)
    words = len(espeak("我的账号是", CALLER)) / 8000
    assert begin == pytest.approx(0.3 + words, abs=0.5) and end > len(sound) / 16000 - 0.8
    assert "请静音" in turn.notice


def test_a_mixed_call_keeps_both_and_says_that_nobody_is_told_apart(imported):
    mixed = [one for one in Collection(imported[0]).recordings if not one.speaker]
    assert len(mixed) == 2 and all("可能是坐席" in one.notice for one in mixed)


def test_no_name_number_path_or_key_of_the_original_is_left(imported):
    folder, _ = imported
    everything = b"".join(str(path).encode() + path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for secret in ("张三", "李四", "13912345678", "13900001111", "八一零零七一零八一七三七", "20261012", PIN, "坐席李"):
        assert secret.encode() not in everything
    assert not [key for path in folder.rglob("*.wav") for key in find_keys(read_wav(path))]
    [agent, caller] = sides()
    assert len(find_keys((caller * 32767).astype("<i2").tobytes())) == len(PIN)  # the original does hold them


def test_what_could_not_be_read_is_told_and_the_rest_is_there(imported):
    folder, exit_code = imported
    assert exit_code == 1 and len({Path(one.file).parent for one in Collection(folder).recordings}) == 2


def test_corrected_turns_are_calls_of_a_run(imported, stage: Stage, tmp_path: Path):
    folder, _ = imported
    with opened(folder) as collection:
        first, _, last = (one for one in collection.recordings if one.speaker)
        for one, intent in ((first, "rate_first_second"), (last, "")):
            one.state, one.intent = State.CHECKED, intent
        collection.save()
    cases = cases_of(played(folder), [(None, None)], 1)
    found = run_in_audio_time(make_calls(stage, list(enumerate(cases, 1)), tmp_path))
    assert [call.item for call in found] == [first.file, last.file]
    assert found[0].passed and found[0].turns[1].intent == "rate_first_second"
    assert [call.turns[1].errors for call in found] == [0, 0]
    assert found[0].groups == {"speaker": "说话人001", "device": "手机"}


def test_single_sentences_keep_their_text_but_no_name_and_no_number(tmp_path: Path, capsys):
    for name, text in (("a", "公积金怎么提取"), ("b", "星期六上班吗"), ("c", "手机号是幺三八零零零零零零零幺")):
        soundfile.write(tmp_path / f"{name}.ogg", espeak(text, CALLER), 8000)
    table = tmp_path / "王五的录音.tsv"
    rows = [
        "文件\t文字\t说话人\t性别\t设备\t地区\t年龄段",
        "a.ogg\t公积金怎么提取\t王五\t男\t座机\t四川\t60 岁以上",
        "b.ogg\t\t赵六\t女\t手机\t山东\t30 到 40 岁",
        "c.ogg\t手机号是幺三八零零零零零零零幺\t王五\t男\t座机\t四川\t60 岁以上",
    ]
    table.write_text("\n".join(rows), "utf-16")
    assert qa_import.main([str(tmp_path), "--into", str(tmp_path / "材料")]) == 0
    first, second, third = Collection(tmp_path / "材料").recordings
    assert (first.text, first.state, first.numbers) == ("公积金怎么提取", State.CHECKED, "")
    assert (second.text, second.state) == ("星期六上班吗", State.DRAFT)
    assert (third.text, third.state) == (f"手机号是{MARK}", State.DRAFT) and third.stretches
    assert [one.speaker for one in (first, second, third)] == ["说话人001", "说话人002", "说话人001"]
    assert (first.gender, first.device, first.region, first.age) == ("男", "座机", "四川", "60 岁以上")
    assert "王五" not in (tmp_path / "材料" / "清单.tsv").read_text("utf-8")
    assert "2 段待核对" in (told := capsys.readouterr().out) and "qa correct" in told


def test_every_mistake_of_a_table_is_told_at_once_and_nothing_is_written(tmp_path: Path):
    soundfile.write(tmp_path / "a.wav", espeak("你好", CALLER), 8000)
    (tmp_path / "b.wav").write_bytes(b"RIFF")
    rows = ["文件\t文字\t地区", "没有.wav\t你好\t", "b.wav\t你好\t", "\t你好\t", "a.wav\t你好\t电话 13912345678"]
    (tmp_path / "清单.tsv").write_text("\n".join(rows), "utf-8")
    with pytest.raises(ContentError) as wrong:
        qa_import.main([str(tmp_path), "--into", str(tmp_path / "材料")])
    told = str(wrong.value).splitlines()
    assert [line.split("：")[0].rpartition(":")[2] for line in told] == ["2", "3", "4", "5"]
    assert "找不到录音" in told[0] and "读不出声音" in told[1] and "文件名" in told[2] and "号码" in told[3]
    assert not list((tmp_path / "材料").rglob("*.*"))


def test_without_a_guess_the_side_is_asked_for(tmp_path: Path, capsys):
    together = espeak("公积金贷款利率是多少", CALLER)
    other = np.roll(espeak("请问您是哪位", AGENT), 40)
    both = np.stack([np.resize(side, len(together)) for side in (together, other)], axis=1)
    (tmp_path / "calls").mkdir()
    soundfile.write(tmp_path / "calls" / "a.wav", both, 8000)
    arguments = [str(tmp_path / "calls"), "--into", str(tmp_path / "材料")]
    assert qa_import.main(arguments) == 1
    assert "--caller 左" in capsys.readouterr().err
    assert qa_import.main([*arguments, "--caller", "左"]) == 0
    assert Collection(tmp_path / "材料").recordings[0].text == "公积金贷款利率是多少"


def test_the_originals_are_never_written_to(tmp_path: Path):
    soundfile.write(tmp_path / "a.wav", np.zeros(8000), 8000)
    with pytest.raises(ContentError, match="换一个目录"):
        qa_import.main([str(tmp_path), "--into", str(tmp_path)])
    assert read_sides(tmp_path / "a.wav") and [path.name for path in tmp_path.iterdir()] == ["a.wav"]
