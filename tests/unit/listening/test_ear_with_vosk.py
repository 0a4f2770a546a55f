"""A caller's voice (espeak-ng) through the real detector and the real recogniser, in audio time."""

import subprocess

import numpy
import pytest
import soxr

from bot.audio.frame import SILENCE, Frame, frames_of
from bot.clock import run_in_audio_time
from bot.events import PartialHeard, SilenceLasted, SpeechStarted, Utterance
from bot.listening.base import Question
from bot.listening.ear import Ear
from bot.listening.vosk_recognizer import VoskModel
from tests.conftest import ROOT


def spoken(text: str) -> bytes:
    """Line audio of an espeak-ng voice."""
    wave = subprocess.run(
        ["espeak-ng", "-v", "cmn-latn-pinyin", "--stdout", text], capture_output=True, check=True
    ).stdout
    samples = numpy.frombuffer(wave[44:], "<i2").astype(numpy.float32)
    return soxr.resample(samples, 22050, 8000).clip(-32768, 32767).astype("<i2").tobytes()


def seconds_of_silence(seconds: float) -> bytes:
    return bytes(int(seconds * 16000))


@pytest.fixture(scope="module")
def model():
    model = VoskModel(ROOT / "models" / "zh-12329")
    yield model
    model.close()


def hear(model: VoskModel, question: Question, sound: bytes) -> list:
    async def call():
        ear = Ear(model.recognizer())
        ear.attend(question)
        return [event for frame in frames_of(sound) for event in await ear.hear(Frame(frame), SILENCE)]

    return run_in_audio_time(call())


def test_a_question_is_heard_word_by_word_and_then_whole(model):
    sound = seconds_of_silence(0.5) + spoken("公积金贷款利率是多少") + seconds_of_silence(1)
    events = hear(model, Question(), sound)
    assert isinstance(events[0], SpeechStarted)
    partials = [event.text for event in events if isinstance(event, PartialHeard)]
    assert partials[0].startswith("公积金")
    utterance = events[-1]
    assert isinstance(utterance, Utterance)
    assert utterance.text == "公积金贷款利率是多少"
    assert utterance.waited_seconds == pytest.approx(0.6)
    assert 0.2 < utterance.words[0].start_seconds < 1


def test_the_second_turn_counts_its_words_from_the_call_not_from_the_turn(model):
    turn = seconds_of_silence(0.5) + spoken("公积金贷款利率是多少") + seconds_of_silence(1)
    utterances = [e for e in hear(model, Question(), turn + turn) if isinstance(e, Utterance)]
    assert [u.text for u in utterances] == ["公积金贷款利率是多少"] * 2
    first, second = (u.words[0].start_seconds for u in utterances)
    assert second - first == pytest.approx(len(turn) / 16000, abs=0.2)


def test_silence_is_told_once_the_caller_has_said_nothing_for_long_enough(model):
    assert hear(model, Question(no_input_seconds=3), seconds_of_silence(5)) == [SilenceLasted(3)]
