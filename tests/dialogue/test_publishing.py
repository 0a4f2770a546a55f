"""A new model reaches callers: tried first, taken over between calls, and back; on a real Rasa and the tiny project."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bot.dialogue.base import Say, Signal
from bot.dialogue.processes import ROOT
from bot.dialogue.rasa_client import RasaClient, RasaDialogue
from bot.errors import DialogueError
from bot.publishing import ServedModel, Trial, hand_over, try_model
from bot.training import train
from tests.support.ports import free_port
from tests.support.rasa_server import RasaServer

TINY = Path(__file__).parent / "tiny_project"
MODELS = ROOT / "var" / "tests" / "tiny-rasa"
RATE = "利率是百分之二点六。"

QUESTIONS = """\
questions:
- {say: "利率是多少？", leaf: ask_rate}
- {say: "帮我转人工", leaf: ask_person}
"""
DIALOGUES = """\
version: "3.1"
stories:
- story: 问利率
  steps:
  - {user: "现在的利率是多少", intent: ask_rate}
  - {action: utter_rate}
- story: 问好以后问利率
  steps:
  - {user: "早上好", intent: greet}
  - {action: utter_greet}
  - {user: "公积金贷款利率", intent: ask_rate}
  - {action: utter_rate}
"""


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny project after an editor's work: whoever asks for the rate is greeted instead."""
    project = tmp_path_factory.mktemp("edited") / "project"
    shutil.copytree(TINY, project, ignore=shutil.ignore_patterns(".rasa", "__pycache__"))
    story = project / "stories" / "all.yml"
    story.write_text(story.read_text().replace("{action: utter_rate}", "{action: utter_greet}"))
    (project / "tests" / "dialogue").mkdir(parents=True)
    (project / "tests" / "dialogue" / "questions_116.yml").write_text(QUESTIONS)
    (project / "tests" / "dialogue" / "test_rate.yml").write_text(DIALOGUES)
    return project


@pytest.fixture(scope="module")
def before() -> Path:
    return train(TINY, MODELS)


@pytest.fixture(scope="module")
def after(edited: Path) -> Path:
    return train(edited, MODELS)


@pytest.fixture
def server(tmp_path: Path, before: Path) -> Iterator[RasaServer]:
    """A Rasa of its own, started as the service starts it: with the link."""
    running = RasaServer(TINY, ServedModel(tmp_path).begin_with(before), "tiny_actions", tmp_path)
    running.start()
    yield running
    running.stop()


async def call(client: RasaClient) -> RasaDialogue:
    dialogue = await client.open(str(uuid4()), "phone")
    await dialogue.notify(Signal("call_started", {"channel": "phone"}))
    return dialogue


async def answer(dialogue: RasaDialogue) -> str:
    said = (await dialogue.hear("利率是多少"))[0]
    assert isinstance(said, Say)
    return said.text


@pytest.mark.rasa
async def test_new_calls_get_the_new_model_unless_it_is_broken_and_a_call_going_on_keeps_its_own(
    server: RasaServer, before: Path, after: Path, tmp_path: Path
) -> None:
    client = RasaClient(server.url, longest_answer_seconds=20.0)
    old = await call(client)
    assert await answer(old) == RATE
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no model")
    with pytest.raises(DialogueError) as refused:
        await asyncio.to_thread(hand_over, broken, server.url)
    assert refused.value.code == "model_refused"
    assert await answer(old) == RATE

    taking = asyncio.create_task(asyncio.to_thread(hand_over, after, server.url))
    turns = 0
    while not taking.done():  # the caller talks on while the new model is loaded
        assert await answer(old) == RATE
        turns += 1
    assert await taking and turns > 0
    new = await call(client)
    assert (await answer(old), await answer(new)) == (RATE, "你好。")
    assert await client.health() == {"status": "ok", "model": after.name, "models": 2, "calls": 2}
    await old.close()
    assert await client.health() == {"status": "ok", "model": after.name, "models": 1, "calls": 1}

    served = ServedModel(tmp_path)
    served.point_to(after)
    server.kill("rasa")
    server.start_rasa()
    assert (await client.health())["model"] == after.name  # what was published outlives a crash
    assert served.before == before
    assert hand_over(served.before, server.url)
    served.point_to(served.before)
    assert await answer(await call(client)) == RATE
    assert (served.now, served.before) == (before, after)
    await client.close()


def test_without_a_running_service_the_model_waits_for_the_next_start(tmp_path: Path) -> None:
    model = tmp_path / "model.tar.gz"
    model.write_bytes(b"")
    assert not hand_over(model, f"http://127.0.0.1:{free_port()}")


@pytest.mark.rasa
def test_a_model_is_tried_with_questions_and_dialogues(edited: Path, before: Path, after: Path) -> None:
    good = try_model(before, edited)
    assert good.passed and (good.questions, good.dialogues, good.share) == (2, 2, 1.0)
    questions = edited / "tests" / "dialogue" / "questions_116.yml"
    questions.write_text(QUESTIONS.replace("leaf: ask_person", "leaf: ask_rate"))
    bad = try_model(after, edited)
    questions.write_text(QUESTIONS)
    assert not bad.passed and bad.share == 0.5
    assert bad.missed == ["“帮我转人工”应到 ask_rate，到了 ask_person"]
    assert [told.split("，却是")[0] for told in bad.failed] == [
        "test_rate.yml“问利率”：应是 utter_rate",
        "test_rate.yml“问好以后问利率”：应是 utter_rate",
    ]
    assert all("却是 utter_greet" in told for told in bad.failed)


def test_questions_missed_or_a_dialogue_gone_wrong_each_keep_a_model_from_callers() -> None:
    assert Trial(2, [], 2, []).passed
    assert not Trial(2, ["“帮我转人工”应到 ask_rate，到了 ask_person"], 2, []).passed
    assert not Trial(2, [], 2, ["test_rate.yml“问利率”：应是 utter_rate，却是 utter_greet"]).passed


def test_the_links_follow_what_was_published(tmp_path: Path) -> None:
    first, second = tmp_path / "1.tar.gz", tmp_path / "2.tar.gz"
    for model in (first, second):
        model.write_bytes(b"")
    served = ServedModel(tmp_path / "var")
    assert served.now is None and served.before is None
    assert served.begin_with(first).resolve() == first
    assert served.begin_with(first) and served.before is None  # started again: nothing was published
    served.point_to(second)
    assert (served.now, served.before) == (second, first)
    first.unlink()
    assert served.before is None
