"""An editor saves a file while a caller is on the line: the next answer is the new one. Nothing is started again."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from bot.dialogue.base import Say, Signal
from bot.dialogue.processes import ROOT, Process
from bot.dialogue.rasa_client import RasaClient
from bot.training import train
from tests.support.rasa_server import RasaServer

EDITED = ("actions", "content", "domain.yml", "nlu", "stories", "config.yml")


class CopiedServer(RasaServer):
    """Serves a copy of the project, so that a test may edit it."""

    @property
    def _actions(self) -> Process:
        return replace(super()._actions, cwd=self.project)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    for name in EDITED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    (root / "bot").symlink_to(ROOT / "bot")
    return root


@pytest.fixture
def server(project: Path, tmp_path: Path) -> Iterator[RasaServer]:
    running = CopiedServer(project, train(), "actions", tmp_path)
    running.start()
    yield running
    running.stop()


def edit(project: Path, file: str, old: str, new: str) -> None:
    text = (project / file).read_text("utf-8")
    assert old in text, f"{file} has no {old!r}"
    (project / file).write_text(text.replace(old, new), "utf-8")


@pytest.mark.rasa
async def test_every_kind_of_text_is_spoken_as_edited_in_the_next_turn(server: RasaServer, project: Path) -> None:
    client = RasaClient(server.url, longest_answer_seconds=20.0)
    call = await client.open(str(uuid4()), "phone")

    async def said(text: str) -> str:
        return "".join(one.text for one in await call.hear(text) if isinstance(one, Say))

    await call.notify(Signal("call_started", {"channel": "phone", "date": "2026-11-24T10:00:00"}))
    assert "2.6%" in await said("公积金贷款利率是多少")
    edit(project, "content/facts.yml", "value: 2.6%", "value: 2.45%")
    answer = await said("公积金贷款利率是多少")
    assert "2.45%" in answer and "2.6%" not in answer

    edit(project, "content/policies/rates.yml", "第二套房，五年以内", "买第二套房子的，五年以内")
    assert "买第二套房子的" in await said("公积金贷款利率是多少")

    edit(project, "domain.yml", "欢迎再次拨打12329", "欢迎您下次再拨打12329")
    assert "您的来电" in (goodbye := await said("没有了谢谢")) and "欢迎您下次再拨打" in goodbye

    assert "28号" in await said("东湖管理部在哪里")
    edit(project, "content/branches.yml", "东湖区湖滨路28号", "东湖区湖滨路82号")
    assert "82号" in await said("东湖管理部在哪里")

    assert "下午1点30分" in await said("明天几点开门")
    edit(project, "content/hours.yml", '"13:30-17:00"', '"13:00-16:30"')
    changed = await said("明天几点开门")
    assert "下午1点到下午4点30分" in changed

    assert "还没有公布" in await said("二零二七年元旦放假吗")
    year = (project / "content/holidays/2026.json").read_text("utf-8").replace("2026-", "2027-")
    year = year.replace('"year": 2026', '"year": 2027').replace('"checked_on": "2027-', '"checked_on": "2026-')
    (project / "content/holidays/2027.json").write_text(year, "utf-8")
    assert "还没有公布" not in await said("二零二七年元旦放假吗")
    assert date(2027, 1, 1).isoformat() in year
    await client.close()
