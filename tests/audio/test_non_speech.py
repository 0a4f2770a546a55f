"""Nobody speaks: nothing is heard. Somebody speaks softly: it is. A small run of measure_non_speech."""

import numpy
import pytest

from bot.listening.questions import load_questions
from bot.listening.vad import Vad
from bot.listening.vosk_recognizer import VoskModel
from tests.audio.corpus import ROOT, Samples, levelled, people, telephone
from tests.audio.measure_non_speech import QUIET_DBFS, generated, hear, quiet_line


@pytest.fixture(scope="module")
def model():
    model = VoskModel(ROOT / "models" / "zh-12329")
    yield model
    model.close()


def test_no_noise_becomes_a_yes(model):
    """Noise that swells, steady noise, tones, knocks and breath: at most a word a minute was asked for."""
    asked, vad = load_questions(ROOT / "voices" / "questions.yml")["yes_no"], Vad()
    calls = list(generated(seed=3, minutes=2.5))
    assert {name for name, _ in calls} == {"noise", "steady", "tones", "knocks", "breath"}
    heard = [(name, told.text) for name, line in calls for told in hear(model, vad, asked, line) if told.text]
    assert len(heard) <= 2, heard


def test_people_who_speak_softly_are_heard(model, shared):
    asked, vad = load_questions(ROOT / "voices" / "questions.yml")["open"], Vad()
    clips = people("dsp20-train", 12, per_speaker=1)
    missed = [clip.transcript for clip in clips if not hear(model, vad, asked, quiet_line(clip.samples))]
    assert len(clips) == 12 and not missed, missed


def test_what_is_counted_as_soft_is_soft():
    loud: Samples = numpy.sin(numpy.arange(8000) / 3).astype(numpy.float32)
    assert 20 * numpy.log10(telephone(levelled(loud, QUIET_DBFS)).std()) == pytest.approx(QUIET_DBFS, abs=1)
