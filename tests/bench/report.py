"""Percentiles and tables."""

import os
import platform
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so many per cent do not exceed; NaN of none."""
    return float(numpy.percentile(values, share)) if len(values) else float("nan")


def spread(values: Sequence[float]) -> list[str]:
    """Count, p50, p95, p99 and the longest, seconds as milliseconds."""
    shares = [percentile(values, share) for share in (50, 95, 99, 100)]
    return [str(len(values)), *(milliseconds(share) for share in shares)]


SPREAD = ["n", "p50", "p95", "p99", "longest"]


def milliseconds(seconds: float) -> str:
    """Seconds as whole milliseconds."""
    return "–" if numpy.isnan(seconds) else f"{seconds * 1000:.0f}"


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def machine() -> str:
    """What was measured on, when, and how busy it was with other things."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    memory = int(next(line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))) / 2**20
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} cores ({model}), {memory:.0f} GiB, "
        f"Linux {platform.release()}, load average {load} before the start"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
