"""A real Asterisk with the dialplan of deploy/asterisk, real SIP callers and an agent's telephone, on loopback.

Debian 12 has no Asterisk: the rig in ../shared/telephony unpacks one from another suite of the mirror into
~/.cache/hotline-asterisk, once (82 MB, 10 to 20 s). Needs sipp and tshark, and root (raw sockets).
"""

import asyncio
import os
import re
import shutil
import socket
import subprocess
from copy import copy
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.ports import free_port

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy" / "asterisk"
CACHE = Path.home() / ".cache" / "hotline-asterisk"


@dataclass
class PlacedCall:
    """How a SIP call went."""

    hung_up_by_exchange: bool
    heard: Path
    """8 kHz WAV of what the caller's telephone received."""


@dataclass
class AgentCall:
    """What the agent's telephone saw."""

    headers: dict[str, str]
    """Of the INVITE, names in lower case."""
    heard: Path


class Asterisk:
    """One Asterisk on ports of its own, with our dialplan, queue and log settings."""

    def __init__(
        self, rig: Path, folder: Path, audio_port: int = 0, http_port: int = 0, monitors: bool = False
    ) -> None:
        """`audio_port`, `http_port`: where the hotline is; 0: somewhere free. `monitors`: it records every call
        (MixMonitor), as many centres let theirs do."""
        self._monitors = monitors
        self.audio_port, self.http_port = audio_port or free_port(), http_port or free_port()
        self._folder = folder
        self.rig = folder / "rig"
        shutil.copytree(rig, self.rig, ignore=shutil.ignore_patterns("browser", "audio", "out"))
        for path in (self.rig, *self.rig.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)
        self.environment = {
            **os.environ,
            "RIG_ROOT": str(CACHE / "root"),
            "RIG_RUN": str(folder / "run"),
            **{f"RIG_{name}": str(free_port()) for name in ("SIP", "AMI", "HTTP", "BOTSIP")},
            "RIG_AGENT": str(free_port(socket.SOCK_DGRAM)),
            "RIG_CALLER": str(free_port(socket.SOCK_DGRAM)),
            "RIG_MEDIA": str(free_port(socket.SOCK_DGRAM)),
            "RIG_AGENT_MEDIA": str(free_port(socket.SOCK_DGRAM)),
        }
        self._configure(open_hours="*,*,*,*")

    def _configure(self, open_hours: str) -> None:
        """Our files as they are delivered, with this test's ports and hours where an operator would write his."""
        dialplan = (DEPLOY / "extensions_hotline.conf").read_text()
        for setting, value in {
            "HOTLINE_AUDIO": f"127.0.0.1:{self.audio_port}",
            "HOTLINE_HTTP": f"http://127.0.0.1:{self.http_port}",
            "HOTLINE_QUEUE_SECONDS": "15",
            "HOTLINE_OPEN": open_hours,
            "HOTLINE_SOUNDS": str(DEPLOY / "sounds"),
        }.items():
            dialplan, count = re.subn(rf"Set\({setting}=[^)]*\)", f"Set({setting}={value})", dialplan)
            assert count == 1, f"{setting} is not in the dialplan's settings"
        if self._monitors:
            named = "Set(CALL_UUID=${UUID()})\n"
            assert dialplan.count(named) == 1
            record = f" same => n,MixMonitor({self.left}/monitor/${{CALL_UUID}}.wav)\n"
            dialplan = dialplan.replace(named, named + record)
        etc = self.rig / "etc"
        (etc / "extensions.conf.in").unlink(missing_ok=True)
        (etc / "extensions_hotline.conf").write_text(dialplan)
        (etc / "extensions.conf").write_text('#include "extensions_hotline.conf"\n[from-sip]\ninclude => hotline\n')
        shutil.copy(DEPLOY / "queues_hotline.conf", etc)
        (etc / "queues.conf").write_text('[general]\n#include "queues_hotline.conf"\n')
        shutil.copy(DEPLOY / "logger_hotline.conf", etc / "logger.conf")

    def start(self) -> None:
        """Boot (under a second; unpacks Asterisk first if it has to)."""
        CACHE.mkdir(parents=True, exist_ok=True)
        started = self._script("start-asterisk.sh", timeout=300)
        if started.returncode:
            pytest.skip(f"no Asterisk could be had or started: {(started.stdout + started.stderr).strip()[-400:]}")

    def stop(self) -> None:
        """Shut down."""
        self._script("stop-asterisk.sh")

    def one_more_telephone(self) -> "Asterisk":
        """The same exchange, for one more caller at the same time: their telephone has ports of its own."""
        ports = {name: str(free_port(socket.SOCK_DGRAM)) for name in ("RIG_CALLER", "RIG_MEDIA")}
        another = copy(self)
        another.environment = self.environment | ports
        return another

    @property
    def left(self) -> Path:
        """The folder in which it leaves everything: logs, its own database, recordings."""
        return self._folder / "run"

    def set_hours(self, hours: str) -> None:
        """When persons answer, in the dialplan's own words; takes effect with the next call."""
        self._configure(hours)
        for name in ("extensions_hotline.conf", "extensions.conf"):
            shutil.copy(self.rig / "etc" / name, self._folder / "run" / "etc")
        self.cli("dialplan reload")

    def cli(self, command: str) -> str:
        """One command of Asterisk's console."""
        return self._script("cli.sh", command).stdout

    @property
    def log(self) -> str:
        """All it has logged."""
        return "".join(path.read_text(errors="replace") for path in (self._folder / "run" / "log").iterdir())

    async def call(self, wav: Path | None = None, keys: str = "", *options: str) -> PlacedCall:
        """A caller's telephone dials 12329, plays the WAV (8 kHz) and presses keys (',' waits a second)."""
        heard = self._folder / "heard.wav"
        heard.unlink(missing_ok=True)
        output = await self._run("call.sh", "12329", str(wav or "-"), keys, str(heard), *options)
        return PlacedCall("far_end_hung_up=yes" in output, heard)

    async def agent(self, wav: Path, seconds: int = 30) -> AgentCall:
        """An agent's telephone: answers one call and plays the WAV into it."""
        heard = self._folder / "agent.wav"
        await self._run("agent.sh", str(wav), str(heard), str(seconds))
        invite = heard.with_suffix(".sip").read_text().split("\r\n\r\n")[0]
        headers = dict(re.findall(r"^([A-Za-z-]+): *(.*?)\r?$", invite, re.MULTILINE))
        return AgentCall({name.lower(): value for name, value in headers.items()}, heard)

    def _script(self, name: str, *arguments: str, timeout: float = 30) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.rig / name, *arguments], env=self.environment, capture_output=True, text=True, timeout=timeout
        )

    async def _run(self, name: str, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            self.rig / name,
            *arguments,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode(errors="replace") + self.log[-3000:]
        return output.decode(errors="replace")


def missing_for_asterisk(shared: Path) -> str:
    """Why there can be no real exchange here; '' if there can."""
    if not (shared / "telephony" / "start-asterisk.sh").is_file():
        return "../shared/telephony (the rig that unpacks Asterisk) is not here"
    absent = [program for program in ("sipp", "tshark", "apt-get", "dpkg-deb") if not shutil.which(program)]
    if absent:
        return f"not installed: {', '.join(absent)} (apt-get install sip-tester tshark)"
    return "" if os.geteuid() == 0 else "sipp's audio needs root"
