"""`make bench`: start the service as `make run` does, measure it from outside, print tables."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.bench import barge_in, latency, load, memory
from tests.bench.processor import outrank
from tests.bench.report import machine
from tests.support.service import running_service

OUT_OF_OFFICE = "2026-11-24T20:00"
"""0 then asks a yes-or-no question instead of letting the caller go."""

PARTS = ("latency", "barge-in", "load", "memory")
MORE_THAN_ENOUGH_CALLS = "60"
"""Not the admission limit, but the machine is to end the load."""


def main() -> None:
    """Measure all parts, or those named."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; none: all")
    asked.add_argument("--calls", type=int, default=latency.CALLS, help="for latency")
    asked.add_argument("--levels", type=int, nargs="+", default=load.LEVELS, help="simultaneous calls, for load")
    options = asked.parse_args()
    parts = options.parts or PARTS
    print(machine() + "\n", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder,
        running_service(
            Path(folder),
            HOTLINE_PRETEND_NOW=OUT_OF_OFFICE,
            HOTLINE_LOG_LEVEL="INFO",
            HOTLINE_CALL__ADMISSION_LIMIT=MORE_THAN_ENOUGH_CALLS,
        ) as service,
    ):
        outrank()
        if "latency" in parts:
            _show("Latency", latency.report(asyncio.run(latency.measure(service, options.calls))))
        if "barge-in" in parts:
            _show("Interruptions", asyncio.run(barge_in.measure(service)))
        if "load" in parts:
            _show("Load", load.report(asyncio.run(load.measure(service, options.levels))))
        if "memory" in parts:
            _show("Memory", memory.memory(service))
            _show("Start", memory.start_again(service))


def _show(title: str, found: str) -> None:
    print(f"## {title}\n\n{found}", flush=True)


if __name__ == "__main__":
    main()
