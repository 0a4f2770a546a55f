"""Processor time and memory of the service's processes, as the kernel counts them."""

import os
import time
from pathlib import Path

from tests.support.service import RunningService

PARTS = ("bot", "rasa", "actions", "synthesizer")
_TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(service: RunningService) -> dict[str, float]:
    """Processor time so far: of each part; of the bot also apart for its event loop and its other threads."""
    spent = {part: sum(_spent(Path(f"/proc/{pid}")) for pid in service.pids(part)[:1]) for part in PARTS}
    bot = service.pids("bot")[0]
    loop = _spent(Path(f"/proc/{bot}/task/{bot}"))
    threads = spent.pop("bot") - loop
    return {"bot's loop": loop, "bot's threads (Vosk)": threads, **spent, "the callers": time.process_time()}


def _spent(folder: Path) -> float:
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def outrank() -> None:
    """Give this process its turn at once whenever it wants one, where that is allowed.

    The callers stand for an exchange on another machine; their lateness would count as the service's.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    except PermissionError:
        print("no right to outrank the service: where the callers are late, the service seems to be")
