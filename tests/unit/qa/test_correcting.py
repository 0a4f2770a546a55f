"""What a person may do with a recording, and what is on the disk after each step."""

from pathlib import Path

import numpy as np
import pytest

from bot.audio.wav import read_wav
from bot.qa.recorded.collection import HARMLESS, SILENCED, Collection, Recording, opened
from bot.qa.recorded.correcting import Correction, Refused
from bot.qa.recorded.numbers_said import MARK
from bot.qa.recorded.state import State

SOUND = np.full(24000, 1000, "<i2").tobytes()
"""Three seconds."""


@pytest.fixture
def work(tmp_path: Path):
    with opened(tmp_path) as collection:
        rows = [
            Recording("0.wav", "查余额"),
            Recording("1.wav", f"账号{MARK}好", numbers="1.00-2.00"),
            Recording("2.wav"),
        ]
        collection.add([(row, SOUND) for row in rows])
        yield Correction(collection)


def on_disk(work: Correction, place: int) -> Recording:
    return Collection(work._collection.folder).recordings[place]


def loud_seconds(work: Correction, place: int) -> float:
    sound = read_wav(work._collection.folder / f"{place}.wav")
    return float(np.count_nonzero(np.frombuffer(sound, "<i2")) / 8000)


def test_what_is_written_and_judged_is_on_the_disk(work: Correction):
    work.write(0, " 查一下\n余额 ")
    work.judge(0, State.CHECKED)
    assert (on_disk(work, 0).text, on_disk(work, 0).state) == ("查一下 余额", State.CHECKED)


def test_a_recording_with_a_number_is_taken_only_when_it_is_silent(work: Correction):
    with pytest.raises(Refused, match="按 S 静音"):
        work.judge(1, State.CHECKED)
    work.silence(1, (1.0, 1.5))
    assert on_disk(work, 1).stretches == [(1.5, 2.0)]
    work.silence(1, (1.45, 2.05))
    assert on_disk(work, 1).numbers == SILENCED and loud_seconds(work, 1) == pytest.approx(1.95, abs=0.01)
    assert work.judge(1, State.CHECKED).state == on_disk(work, 1).state == State.CHECKED


def test_silence_can_be_undone_and_the_number_is_there_again(work: Correction):
    work.silence(1, (0.0, 3.0))
    work.judge(1, State.CHECKED)
    work.restore(1)
    assert on_disk(work, 1).stretches == [(1.0, 2.0)] and on_disk(work, 1).state == State.DRAFT
    assert loud_seconds(work, 1) == 3.0
    with pytest.raises(Refused, match="没有可以恢复的"):
        work.restore(1)


def test_a_number_that_is_typed_is_not_kept_and_has_to_be_silenced(work: Correction):
    work.judge(0, State.CHECKED)
    kept = work.write(0, "我的账号是八一零零七一零八一七三七")
    assert kept.text == on_disk(work, 0).text == f"我的账号是{MARK}"
    assert on_disk(work, 0).state == State.DRAFT and on_disk(work, 0).stretches == [(0.0, 3.0)]


def test_a_person_may_say_that_it_is_no_callers_number(work: Correction):
    work.clear(1)
    with pytest.raises(Refused, match="改成实际说的字"):
        work.judge(1, State.CHECKED)
    work.write(1, "账号八一零零七一零八一七三七好")
    work.judge(1, State.CHECKED)
    assert on_disk(work, 1).text == "账号八一零零七一零八一七三七好" and on_disk(work, 1).numbers == HARMLESS


def test_without_words_it_is_unclear_or_of_no_use(work: Correction):
    with pytest.raises(Refused, match="没有文字"):
        work.judge(2, State.CHECKED)
    work.judge(2, State.UNCLEAR)
    assert on_disk(work, 2).state == State.UNCLEAR


@pytest.mark.parametrize("stretch", [(2.0, 1.0), (5.0, 9.0), (-3.0, 0.0)])
def test_a_stretch_outside_is_refused(work: Correction, stretch: tuple[float, float]):
    with pytest.raises(Refused, match="拖出"):
        work.silence(0, stretch)
    assert loud_seconds(work, 0) == 3.0
