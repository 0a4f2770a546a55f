"""Every script of tests/calls through the real stack, in audio time: as expected, the same every time."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.app import Hotline
from bot.clock import run_in_audio_time
from bot.qa.script import Expectation, Script, load_script
from bot.qa.transcript import Transcript
from bot.settings import Settings
from bot.stage import Stage
from tests.conftest import ROOT

SCRIPTS = sorted((ROOT / "tests" / "calls").glob("*.yml"))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Rasa, actions and a store of its own."""
    folder = tmp_path_factory.mktemp("stage")
    with asyncio.Runner() as runner:
        opened = Stage(Settings(run_dir=folder))
        runner.run(opened.open())
        yield opened
        runner.run(opened.close())


def play(stage: Stage, scripts: list[Script]) -> list[Transcript]:
    async def calls() -> list[Transcript]:
        async with Hotline(stage.settings) as hotline:
            return [await stage.play(hotline, script) for script in scripts]

    return run_in_audio_time(calls())


def without_timings(found: Any) -> Any:
    """The same JSON without the facts that are times."""
    if isinstance(found, dict):
        return {name: without_timings(value) for name, value in found.items() if not name.endswith("_seconds")}
    return [without_timings(value) for value in found] if isinstance(found, list) else found


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_call_comes_out_as_its_script_says(stage: Stage, path):
    (transcript,) = play(stage, [load_script(path)])
    assert not transcript.failures, transcript.as_text()


def test_the_same_script_gives_the_same_call(stage: Stage):
    script = load_script(ROOT / "tests" / "calls" / "问利率.yml")
    calls = play(stage, [script] * 3)
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
def test_altering_any_expectation_makes_a_passing_script_fail(stage: Stage, name: str):
    script = load_script(ROOT / "tests" / "calls" / f"{name}.yml")
    wrong = []
    for at, step in enumerate(script.steps):
        for expectation in step.expect:
            others = tuple(altered(each) if each is expectation else each for each in step.expect)
            steps = (*script.steps[:at], replace(step, expect=others), *script.steps[at + 1 :])
            wrong.append(replace(script, steps=steps))
    for expectation in script.expect:
        wrong.append(replace(script, expect=tuple(altered(e) if e is expectation else e for e in script.expect)))
    assert len(wrong) >= 3
    assert [bool(call.failures) for call in play(stage, wrong)] == [True] * len(wrong)
