"""Where scripted calls are played."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from bot.app import Hotline
from bot.clock import AudioTimeLoop
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


@pytest.fixture(scope="session")
def play(stage: Stage) -> Iterator[Play]:
    """Plays scripts, one after the other, in audio time: one hotline answers them all, as a real one does."""

    async def calls(hotline: Hotline, scripts: list[Script]) -> list[Transcript]:
        return [await stage.play(hotline, script) for script in scripts]

    with asyncio.Runner(loop_factory=AudioTimeLoop) as runner:
        hotline = runner.run(Hotline(stage.settings).__aenter__())
        yield lambda scripts: runner.run(calls(hotline, scripts))
        runner.run(hotline.__aexit__())
