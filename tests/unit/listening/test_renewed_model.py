"""make words while callers are on the line: who is in a call hears with the old model, the next caller with the new."""

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.listening.renewed_model import RenewedModel
from bot.listening.vosk_recognizer import VoskModel
from tests.audio.corpus import espeak, pcm
from tests.conftest import ROOT

SAID = "公积金贷款利率是多少"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "models" / "zh-12329", tmp_path / "model"))


def rename_word(folder: Path, old: str, new: str) -> None:
    """A new graph, as speech/graph.py puts it in place: the same sounds are another word now."""
    words = folder / "graph" / "words.txt"
    fresh = words.with_name(".words.txt.new")
    fresh.write_text(words.read_text().replace(f"\n{old} ", f"\n{new} "))
    fresh.rename(words)


async def heard(model: VoskModel, grammar: tuple[str, ...] = ()) -> str:
    recognizer = model.recognizer()
    await recognizer.begin(grammar)
    await recognizer.accept(bytes(4800) + pcm(espeak(SAID)) + bytes(4800))
    text = (await recognizer.finish()).text
    recognizer.close()
    return text


async def settled(models: RenewedModel, before: VoskModel) -> int:
    """Wait until the new model is there; how often the loop came round meanwhile."""
    turns = 0
    async with asyncio.timeout(60):
        while models.newest is before:
            await asyncio.sleep(0.01)
            turns += 1
    return turns


async def test_a_call_keeps_its_model_and_the_next_ones_get_the_new_graph(folder: Path):
    models = RenewedModel(folder, 1)
    first = models.take()
    assert "利率" in await heard(first)
    rename_word(folder, "利率", "丽绿")
    second = models.take()
    assert second is first  # not kept waiting
    assert await settled(models, first) > 2  # the loop went on while the model was loaded
    third = models.take()
    assert "丽绿" in await heard(third)
    assert "利率" in await heard(first) and "利率" in await heard(second, ("利率", "人工"))
    assert models.loaded == 2
    await models.give_back(first)
    assert models.loaded == 2
    await models.give_back(second)
    assert models.loaded == 1
    assert models.take() is third
    await models.close()


async def test_a_broken_graph_is_not_taken_and_its_repair_is(folder: Path, caplog: pytest.LogCaptureFixture):
    models = RenewedModel(folder, 1)
    good = (folder / "graph" / "Gr.fst").read_bytes()
    (folder / "graph" / "Gr.fst").unlink()
    (folder / "graph" / "words.txt").write_bytes(b"\xff\xff")
    first = models.take()
    async with asyncio.timeout(60):
        while "没有采用" not in caplog.text:
            await asyncio.sleep(0.01)
    assert models.take() is first
    (folder / "graph" / "Gr.fst").write_bytes(good)
    shutil.copy(ROOT / "models" / "zh-12329" / "graph" / "words.txt", folder / "graph" / "words.txt")
    models.take()
    await settled(models, first)
    assert SAID in await heard(models.newest)
    await models.close()


async def test_a_graph_that_is_still_being_written_is_looked_at_again(folder: Path):
    models = RenewedModel(folder, 1)
    first = models.take()
    rename_word(folder, "利率", "丽绿")
    models.take()
    await asyncio.sleep(0)  # the loading has begun
    rename_word(folder, "公积金贷款", "公积金戴宽")
    async with asyncio.timeout(60):
        while models.newest is first:
            await asyncio.sleep(0.2)
            models.take()
    assert await heard(models.newest) == "公积金戴宽丽绿是多少"
    await models.close()
