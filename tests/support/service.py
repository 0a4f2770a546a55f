"""The whole service as `make run` starts it: real processes on free ports, data in a folder that goes with the test."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.dialogue.processes import ROOT
from bot.store.calls import KeptCall
from tests.support.ports import free_port

READY_WITHIN_SECONDS = 300.0
"""Some 15 on a quiet machine; a training, if one is due, comes before."""

IN_OFFICE_HOURS = "2026-11-24T10:00"

_PARTS = {
    "rasa": "rasa_start",
    "actions": "-m actions",
    "bot": "-m bot serve",
    "synthesizer": "bot.speaking.pyttsx3_synthesizer",
}


@dataclass
class RunningService:
    """`python -m bot run`, watched from outside."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    inside: tuple[str, ...] = ()
    """A command that runs it in surroundings of its own (`unshare -n …`)."""

    def __post_init__(self) -> None:
        (self.folder / "tmp").mkdir(exist_ok=True)
        self.web_port, self.audio_port, self.http_port = free_port(), free_port(), free_port()
        self.environment = {
            "HOTLINE_RUN_DIR": str(self.folder),
            "HOTLINE_DATABASE_URL": f"sqlite:///{self.folder / 'hotline.db'}",
            "HOTLINE_SECRET_KEY_FILE": str(self.folder / "secret.key"),
            "HOTLINE_CALL__RECORDINGS": str(self.folder / "recordings"),
            "HOTLINE_SPEAKING__CACHE": str(self.folder / "speech-cache"),
            "HOTLINE_WEB__PORT": str(self.web_port),
            "HOTLINE_AUDIOSOCKET__PORT": str(self.audio_port),
            "HOTLINE_AUDIOSOCKET__EXCHANGE_PORT": str(self.http_port),
            "HOTLINE_RASA__URL": f"http://127.0.0.1:{free_port()}",
            "HOTLINE_RASA__ACTIONS_URL": f"http://127.0.0.1:{free_port()}",
            "HOTLINE_PRETEND_NOW": IN_OFFICE_HOURS,
            "HOTLINE_LOG_LEVEL": "DEBUG",
            "TMPDIR": str(self.folder / "tmp"),
            **self.settings,
        }

    def start(self) -> None:
        """Start it and wait until it answers calls."""
        self._output = (self.folder / "run.txt").open("ab")
        self._process = subprocess.Popen(
            [*self.inside, sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env=os.environ | self.environment,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )
        self.wait_until(lambda: "热线已开通" in self.told, READY_WITHIN_SECONDS, "the service did not come up")

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._output.close()

    @property
    def told(self) -> str:
        """What it printed."""
        return (self.folder / "run.txt").read_text(errors="replace")

    def pids(self, part: str = "") -> list[int]:
        """Its processes: 'rasa', 'actions', 'bot', 'synthesizer', or all, the supervisor too."""
        parents = {pid: _parent(pid) for pid in (int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit())}
        mine = [self._process.pid]
        for parent in mine:  # grows; numbers begin again at some time, so a child's may be the smaller one
            mine += [pid for pid, of in parents.items() if of == parent]
        return [pid for pid in mine if _PARTS.get(part, "") in _command(pid)]

    def kill(self, part: str, number: int = signal.SIGKILL) -> int:
        """Kill (or stop, or continue) one part; its process id."""
        pid = self.pids(part)[0]
        os.kill(pid, number)
        return pid

    def health(self) -> dict[str, object]:
        """/healthz."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/healthz", timeout=5) as answer:
            return dict(json.load(answer))

    def metrics(self) -> str:
        """/metrics."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    def memory_megabytes(self) -> dict[str, float]:
        """Proportional set size of each process, by its command's end."""
        return {f"{_command(pid)[-40:]} ({pid})": _pss(pid) / 1024 for pid in self.pids()}

    async def journal(self, call_id: str, within_seconds: float = 5.0) -> KeptCall:
        """A finished call's journal as it stands in the database."""
        import asyncio

        from bot.store.calls import journal_of
        from bot.store.database import Database
        from bot.store.sealing import Seal

        database = Database(self.environment["HOTLINE_DATABASE_URL"])
        seal = Seal.from_file(self.folder / "secret.key")
        try:
            end = time.monotonic() + within_seconds
            while True:
                kept = await journal_of(database, seal, call_id)
                if kept is not None and any(entry.kind == "ended" for entry in kept.entries):
                    return kept
                assert time.monotonic() < end, f"no whole journal of {call_id}: {kept}"
                await asyncio.sleep(0.1)
        finally:
            database.close()

    def wait_until(self, condition: "object", within_seconds: float, otherwise: str) -> None:
        """Wait for something to become true."""
        end = time.monotonic() + within_seconds
        while not condition():  # type: ignore[operator]
            assert self._process.poll() is None, f"{otherwise}: it ended\n{self.told[-3000:]}"
            assert time.monotonic() < end, f"{otherwise} within {within_seconds} s\n{self.told[-3000:]}"
            time.sleep(0.1)

    def is_up(self, part: str) -> bool:
        """Whether a part answers."""
        url = {
            "rasa": self.environment["HOTLINE_RASA__URL"] + "/webhooks/voice/health",
            "actions": self.environment["HOTLINE_RASA__ACTIONS_URL"] + "/health",
            "bot": f"http://127.0.0.1:{self.http_port}/healthz",
        }[part]
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False


@contextmanager
def running_service(folder: Path, *, inside: tuple[str, ...] = (), **settings: str) -> Iterator[RunningService]:
    """Start the service, end it."""
    service = RunningService(folder, settings, inside)
    service.start()
    try:
        yield service
    finally:
        service.stop()


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0
