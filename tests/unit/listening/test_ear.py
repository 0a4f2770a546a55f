"""The ear's rules, with the real voice detector and a recogniser that says what the script tells it."""

import weakref

import pytest

from bot.audio.frame import SILENCE, Frame, frames_of
from bot.clock import run_in_audio_time
from bot.errors import RecognitionError
from bot.events import PartialHeard, SilenceLasted, SpeechStarted, Utterance
from bot.listening.base import Question, Recognition
from bot.listening.ear import Ear
from bot.listening.vad import Vad
from tests.audio.corpus import espeak, pcm


class ScriptedRecognizer:
    """Hears a certain text from a certain moment of the turn on."""

    def __init__(self, *script: tuple[float, str]) -> None:
        self.script = script
        self.turns: list[tuple[tuple[str, ...], float]] = []
        self.on_accept = lambda: None
        self._grammar: tuple[str, ...] = ()
        self._seconds = 0.0

    async def begin(self, grammar):
        self._grammar, self._seconds = grammar, 0.0

    async def accept(self, samples):
        self._seconds += len(samples) / 16000
        self.on_accept()
        return self._text()

    async def finish(self):
        self.turns.append((self._grammar, self._seconds))
        return Recognition(self._text(), (), 0.9)

    def close(self):
        pass

    def _text(self):
        return next((text for since, text in reversed(self.script) if self._seconds >= since), "")


class ReticentRecognizer(ScriptedRecognizer):
    """Tells nothing while the turn goes on: a longer word might follow."""

    async def accept(self, samples):
        await super().accept(samples)
        return ""


VOICE = pcm(espeak("公积金怎么提取"))
VOICED_SECONDS = len(VOICE) / 16000


def pause(seconds: float) -> bytes:
    return bytes(round(seconds * 50) * 320)


async def hear(ear: Ear, sound: bytes, missing: bool = False) -> list:
    return [event for frame in frames_of(sound) for event in await ear.hear(Frame(frame, missing), SILENCE)]


def kinds(events: list) -> list[type]:
    return [type(event) for event in events]


def a_call(recognizer: ScriptedRecognizer, *steps, question: Question | None = None) -> list:
    """Run steps (sound, or a function of the ear) and collect what the ear tells."""

    async def call():
        ear = Ear(recognizer)
        ear.attend(question or Question())
        events = []
        for step in steps:
            if callable(step):
                step(ear)
            else:
                events += await hear(ear, step)
        return events

    return run_in_audio_time(call())


def test_a_turn_is_told_as_it_grows():
    recognizer = ScriptedRecognizer((0.5, "公积金"), (1.2, "公积金提取"))
    events = a_call(recognizer, pause(1), VOICE, pause(1))
    assert kinds(events) == [SpeechStarted, PartialHeard, PartialHeard, Utterance]
    assert events[-1].text == "公积金提取"
    assert events[0].at_seconds == pytest.approx(1.0, abs=0.2)
    assert events[-1].ended_seconds == pytest.approx(1 + VOICED_SECONDS, abs=0.4)


def test_the_sound_before_the_voice_was_noticed_is_decoded_too():
    recognizer = ScriptedRecognizer((0, "好"))
    a_call(recognizer, pause(1), VOICE, pause(1))
    ((_, decoded_seconds),) = recognizer.turns
    assert decoded_seconds > VOICED_SECONDS + 0.2


def test_a_whole_answer_ends_the_turn_sooner():
    question = Question(grammar=("是的",), end_of_turn_seconds=0.6, whole_answer_seconds=0.3)
    whole = a_call(ScriptedRecognizer((0.3, "是的")), VOICE, pause(1), question=question)[-1]
    part = a_call(ScriptedRecognizer((0.3, "是的我")), VOICE, pause(1), question=question)[-1]
    assert whole.waited_seconds == pytest.approx(0.3)
    assert part.waited_seconds == pytest.approx(0.6)


