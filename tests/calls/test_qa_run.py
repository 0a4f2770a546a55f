"""The QA tool at work: scripts and recordings through the real stack, and a report without a secret in it."""

import json
import wave
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from bot.audio.loudness import levelled
from bot.audio.wav import write_wav
from bot.clock import run_in_audio_time
from bot.commands.qa_run import cases_of, make_calls, write_reports
from bot.errors import ContentError
from bot.qa import results
from bot.qa.conditions import condition_of
from bot.qa.recordings import played
from bot.qa.results import CallResult
from bot.stage import Stage
from tests.audio.corpus import espeak, pcm

PIN, PIN_SPOKEN, ACCOUNT = "286913", "二八六九一三", "810071081737"
SCRIPT = f"""
名称: 登录以后把密码念出来，打断，再问一句
日期: 2026-11-24
步骤:
- 说: 查一下我的公积金余额
- 按键: "{ACCOUNT}#"
- 按键: "{PIN}"
  预期: {{密码: ok}}
- 说: 我的密码是{PIN_SPOKEN}
- 说: 公积金贷款利率是多少
  预期: {{意图: rate_first_second}}
- 打断: {{几秒后: 3, 说: 不用念了}}
  预期: {{被打断: 是}}
"""


def voice(text: str) -> bytes:
    return levelled(pcm(espeak(text, "f2")))


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A script, and three recordings: a question, one with a pause in it, and one of another business."""
    folder = tmp_path_factory.mktemp("material")
    (folder / "登录.yml").write_text(SCRIPT, "utf-8")
    write_wav(folder / "a.wav", voice("公积金贷款利率是多少"))
    write_wav(folder / "b.wav", voice("公积金贷款利率") + bytes(16000 * 2) + voice("是多少呢现在"))
    write_wav(folder / "c.wav", voice("星期六上班吗"))
    rows = [
        ("文件", "文字", "意图", "说话人", "地区"),
        ("a.wav", "公积金贷款利率是多少", "rate_first_second", "甲", "四川"),
        ("b.wav", "公积金贷款利率是多少呢现在", "", "乙", "四川"),
        ("c.wav", "星期六上班吗", "goodbye", "丙", "山东"),
    ]
    (folder / "清单.tsv").write_text("\n".join("\t".join(row) for row in rows), "utf-8")
    return folder


@pytest.fixture(scope="module")
def run(stage: Stage, material: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[CallResult]]:
    """All of them clean, the first recording over a mobile phone beside a street as well."""
    out = tmp_path_factory.mktemp("run")
    on_the_street = (condition_of("gsm", noise=False), condition_of("street:20", noise=True))
    calls = played(material)
    cases = cases_of(calls, [(None, None)], 1) + cases_of(calls[1:2], [on_the_street], 1)

    found = run_in_audio_time(make_calls(stage, list(enumerate(cases, 1)), out))
    write_reports(out, found, False, None)
    return out, found


def of(found: list[CallResult], item: str, condition: str = "clean") -> CallResult:
    return next(call for call in found if call.item == item and call.condition == condition)


def test_each_is_played_under_its_condition_and_heard(run):
    _, found = run
    assert len(found) == 5 and {call.condition for call in found} == {"clean", "gsm+street:20"}
    assert of(found, "a.wav").passed and of(found, "登录.yml").passed, of(found, "登录.yml").failures
    question = of(found, "a.wav").turns[1]
    assert question.errors == 0 and question.intent == question.intent_of_words == "rate_first_second"
    assert question.wait_ms and question.recogniser_ms and question.answer_ms[0] >= question.wait_ms[0]
    assert sum(turn.characters for turn in of(found, "a.wav", "gsm+street:20").turns) == 10


def test_a_wrong_intent_fails_the_recording_with_the_tables_line(run):
    call = of(run[1], "c.wav")
    assert not call.passed and "清单.tsv:4：" in call.failures[0] and call.turns[1].wanted_intent == "goodbye"


def test_a_caller_who_pauses_and_is_answered_too_early_was_cut_off(run):
    assert of(run[1], "b.wav").turns[1].cut_off and not of(run[1], "a.wav").turns[1].cut_off


def test_an_interruption_that_worked_is_neither_missed_nor_false(run):
    turn = of(run[1], "登录.yml").turns[-1]
    assert turn.missed_interruption is False and turn.false_interruptions == 0


def test_no_file_of_the_run_holds_a_password_or_an_account(run):
    out, _ = run
    texts = [path.read_text("utf-8") for path in out.iterdir() if path.is_file()]
    assert len(texts) == 4
    for text in texts:
        assert not [secret for secret in (PIN, PIN_SPOKEN, ACCOUNT, ACCOUNT[:8]) if secret in text]


def test_turns_can_be_listened_to_but_those_with_a_password(run):
    out, found = run
    account, keyed, aloud, question = of(found, "登录.yml").turns[2:6]
    assert (keyed.audio, aloud.audio) == ("", "") and question.audio
    with wave.open(str(out / question.audio)) as file:
        sides = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert np.abs(sides).max(axis=0).min() > 1000  # both of them speak in it
    assert len(question.waveform[0]) == len(question.waveform[1]) > 100


def test_the_run_is_kept_for_people_for_servers_and_for_the_next_comparison(run):
    out, found = run
    assert len(results.read(out)) == 5
    figures = json.loads((out / "summary.json").read_text("utf-8"))
    assert figures["by"]["region"].keys() == {"四川", "山东"}
    assert ElementTree.parse(out / "junit.xml").getroot().get("tests") == "5"
    page = (out / "index.html").read_text("utf-8")
    assert page.count("<details") == 5 and "http" not in page


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("文件\n a.wav\n", "清单.tsv:1：第一行要写列名"),
        ("文件\t文字\nnone.wav\t你好\n", "清单.tsv:2：找不到录音"),
        ("文件\t文字\na.wav\t\n", "清单.tsv:2：没有写"),
    ],
)
def test_a_mistake_in_the_table_is_told_with_its_line(tmp_path: Path, table: str, told: str):
    write_wav(tmp_path / "a.wav", bytes(16000))
    (tmp_path / "清单.tsv").write_text(table, "utf-8")
    with pytest.raises(ContentError, match=told):
        played(tmp_path)
