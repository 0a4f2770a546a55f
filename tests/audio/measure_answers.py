"""How soon a short answer ends a turn, and who is cut off by that: python -m tests.audio.measure_answers [before|after]

In audio time, so the recogniser costs none: what is measured is the rule, not the machine. Synthetic callers answer
yes_no and menu questions over a quiet line. People of the training part read sentences that begin with 不, 是, 对, 没有
and the like, which are whole answers: as they read them, and with a pause put in behind the answer. Cut off: the turn
ended before the sentence did. "Before": without the ear's glance at what a turn would be if it ended now.
"""

import sys
from collections.abc import Iterator

import numpy

from bot.audio.frame import SILENCE, Frame
from bot.clock import run_in_audio_time
from bot.events import Utterance
from bot.listening import ear
from bot.listening.base import Question
from bot.listening.questions import load_questions
from bot.listening.vad import Vad
from bot.listening.vosk_recognizer import VoskModel
from tests.audio.corpus import (
    FRAME,
    ROOT,
    Clip,
    cleanness,
    frame_levels,
    pcm,
    people,
    telephone,
    voice_labels,
    white,
    with_noise,
)
from tests.bench.callers import HISS_DB, MENU, YES_NO, synthetic

BEGINNINGS = ("没有", "可以", "取消", "不", "是", "对", "好", "要", "错")
PAUSES_SECONDS = (0.0, 0.2, 0.3, 0.4, 0.5)
TURNS = 30
PERSONS = 30
HEARD_SECONDS = 2.5
"""So much of a sentence is read; what comes later says nothing of its beginning."""


class Listening:
    """One model and detector, turn after turn."""

    def __init__(self) -> None:
        self._model = VoskModel(ROOT / "models" / "zh-12329")
        self._vad = Vad()

    def first_turn(self, sound: bytes, question: Question) -> Utterance | None:
        """The first turn of a new call that hears this; None: nothing was one."""

        async def call() -> Utterance | None:
            self._vad.reset()
            listener = ear.Ear(self._model.recognizer(), self._vad)
            listener.attend(question)
            for at in range(0, len(sound) - 319, 320):
                for event in await listener.hear(Frame(sound[at : at + 320]), SILENCE):
                    if isinstance(event, Utterance):
                        return event
            return None

        return run_in_audio_time(call())


def beginning(text: str) -> str:
    """The whole answer that a sentence begins with; '' for none."""
    return next((answer for answer in BEGINNINGS if text.startswith(answer)), "")


def persons() -> list[Clip]:
    """Sentences of the training part that begin with a whole answer, two a speaker at most."""
    clips = people("common-voice-zh-CN-train", 4 * PERSONS, per_speaker=2, wanted=beginning)
    return [clip for clip in clips if cleanness(clip.samples) > 38][:PERSONS]


def with_pause(clip: Clip, seconds: float) -> tuple[bytes, float]:
    """Telephone sound with a pause behind the sentence's beginning, at the quietest moment where it must end by its
    share of the length; and the second of the last voiced sample."""
    labels = voice_labels(clip.samples)
    first, last = numpy.flatnonzero(labels == 1)[[0, -1]]
    share = len(beginning(clip.transcript)) / len(clip.transcript)
    about = first + round((last - first) * share)
    near = slice(max(first + 4, about - 4), about + 5)
    cut = (near.start + int(numpy.argmin(frame_levels(clip.samples)[near]))) * FRAME
    read = int(first + HEARD_SECONDS * 50)
    last = numpy.flatnonzero(labels[:read] == 1)[-1]
    lead, quiet, tail = (numpy.zeros(round(length * 8000), numpy.float32) for length in (0.5, seconds, 1.0))
    sound = numpy.concatenate((lead, clip.samples[:cut], quiet, clip.samples[cut : read * FRAME], tail))
    end = (len(lead) + len(quiet) + (last + 1) * FRAME) / 8000
    return pcm(telephone(with_noise(sound, white(10), HISS_DB))), end


def answers(listening: Listening, question: Question, words: tuple[str, ...]) -> str:
    """Seconds from the last voiced sample to the end of the turn."""
    late, right, unheard = [], 0, 0
    for speech in synthetic(words, TURNS):
        turn = listening.first_turn(speech.audio + SILENCE * 30, question)
        if turn is None:
            unheard += 1
            continue
        late.append(turn.ended_seconds + turn.waited_seconds - (speech.last_voiced_frame + 1) * 0.02)
        right += turn.text == speech.text
    p50, p95 = numpy.percentile(late, [50, 95]) * 1000
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms; {right} of {TURNS} words right, {unheard} unheard"


def cut_off(listening: Listening, question: Question, clips: list[Clip]) -> Iterator[str]:
    """How many sentences ended before their end, by the pause put in."""
    for seconds in PAUSES_SECONDS:
        cut, by_answer = 0, []
        for clip in clips:
            sound, end = with_pause(clip, seconds)
            turn = listening.first_turn(sound, question)
            if turn is not None and turn.ended_seconds + turn.waited_seconds < end:
                cut += 1
                if turn.waited_seconds < question.end_of_turn_seconds - 0.01:
                    by_answer.append(turn.text)
        yield f"pause {seconds:.1f} s: {cut} of {len(clips)} cut off, {len(by_answer)} as a whole answer {by_answer}"


def measure(names: list[str]) -> None:
    """Print everything, before or after or both."""
    listening, questions, clips = Listening(), load_questions(ROOT / "voices" / "questions.yml"), persons()
    print(f"{len(clips)} sentences of {len({clip.speaker for clip in clips})} people")
    longest = {"before": 0.0, "after": ear.LONGEST_GLANCED_SECONDS}
    for name in names:
        ear.LONGEST_GLANCED_SECONDS = longest[name]
        for question, words in (("yes_no", YES_NO), ("menu", MENU)):
            print(f"{name}, {question}: {answers(listening, questions[question], words)}", flush=True)
        for line in cut_off(listening, questions["yes_no"], clips):
            print(f"{name}, {line}", flush=True)


if __name__ == "__main__":
    measure(sys.argv[1:] or ["before", "after"])
