"""Memory of everything make run starts, and how long a start takes once all is set up."""

import time

from tests.bench.report import table
from tests.support.service import RunningService

LONGEST_START_SECONDS = 40.0
LARGEST_GIB = 2.5


def memory(service: RunningService) -> str:
    """Proportional set sizes (PSS: shared pages divided among those who share them), in MiB."""
    sizes = service.memory_megabytes()
    total = sum(sizes.values())
    rows = [[name, f"{size:.0f}"] for name, size in sizes.items()] + [["all", f"{total:.0f}"]]
    return table(["process", "MiB"], rows) + f"\n{total / 1024:.2f} GiB, at most {LARGEST_GIB}\n"


def start_again(service: RunningService) -> str:
    """Stop the service and start it again, everything set up: seconds from the command to 热线已开通."""
    service.stop()
    (service.folder / "run.txt").unlink()
    began = time.monotonic()
    service.start()
    took = time.monotonic() - began
    return f"{took:.1f} s from `python -m bot run` to 热线已开通, at most {LONGEST_START_SECONDS:.0f}\n"
