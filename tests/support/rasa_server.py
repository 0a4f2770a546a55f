"""A real Rasa and a real action server on free loopback ports, for tests that need the dialogue engine."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.dialogue.processes import ROOT, Process, actions_process, rasa_process
from bot.training import MODELS, train
from tests.support.ports import free_port

STARTS_WITHIN_SECONDS = 300.0
"""Ten on a quiet machine; tests share theirs."""

LOOKS_FOR_SECONDS = 20.0


@dataclass
class RasaServer:
    """Both processes. A test may end and restart either."""

    project: Path
    model: Path
    package: str
    logs: Path
    url: str = ""
    actions_url: str = ""
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.url = self.url or f"http://127.0.0.1:{free_port()}"
        self.actions_url = self.actions_url or f"http://127.0.0.1:{free_port()}"

    def start(self) -> None:
        """Both, side by side."""
        self.start_actions(wait=False)
        self.start_rasa(wait=False)
        self._wait_for(self._actions)
        self._wait_for(self._rasa)

    def start_rasa(self, *, wait: bool = True) -> None:
        """Rasa alone."""
        self._start(self._rasa, wait)

    def start_actions(self, *, wait: bool = True) -> None:
        """The action server alone."""
        self._start(self._actions, wait)

    def kill(self, name: str) -> None:
        """End 'rasa' or 'actions' at once, as a crash would."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def pause(self, name: str) -> None:
        """Let it stall: its port still takes connections."""
        self.running[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let it go on."""
        self.running[name].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Both."""
        for name in list(self.running):
            self.kill(name)

    def log(self, name: str) -> str:
        """What the process printed."""
        return (self.logs / f"{name}.log").read_text(errors="replace")

    @property
    def _rasa(self) -> Process:
        return rasa_process(self.model, self.url, self.actions_url)

    @property
    def _actions(self) -> Process:
        return actions_process(self.actions_url, self.project, self.package)

    def _start(self, what: Process, wait: bool) -> None:
        with (self.logs / f"{what.name}.log").open("ab") as log:
            self.running[what.name] = subprocess.Popen(
                what.command, cwd=what.cwd, env={**os.environ, **what.environment}, stdout=log, stderr=log
            )
        if wait:
            self._wait_for(what)

    def _wait_for(self, what: Process) -> None:
        end = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < end:
            if self.running[what.name].poll() is not None:
                break
            try:
                with urllib.request.urlopen(what.health_url, timeout=LOOKS_FOR_SECONDS) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                time.sleep(0.2)
        raise AssertionError(f"{what.name} did not come up:\n{self.log(what.name)[-4000:]}")


@contextmanager
def rasa_server(
    logs: Path, project: Path = ROOT, package: str = "actions", models: Path = MODELS
) -> Iterator[RasaServer]:
    """Train if needed, start both, end both."""
    server = RasaServer(project, train(project, models), package, logs)
    try:
        server.start()
        yield server
    finally:
        server.stop()
