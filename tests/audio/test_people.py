"""People of the training part over a telephone: noticed, and followed to their end, by the real voice detector."""

import numpy

from bot.audio.frame import SILENCE, Frame
from bot.clock import run_in_audio_time
from bot.events import SpeechStarted, Utterance
from bot.listening.ear import Ear
from bot.listening.vad import Vad
from bot.listening.vosk_recognizer import VoskModel
from tests.audio.corpus import cleanness, pcm, people, telephone, voice_labels, white, with_noise
from tests.conftest import ROOT


def test_every_word_of_a_person_is_one_turn_that_ends_in_time(shared):
    model, vad = VoskModel(ROOT / "models" / "zh-12329"), Vad()
    clips = [clip for clip in people("dsp20-train", 48, per_speaker=2) if cleanness(clip.samples) > 38][:16]
    assert len(clips) >= 10
    late = []
    for clip in clips:
        quiet = numpy.zeros(8000, numpy.float32)
        sound = numpy.concatenate([quiet, clip.samples, quiet])
        label_end = (numpy.flatnonzero(voice_labels(sound) == 1)[-1] + 1) * 0.02
        line = pcm(telephone(with_noise(sound, white(10), 20)))

        async def call(line: bytes = line) -> list:
            vad.reset()
            ear = Ear(model.recognizer(), vad)
            return [
                e for at in range(0, len(line) - 319, 320) for e in await ear.hear(Frame(line[at : at + 320]), SILENCE)
            ]

        events = run_in_audio_time(call())
        assert [type(event) for event in events if isinstance(event, SpeechStarted | Utterance)] == [
            SpeechStarted,
            Utterance,
        ], clip.speaker
        late.append(events[-1].ended_seconds + events[-1].waited_seconds - label_end)
    assert (
        abs(float(numpy.median(late)) - 0.6) < 0.1
    )  # the question's wait, counted from the label and not from our VAD
