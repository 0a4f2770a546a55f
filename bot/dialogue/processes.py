"""How the two processes beside the bot are started. Who starts them watches over them; nothing here runs anything."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Process:
    """What to start, and where to ask whether it is up."""

    name: str
    command: list[str]
    health_url: str
    """Answers 200 as soon as the process can work."""

    cwd: Path = ROOT
    environment: dict[str, str] = field(default_factory=dict)
    """In addition to the caller's own."""


def rasa_process(model: Path, url: str, actions_url: str, endpoints: Path = ROOT / "endpoints.yml") -> Process:
    """Rasa with this model on the loopback address of `url`. Ready after some seconds."""
    address = urlsplit(url)
    command = rasa_command("run", "--model", str(model))
    command += ["--interface", address.hostname or "127.0.0.1", "--port", str(address.port)]
    command += ["--endpoints", str(endpoints), "--credentials", str(ROOT / "credentials.yml")]
    return Process("rasa", command, f"{url}/webhooks/voice/health", environment=rasa_environment(actions_url))


def rasa_command(*arguments: str) -> list[str]:
    """What to run: a command of Rasa's (`run`, `train`), or a program of ours (`….py`) that needs Rasa."""
    return [str(ROOT / ".venv-rasa" / "bin" / "python"), "-m", "bot.dialogue.rasa_start", *arguments]


def rasa_environment(actions_url: str = "") -> dict[str, str]:
    """Rasa tells nobody that it runs, and keeps to one processor and little memory: a sentence is a small sum."""
    return {
        "PYTHONPATH": str(ROOT),
        "HOTLINE_RASA__ACTIONS_URL": actions_url,
        "RASA_TELEMETRY_ENABLED": "false",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def actions_process(url: str, project: Path = ROOT, package: str = "actions") -> Process:
    """The action server and wording endpoint on the address of `url`."""
    address = urlsplit(url)
    command = [sys.executable, "-m", "actions", "--host", address.hostname or "127.0.0.1", "--port", str(address.port)]
    command += ["--project", str(project), "--package", package]
    path = os.pathsep.join(filter(None, [str(project), os.environ.get("PYTHONPATH", "")]))
    return Process("actions", command, f"{url}/health", environment={"PYTHONPATH": path})
