"""`make bench`: start the service as `make run` does, measure it from outside, print tables."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.bench import latency
from tests.bench.report import machine
from tests.support.service import running_service

OUT_OF_OFFICE = "2026-11-24T20:00"
"""0 then asks a yes-or-no question instead of letting the caller go."""

PARTS = ("latency",)


def main() -> None:
    """Measure all parts, or those named."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; none: all")
    asked.add_argument("--calls", type=int, default=latency.CALLS)
    options = asked.parse_args()
    print(machine() + "\n", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder,
        running_service(Path(folder), HOTLINE_PRETEND_NOW=OUT_OF_OFFICE, HOTLINE_LOG_LEVEL="INFO") as service,
    ):
        if not options.parts or "latency" in options.parts:
            print("## Latency\n\n" + latency.report(asyncio.run(latency.measure(service, options.calls))), flush=True)


if __name__ == "__main__":
    main()
