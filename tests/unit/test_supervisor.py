"""What the supervisor starts never outlives it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import ROOT

STARTS_ONE = """
import asyncio, pathlib, sys
from bot.dialogue.processes import Process
from bot.supervisor import supervise

folder = pathlib.Path(sys.argv[1])
process = Process("one", [sys.executable, "-c", sys.argv[2]], "http://127.0.0.1:1/", cwd=folder)
asyncio.run(supervise([process], folder, print))
"""

TELLS_ITS_NUMBER_AND_STAYS = """
import os, pathlib, time

new = pathlib.Path("pid.new")
new.write_text(str(os.getpid()))
new.rename("pid")
time.sleep(600)
"""


def test_what_a_killed_supervisor_started_ends_with_it(tmp_path: Path):
    command = [sys.executable, "-c", STARTS_ONE, str(tmp_path), TELLS_ITS_NUMBER_AND_STAYS]
    supervisor = subprocess.Popen(command, cwd=ROOT)
    until = time.monotonic() + 60
    while not (tmp_path / "pid").exists() and time.monotonic() < until:
        time.sleep(0.05)
    started = int((tmp_path / "pid").read_text())
    os.kill(supervisor.pid, signal.SIGKILL)
    supervisor.wait()
    while is_alive(started) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_alive(started)


def is_alive(pid: int) -> bool:
    """Neither gone nor a zombie that its new parent has not looked at."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
