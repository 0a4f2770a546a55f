"""Where scripted calls are played."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from bot.app import Hotline
from bot.clock import run_in_audio_time
from bot.qa.script import Script
from bot.qa.transcript import Transcript
from bot.settings import Settings
from bot.stage import Stage

Play = Callable[[list[Script]], list[Transcript]]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Rasa, actions and a store of its own."""
    folder = tmp_path_factory.mktemp("stage")
    with asyncio.Runner() as runner:
        opened = Stage(Settings(run_dir=folder))
        runner.run(opened.open())
        yield opened
        runner.run(opened.close())


@pytest.fixture
def play(stage: Stage) -> Play:
    """Plays scripts, one after the other, in audio time."""

    async def calls(scripts: list[Script]) -> list[Transcript]:
        async with Hotline(stage.settings) as hotline:
            return [await stage.play(hotline, script) for script in scripts]

    return lambda scripts: run_in_audio_time(calls(scripts))
