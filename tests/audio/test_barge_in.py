"""Interruptions over our own echo, with the real detector and recogniser: a small run of measure_barge_in."""

import random

import pytest

from bot.clock import run_in_audio_time
from bot.listening.ear import Ear
from bot.listening.vad import Vad
from bot.listening.vosk_recognizer import VoskModel
from tests.audio.corpus import espeak
from tests.audio.measure_barge_in import PHRASES, PROMPTS, Call, Outcome, hear
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def model():
    model = VoskModel(ROOT / "models" / "zh-12329")
    yield model
    model.close()


@pytest.fixture(scope="module")
def vad():
    return Vad()


def outcome_of(call: Call, model: VoskModel, vad: Vad) -> Outcome:
    async def main() -> Outcome:
        vad.reset()
        return await hear(call, Ear(model.recognizer(), vad))

    return run_in_audio_time(main())


@pytest.mark.parametrize("delay_ms", [20, 90, 210, 400])
def test_our_own_echo_never_interrupts(delay_ms, model, vad):
    prompt = PROMPTS[delay_ms % len(PROMPTS)]
    assert outcome_of(Call(prompt, delay_ms), model, vad) == Outcome(None, "")


@pytest.mark.parametrize(("echo_db", "delay_ms"), [(-30, 300), (-40, 40)])
def test_an_echo_so_faint_that_only_a_silent_line_lets_it_be_heard_does_not_interrupt(echo_db, delay_ms, model, vad):
    assert outcome_of(Call(PROMPTS[0], delay_ms, echo_db=echo_db, hiss_db=-90.0), model, vad) == Outcome(None, "")


@pytest.mark.parametrize("said", ["余额", "人工", "贷款"])
def test_a_word_of_two_characters_is_caught_soon_after_its_end(said, model, vad):
    call = Call(PROMPTS[1], 90, espeak(said, "f2"), said, 1.5, echo_db=-200.0)
    outcome = outcome_of(call, model, vad)
    assert outcome.interrupted_at is not None
    assert outcome.interrupted_at - outcome.second_character < 0.4


def test_callers_are_caught_over_the_echo(model, vad):
    chance = random.Random(11)
    late = []
    for said in PHRASES:
        caller = espeak(said, chance.choice(("f2", "m3", "f4")), chance.randint(40, 60))
        call = Call(chance.choice(PROMPTS), chance.randint(20, 400), caller, said, chance.uniform(1, 2.5))
        outcome = outcome_of(call, model, vad)
        assert outcome.interrupted_at is not None, said
        assert outcome.interrupted_at > call.at_seconds
        late.append(outcome.interrupted_at - outcome.second_character)
    assert sorted(late)[len(late) // 2] < 0.5