def test_a_hesitation_is_waited_for():
    events = a_call(ScriptedRecognizer((0.3, "我想那个")), VOICE, pause(2))
    assert events[-1].waited_seconds == pytest.approx(1.2)


YES_NO = Question(answers=("不", "不是"), end_of_turn_seconds=0.7, begun_answer_seconds=0.5, whole_answer_seconds=0.4)
WORD = pcm(espeak("不是")).rstrip(b"\0")
WORD += bytes(-len(WORD) % 320)


def test_a_whole_answer_that_is_not_told_while_the_turn_goes_on_ends_it_sooner_too():
    answered = a_call(ReticentRecognizer((0.3, "不是")), pause(1), WORD, pause(1), question=YES_NO)[-1]
    assert (answered.text, answered.waited_seconds) == ("不是", pytest.approx(0.4))
    other = a_call(ReticentRecognizer((0.3, "父母")), pause(1), WORD, pause(1), question=YES_NO)[-1]
    assert (other.text, other.waited_seconds) == ("父母", pytest.approx(0.7))


def test_a_whole_answer_that_another_one_begins_with_is_waited_for_a_little_longer():
    answered = a_call(ReticentRecognizer((0.3, "不")), pause(1), WORD, pause(1), question=YES_NO)[-1]
    assert (answered.text, answered.waited_seconds) == ("不", pytest.approx(0.5))


def test_a_caller_who_goes_on_after_a_whole_answer_is_heard_from_the_beginning():
    recognizer = ReticentRecognizer((0.3, "不"), (1.5, "不是这个"))
    events = a_call(recognizer, pause(1), WORD, pause(0.2), VOICE, pause(1), question=YES_NO)
    assert [event.text for event in events if isinstance(event, Utterance)] == ["不是这个"]
    _, decoded_seconds = recognizer.turns[-1]
    assert decoded_seconds > (len(WORD) + len(VOICE)) / 16000


def test_where_nothing_is_a_whole_answer_and_nobody_is_interrupted_a_pause_costs_nothing():
    recognizer = ReticentRecognizer((0.3, "不"))
    a_call(recognizer, pause(1), WORD, pause(1))
    assert len(recognizer.turns) == 1


def test_a_long_turn_is_not_heard_twice():
    recognizer = ReticentRecognizer((0.3, "不"))
    events = a_call(recognizer, pause(1), VOICE, VOICE, pause(1), question=YES_NO)
    assert events[-1].waited_seconds == pytest.approx(0.7)
    assert len(recognizer.turns) == 1


def test_a_short_word_over_a_prompt_is_told_soon_after_its_end():
    recognizer = ReticentRecognizer((0.3, "余额"))
    events = a_call(recognizer, lambda ear: ear.prompt_started("您好"), pause(1), WORD, pause(1))
    told = [event for event in events if isinstance(event, PartialHeard)]
    assert [event.text for event in told] == ["余额"]
    assert told[0].at_seconds == pytest.approx(events[-1].ended_seconds + 0.14, abs=0.03)


def test_nothing_is_heard_and_nothing_kept_while_the_ear_is_closed():
    recognizer = ScriptedRecognizer((0, "密码"))
    events = a_call(
        recognizer,
        pause(0.5),
        lambda ear: setattr(ear, "deaf", True),
        VOICE,
        lambda ear: setattr(ear, "deaf", False),
        pause(2),
    )
    assert events == []
    assert recognizer.turns == []


def test_a_closed_ear_holds_no_voice_detector_even_while_something_holds_the_ear():
    """Its 9 MB are not Python's: forty calls that wait to be tidied up held 380 MB."""
    detector = Vad()
    gone = weakref.ref(detector)
    ear = Ear(ScriptedRecognizer(), detector)
    del detector
    ear.close()
    assert gone() is None


def test_closing_the_ear_while_it_decodes_swallows_what_was_being_decoded():
    recognizer = ScriptedRecognizer((0, "密码"))

    async def call():
        ear = Ear(recognizer)
        recognizer.on_accept = lambda: setattr(ear, "deaf", True)
        return await hear(ear, pause(0.5) + VOICE + pause(2))

    assert kinds(run_in_audio_time(call())) == [SpeechStarted]


