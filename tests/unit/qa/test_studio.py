"""Sentences to read, and what is kept of those who read them."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bot.audio.wav import read_wav
from bot.errors import ContentError
from bot.qa.recorded.collection import HARMLESS, Collection, opened
from bot.qa.recorded.correcting import Refused
from bot.qa.recorded.state import State
from bot.qa.recorded.studio import Sentence, Studio, sentences_of
from bot.qa.recordings import played
from tests.audio.corpus import espeak, pcm

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def voice() -> bytes:
    return pcm(espeak("公积金怎么提取", "f2"))


@pytest.fixture
def studio(tmp_path: Path):
    with opened(tmp_path) as collection:
        yield Studio(
            collection, [Sentence("公积金怎么提取", "withdraw_cases"), Sentence("账号八一零零七一零八一七三七")]
        )


def test_a_sentence_a_line_with_an_intent_if_known(tmp_path: Path):
    (tmp_path / "句子.txt").write_text("# 提取\n公积金怎么提取\twithdraw_cases\n\n星期六上班吗\n", "utf-8-sig")
    assert sentences_of(tmp_path / "句子.txt") == [
        Sentence("公积金怎么提取", "withdraw_cases"),
        Sentence("星期六上班吗"),
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("# 空\n".encode(), "没有句子"),
        ("好\n\t意图\n".encode(), ":2：制表符前面"),
        ("你好\n".encode("gbk"), ":1：是 GBK"),
    ],
)
def test_what_is_wrong_with_the_sentences_is_told(tmp_path: Path, written: bytes, told: str):
    (tmp_path / "句子.txt").write_bytes(written)
    with pytest.raises(ContentError, match=told):
        sentences_of(tmp_path / "句子.txt")


def test_what_is_read_can_be_played_with_its_group_and_its_day_of_consent(studio: Studio, tmp_path: Path, voice: bytes):
    speaker = studio.admit(TODAY, gender="女", age="60 岁以上", region="四川", device="耳机")
    assert studio.keep(speaker, 0, voice) == "" and studio.keep(speaker, 1, voice) == ""
    first, second = Collection(tmp_path).recordings
    assert (first.text, first.intent, first.state) == ("公积金怎么提取", "withdraw_cases", State.CHECKED)
    assert first.more == {"同意": "2026-11-28"} and second.numbers == HARMLESS
    assert played(tmp_path)[0].groups == {
        "speaker": "说话人001",
        "gender": "女",
        "age": "60 岁以上",
        "region": "四川",
        "device": "耳机",
    }


def test_a_second_try_takes_the_place_of_the_first(studio: Studio, tmp_path: Path, voice: bytes):
    speaker = studio.admit(TODAY)
    studio.keep(speaker, 0, voice)
    studio.keep(speaker, 0, voice + bytes(1600))
    [only] = Collection(tmp_path).recordings
    assert read_wav(tmp_path / only.file) == voice + bytes(1600) and studio.done(speaker) == [0]


def test_silence_is_not_kept_and_too_loud_or_too_soft_is_told(studio: Studio, tmp_path: Path, voice: bytes):
    speaker = studio.admit(TODAY)
    with pytest.raises(Refused, match="没有听到说话"):
        studio.keep(speaker, 0, bytes(32000))
    assert not Collection(tmp_path).recordings
    samples = np.frombuffer(voice, "<i2").astype(np.float64)
    assert "太大" in studio.keep(speaker, 0, np.clip(samples * 30, -32768, 32767).astype("<i2").tobytes())
    assert "太轻" in studio.keep(speaker, 0, (samples / 16).astype("<i2").tobytes())


def test_who_does_not_agree_any_more_leaves_nothing(studio: Studio, tmp_path: Path, voice: bytes):
    one, other = studio.admit(TODAY), studio.admit(TODAY)
    studio.keep(one, 0, voice)
    studio.keep(other, 0, voice)
    studio.forget(one)
    assert [row.speaker for row in Collection(tmp_path).recordings] == ["说话人002"]
    assert [path.parent.name for path in tmp_path.rglob("*.wav")] == ["录制002"] and not studio.knows(one)


def test_a_number_is_no_group(studio: Studio):
    with pytest.raises(Refused, match="号码"):
        studio.admit(TODAY, region="13912345678")
