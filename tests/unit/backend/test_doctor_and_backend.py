"""python -m bot doctor on a centre's own system: whether it answers, and in Chinese how to mend it if not."""

import re

import pytest
from pydantic import SecretStr

from bot.backend.centre import CentreSettings
from bot.commands.doctor import EXAMINATIONS
from bot.errors import SettingsError
from bot.settings import Settings
from tests.support.centre_server import CentreServer, centre_server
from tests.support.ports import free_port

says = CentreServer.says


@pytest.fixture
def server():
    with centre_server(None) as running:
        yield running


async def finding(backend, mode="demo"):
    return await EXAMINATIONS["业务系统"](Settings(backend=backend, mode=mode))


async def test_a_system_that_answers_is_well(server):
    found = await finding(server.settings())
    assert found.good and server.url in found.told


@pytest.mark.parametrize(
    ("fault", "told", "mend"),
    [
        (CentreServer.stalls, "没有按时回答", "answer_seconds"),
        (CentreServer.dies, "连不上", "backend.url"),
        (says("<h1>It works!</h1>"), "不符合约定", "docs/backend.md"),
    ],
    ids=["stalls", "dies", "another server"],
)
async def test_what_is_wrong_is_told_with_its_mend(server, fault, told, mend):
    server.misbehaves(fault)
    found = await finding(server.settings(answer_seconds=0.3 if fault is CentreServer.stalls else 20.0))
    assert not found.good and found.serious and told in found.told and mend in found.mend


async def test_nobody_there_and_a_wrong_token_are_told(server):
    gone = await finding(CentreSettings(kind="http", url=f"http://127.0.0.1:{free_port()}"))
    assert "连不上" in gone.told
    stranger = server.settings().model_copy(update={"token": SecretStr("another")})
    found = await finding(stranger)
    assert "口令" in found.told and "token_file" in found.mend


async def test_production_without_a_system_or_without_encryption_is_told():
    found = await finding(CentreSettings(), "production")
    assert not found.good and not found.serious and "docs/backend.md" in found.mend
    with pytest.raises(SettingsError, match=re.escape("https")):
        await finding(CentreSettings(kind="http", url="http://10.0.0.5", token="t"), "production")
