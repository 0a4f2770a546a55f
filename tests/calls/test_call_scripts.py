"""Every script of tests/calls through the real stack, in audio time: as expected, the same every time."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.qa.script import Expectation, load_script
from bot.qa.words import EXPECTED
from tests.calls.conftest import Play
from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "tests" / "calls").glob("*.yml"))
NAMES = {english: chinese for chinese, english in EXPECTED.items()}
LADDERS_AND_LINES = sorted((ROOT / "tests" / "calls").glob("[线阶]*/*.yml"))


def without_timings(found: Any) -> Any:
    """The same JSON without the facts that are times."""
    if isinstance(found, dict):
        return {name: without_timings(value) for name, value in found.items() if not name.endswith("_seconds")}
    return [without_timings(value) for value in found] if isinstance(found, list) else found


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_call_comes_out_as_its_script_says(play: Play, path):
    (transcript,) = play([load_script(path)])
    assert not transcript.failures, transcript.as_text()


@pytest.mark.long
@pytest.mark.parametrize("path", LADDERS_AND_LINES, ids=lambda path: path.stem)
def test_every_ladder_and_every_line_comes_out_as_its_script_says(play: Play, path):
    (transcript,) = play([load_script(path)])
    assert not transcript.failures, transcript.as_text()


def test_there_are_sixty_scripts_and_more():
    assert len(SCRIPTS) + len(LADDERS_AND_LINES) >= 60


def test_the_same_script_gives_the_same_call(play: Play):
    script = load_script(ROOT / "tests" / "calls" / "问利率.yml")
    calls = play([script] * 3)
    first, *others = (json.dumps(without_timings(call.as_json()), ensure_ascii=False) for call in calls)
    assert all(other == first for other in others)


def altered(expectation: Expectation) -> Expectation:
    """The same expectation, wrong."""
    wrong = {
        str: lambda value: value + "错",
        list: lambda value: [*value, "从来没有说过的话"],
        bool: lambda value: not value,
        int: lambda value: value + 7,
        dict: lambda value: {name: 99 for name in value},
    }
    value = expectation.value
    if expectation.what == "not_said":
        value = "您"
        return replace(expectation, value=value)
    return replace(expectation, value=wrong[type(value)](value))


@pytest.mark.parametrize("name", ["问利率", "按键查余额", "下班后要人工", "密码不对"])
def test_altering_any_expectation_makes_a_passing_script_fail(play: Play, name: str):
    """All are altered in one call: each must be told, by its line and by what it was."""
    script = load_script(ROOT / "tests" / "calls" / f"{name}.yml")
    steps = [replace(step, expect=tuple(map(altered, step.expect))) for step in script.steps]
    (call,) = play([replace(script, steps=tuple(steps), expect=tuple(map(altered, script.expect)))])
    expected = [each for step in script.steps for each in step.expect] + list(script.expect)
    assert len(expected) >= 3
    assert sorted(told.split(" 为 ")[0] for told in call.failures) == sorted(
        f"{script.path}:{each.line}：预期 {NAMES[each.what]}" for each in expected
    )
