"""Every business by speech, while something comes between: silence, noise, an answer to another question, a change of
mind, another question. At the first thing the caller is asked, and at the last. Whoever then answers is served.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.audio.frame import LINE_RATE
from bot.audio.wav import write_wav
from bot.qa.script import load_script
from bot.qa.surroundings import surroundings
from tests.calls.conftest import Play
from tests.calls.test_every_leaf import LEAVES, PERSON, UNIT, Leaf, uttered, written

pytestmark = pytest.mark.long
NOISE_SECONDS, NOISE_RMS = 1.5, 2000.0


@dataclass(frozen=True)
class Between:
    """What comes between two turns of the caller."""

    name: str
    step: dict[str, object]
    answered: tuple[str, ...] = ()
    """One of these is what the hotline says to it, wherever it comes."""

    begins_again: bool = False
    """Whether the caller starts the business anew."""


ASKED_AGAIN = ("utter_no_input_", "utter_form_no_input_", "prompt_number_find_keypad")
BETWEEN = [
    Between("silence", {"wait": 13}, ASKED_AGAIN),
    Between("lorry", {"play": "noise.wav"}, ASKED_AGAIN),
    Between("beside the point", {"say": "今天天气怎么样"}),
    Between("change of mind", {"say": "返回主菜单"}, ("utter_menu_main",), begins_again=True),
    Between("another question", {"say": "等一下贷款利率是多少"}),
]
ASKED = [
    pytest.param(leaf, place, id=f"{leaf.guide} {place + 1}")
    for leaf in LEAVES
    for place in sorted({min(1, len(leaf.said) - 1), len(leaf.said) - 1})
    if not leaf.said[place].startswith(PERSON[1])
    and not leaf.said[place].startswith(UNIT[1])  # the password's own rules
]


@pytest.mark.parametrize("between", BETWEEN, ids=lambda between: between.name)
@pytest.mark.parametrize(("leaf", "place"), ASKED)
def test_a_business_is_done_whatever_comes_between(
    play: Play, tmp_path: Path, leaf: Leaf, place: int, between: Between
):
    rest = leaf.said[place:]
    if between.begins_again:
        rest = [turn for turn in leaf.said if place <= 2 or turn not in (*PERSON, *UNIT)]
    _passing_lorry(tmp_path / "noise.wav")
    script = load_script(written(tmp_path, [*leaf.said[:place], between.step, *rest]))
    (call,) = play([script])
    assert any(name.startswith(leaf.proved_by) for name in uttered(call)), call.as_text()
    assert not between.answered or any(name.startswith(between.answered) for name in uttered(call)), call.as_text()


def _passing_lorry(path: Path) -> None:
    """A street, about as loud as a caller."""
    street = asyncio.run(surroundings("street", _nobody))[: round(NOISE_SECONDS * LINE_RATE)]
    write_wav(path, (street * NOISE_RMS).clip(-32768, 32767).astype("<i2").tobytes())


async def _nobody(text: str, voice: str) -> bytes:
    raise AssertionError("nobody speaks in a street")