def test_a_new_question_in_the_middle_of_a_turn_hears_the_whole_turn_again():
    recognizer = ScriptedRecognizer((0, "是的"))
    half = VOICE[: len(VOICE) // 640 * 320]
    yes_no = Question(grammar=("是的", "不是"))
    events = a_call(recognizer, pause(1), half, lambda ear: ear.attend(yes_no), VOICE[len(half) :], pause(1))
    assert isinstance(events[-1], Utterance)
    ((grammar, seconds),) = recognizer.turns
    assert grammar == yes_no.grammar
    assert seconds > VOICED_SECONDS


def test_silence_counts_from_the_end_of_the_prompt():
    question = Question(no_input_seconds=2)
    recognizer = ScriptedRecognizer()
    during = [lambda ear: ear.prompt_started("您好"), pause(5)]
    assert a_call(recognizer, *during, question=question) == []
    after = [*during, lambda ear: ear.prompt_ended(), pause(2.5)]
    assert a_call(recognizer, *after, question=question) == [SilenceLasted(2)]


def test_frames_that_never_came_are_no_silence():
    async def call():
        ear = Ear(ScriptedRecognizer())
        ear.attend(Question(no_input_seconds=1))
        return await hear(ear, pause(5), missing=True)

    assert run_in_audio_time(call()) == []


def test_in_the_first_moment_of_a_prompt_nothing_interrupts():
    async def call(guard_seconds):
        ear = Ear(ScriptedRecognizer((0.9, "我要")), guard_seconds=guard_seconds)
        events = await hear(ear, pause(1) + VOICE[: 320 * 25])
        ear.prompt_started("您好")
        return events + await hear(ear, VOICE[320 * 25 : 320 * 60])

    assert PartialHeard not in kinds(run_in_audio_time(call(guard_seconds=5)))
    assert PartialHeard in kinds(run_in_audio_time(call(guard_seconds=0)))


def test_a_noise_over_a_prompt_is_nobodys_answer():
    recognizer = ScriptedRecognizer()
    events = a_call(recognizer, lambda ear: ear.prompt_started("您好"), pause(1), VOICE[: 320 * 20], pause(1))
    assert kinds(events) == [SpeechStarted]
    events = a_call(recognizer, pause(1), VOICE, pause(1))
    assert [e.text for e in events if isinstance(e, Utterance)] == [""]


def test_a_long_voice_over_a_prompt_is_told_even_without_words():
    events = a_call(ScriptedRecognizer(), lambda ear: ear.prompt_started("您好"), pause(1), VOICE, pause(1))
    told = [event for event in events if isinstance(event, PartialHeard)]
    assert [event.text for event in told] == [""]
    assert told[0].voiced_seconds == pytest.approx(0.7, abs=0.1)


def test_after_a_failure_of_the_recogniser_the_next_turn_is_heard():
    recognizer = ScriptedRecognizer((0, "好的"))

    def fail():
        recognizer.on_accept = lambda: None
        raise RecognitionError("recogniser_failed", "once")

    async def call():
        ear = Ear(recognizer)
        recognizer.on_accept = fail
        with pytest.raises(RecognitionError):
            await hear(ear, pause(1) + VOICE)
        return await hear(ear, pause(1) + VOICE + pause(1))

    assert [event.text for event in run_in_audio_time(call()) if isinstance(event, Utterance)] == ["好的"]


def test_frames_that_wait_are_decoded_in_larger_pieces():
    async def call(behind):
        recognizer = ScriptedRecognizer((0, "好"))
        pieces = []
        recognizer.on_accept = lambda: pieces.append(1)
        ear = Ear(recognizer)
        for frame in frames_of(pause(1) + VOICE + pause(1)):
            await ear.hear(Frame(frame), SILENCE, behind)
        return len(pieces)

    assert run_in_audio_time(call(behind=20)) < run_in_audio_time(call(behind=0)) / 2
