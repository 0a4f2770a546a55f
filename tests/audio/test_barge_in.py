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
