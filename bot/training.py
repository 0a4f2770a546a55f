"""Trains Rasa's model when what it learns from has changed, and only then.

What counts: nlu/, stories/, config.yml with the dictionaries and the parts of our own that it names, the list of Rasa's
packages, and domain.yml without the texts of its responses, which are read live (actions/wording.py).
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.dialogue.processes import ROOT, rasa_command, rasa_environment
from bot.errors import ContentError
from bot.yaml_file import BrokenYaml, compose, value_of

MODELS = ROOT / "models" / "rasa"
KEPT_MODELS = 3
STARTED = re.compile(r"Starting to train component '(\w+)'")


def train(project: Path = ROOT, models: Path = MODELS, say: Callable[[str], None] = print) -> Path:
    """The model for the project as it is now, trained if there is none yet. Raises ContentError if Rasa refuses it.

    Two trainings at once wait for each other; the second finds the first one's model.
    """
    models.mkdir(parents=True, exist_ok=True)
    with _alone(models / ".lock"):
        model = models / f"{fingerprint(project)}.tar.gz"
        if model.is_file():
            model.touch()
            return model
        for broken_off in models.glob("tmp*/"):
            shutil.rmtree(broken_off)
        say("对话内容有变化，开始训练 Rasa 模型（约几分钟）……")
        with tempfile.TemporaryDirectory(dir=models) as fresh:
            _run_rasa(project, Path(fresh), say)
            trained = Path(fresh) / "new.tar.gz"
            if not trained.is_file():
                raise ContentError("training", "Rasa 没有生成模型，请先运行 make check 查看内容问题")
            os.replace(trained, model)
        _drop_old(models)
        say(f"训练完成：{model.name}")
        return model


def current_model(project: Path = ROOT, models: Path = MODELS) -> Path | None:
    """The trained model that fits the project as it is now, None if it must be trained."""
    model = models / f"{fingerprint(project)}.tar.gz"
    return model if model.is_file() else None


def fingerprint(project: Path = ROOT) -> str:
    """Sixteen hexadecimal digits that change when training is needed."""
    digest = hashlib.sha256()
    for path in _learnt_from(project):
        digest.update(f"{path.relative_to(project)}\0".encode())
        digest.update(path.read_bytes() + b"\0")
    for part in _own_parts(project):
        digest.update(part.read_bytes() + b"\0")
    digest.update(json.dumps(_domain_without_texts(project / "domain.yml"), sort_keys=True, default=str).encode())
    lock = ROOT / "deploy" / "locks" / "rasa.txt"
    digest.update(lock.read_bytes() if lock.is_file() else b"")
    return digest.hexdigest()[:16]


def main(arguments: list[str]) -> int:
    """`python -m bot train`."""
    try:
        train()
    except ContentError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _learnt_from(project: Path) -> list[Path]:
    dictionaries = [project / part["dictionary_path"] for part in _pipeline(project) if "dictionary_path" in part]
    folders = [project / "nlu", project / "stories", *dictionaries]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [project / "config.yml", *files]


def _own_parts(project: Path) -> list[Path]:
    names = [str(part.get("name")) for part in _pipeline(project)]
    return [ROOT / f"{name.rpartition('.')[0].replace('.', '/')}.py" for name in names if name.startswith("bot.")]


def _pipeline(project: Path) -> list[dict[str, Any]]:
    return _load(project / "config.yml").get("pipeline") or []


def _domain_without_texts(path: Path) -> dict[str, Any]:
    domain = _load(path)
    return {**domain, "responses": sorted(domain.get("responses") or {})}


def _load(path: Path) -> dict[str, Any]:
    try:
        node = compose(path.read_bytes())
        loaded = value_of(node) if node else {}
    except (OSError, BrokenYaml) as wrong:
        raise ContentError("training", f"读不了 {path.name}，请运行 make check 查看原因（{wrong}）") from wrong
    return loaded if isinstance(loaded, dict) else {}


def _run_rasa(project: Path, out: Path, say: Callable[[str], None]) -> None:
    command = rasa_command("train", "--data", "nlu", "stories", "--domain", "domain.yml", "--config", "config.yml")
    command += ["--out", str(out.resolve()), "--fixed-model-name", "new"]
    command += ["--skip-validation"]  # `bot check` runs the same validator, and hears its warnings, too
    surroundings = {**os.environ, **rasa_environment(), "OMP_NUM_THREADS": "2"}  # serving keeps to one
    last_lines: deque[str] = deque(maxlen=15)
    with subprocess.Popen(
        command, cwd=project, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    ) as rasa:
        assert rasa.stdout is not None
        for line in _progress(rasa.stdout, say):
            last_lines.append(line)
    if rasa.returncode != 0:
        raise ContentError(
            "training", "Rasa 训练失败，请先运行 make check。Rasa 的最后几行：\n" + "\n".join(last_lines)
        )


def _progress(output: Any, say: Callable[[str], None]) -> Iterator[str]:
    """Tell what is being trained; pass on the lines that are neither that nor progress bars."""
    for line in output:  # universal newlines: a progress bar's \\r ends a line, too
        if begun := STARTED.search(line):
            say(f"  正在训练 {begun[1]}")
        elif line.strip() and "it/s" not in line:
            yield line.rstrip()


def _drop_old(models: Path) -> None:
    trained = sorted(models.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime)
    for model in trained[:-KEPT_MODELS]:
        model.unlink()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
