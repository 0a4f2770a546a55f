"""What keeps the service from starting is told in a Chinese sentence with a way to mend it, never by a stack trace."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.service import RunningService

CHINESE = re.compile("[一-鿿]{4,}")


@pytest.fixture
def stopped(tmp_path: Path) -> RunningService:
    """A service's settings, nothing started."""
    return RunningService(tmp_path)


def fails(stopped: RunningService, command: str, root: Path = ROOT, **settings: str) -> str:
    """What it prints before it ends with exit code 1."""
    process = subprocess.run(
        [sys.executable, "-m", "bot", command],
        cwd=root,
        env=os.environ | stopped.environment | settings,
        capture_output=True,
        text=True,
        errors="replace",  # a damaged model is quoted by its engine
        timeout=120,
        check=False,
    )
    told = process.stdout + process.stderr
    assert process.returncode == 1, told
    assert "Traceback" not in told and CHINESE.search(told), told
    return told


@pytest.fixture
def taken() -> Iterator[str]:
    """A port that another program has."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield str(other.getsockname()[1])


PORTS = {
    "browser phone": "HOTLINE_WEB__PORT",
    "AudioSocket": "HOTLINE_AUDIOSOCKET__PORT",
    "announcements": "HOTLINE_AUDIOSOCKET__EXCHANGE_PORT",
}


@pytest.mark.parametrize("setting", PORTS.values(), ids=PORTS)
def test_a_taken_port_is_told_before_anything_starts(stopped: RunningService, taken: str, setting: str):
    told = fails(stopped, "run", **{setting: taken})
    assert f"127.0.0.1:{taken}" in told and "占用" in told and "换一个端口" in told
    assert "正在启动" not in told


@pytest.mark.parametrize("setting", list(PORTS.values())[:2], ids=list(PORTS)[:2])
def test_a_port_taken_from_the_bot_alone_is_told_too(stopped: RunningService, taken: str, setting: str):
    told = fails(stopped, "serve", **{setting: taken})
    assert f"127.0.0.1:{taken}" in told and "占用" in told


def copy_of_model(folder: Path) -> Path:
    shutil.copytree(ROOT / "models" / "zh-12329", folder)
    return folder


def missing(model: Path) -> None:
    (model / "graph" / "words.txt").unlink()


def cut_off(model: Path) -> None:
    os.truncate(model / "am" / "final.mdl", 1_000_000)


def graph_cut_off(model: Path) -> None:
    os.truncate(model / "graph" / "HCLr.fst", 1000)


def words_garbled(model: Path) -> None:
    (model / "graph" / "words.txt").write_bytes(os.urandom(4000))


@pytest.mark.parametrize("damage", [missing, cut_off, graph_cut_off, words_garbled])
def test_a_damaged_recogniser_model_is_named(stopped: RunningService, tmp_path: Path, damage):
    model = copy_of_model(tmp_path / "model")
    damage(model)
    told = fails(stopped, "serve", HOTLINE_LISTENING__MODEL=str(model))
    assert "语音识别模型" in told and str(model) in told


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A copy of this installation whose voices may be changed."""
    copy = tmp_path / "installation"
    copy.mkdir()
    for name in ("bot", "voices"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("content", "models", "actions", "domain.yml"):
        (copy / name).symlink_to(ROOT / name)
    return copy


@pytest.mark.parametrize("voice", ["cmn", "cmn-latn-klingon"])
def test_a_voice_that_does_not_speak_mandarin_is_refused(stopped: RunningService, installation: Path, voice: str):
    voices = installation / "voices" / "voices.yml"
    text = voices.read_text("utf-8")
    assert "cmn-latn-pinyin" in text
    voices.write_text(re.sub(r"cmn-latn-pinyin\S*", voice, text), "utf-8")
    told = fails(stopped, "serve", installation)
    assert "voice_wrong" in told and voice in told and "voices.yml" in told


def test_make_run_ends_with_the_reason_when_the_bot_cannot_start(stopped: RunningService, tmp_path: Path):
    model = copy_of_model(tmp_path / "model")
    cut_off(model)
    told = fails(stopped, "run", HOTLINE_LISTENING__MODEL=str(model))
    assert "bot 启动失败" in told and str(model) in told
    assert "热线已开通" not in told


def test_wrong_settings_are_named_and_their_values_are_not_shown(stopped: RunningService):
    told = fails(stopped, "serve", HOTLINE_MODE="prod", HOTLINE_WEB__PORT="eighty", HOTLINE_PRETEND_NOW="tomorrow")
    assert all(name in told for name in ("mode", "web.port", "pretend_now", "hotline.toml"))
    assert "eighty" not in told


@pytest.mark.parametrize("url", ["oracle://me:geheim@there", "postgresql://me:geheim@127.0.0.1:1/none"])
def test_a_database_that_cannot_be_used_is_named_without_its_password(stopped: RunningService, url: str):
    told = fails(stopped, "serve", HOTLINE_DATABASE_URL=url)
    assert "database_url" in told and "geheim" not in told
