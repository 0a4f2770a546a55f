"""Minutes of calls that come and go: memory stays flat, and nothing is left open."""

import os
from pathlib import Path

import pytest

from tests.bench.soak import PARTS, soak
from tests.bench.soak_plot import draw
from tests.support.service import RunningService

SECONDS = float(os.environ.get("SOAK_SECONDS", "300"))
MOST_MEGABYTES_A_MINUTE = 4.0
"""Some 30 calls a minute: 150 kB a call would be found. What waits for Python's collector is 50 kB a call at most."""


@pytest.mark.long
async def test_memory_is_flat_and_nothing_is_left_open(service: RunningService):
    seen = await soak(service, SECONDS)
    print(seen.report())
    print("\n".join(seen.odd))
    if plot := os.environ.get("SOAK_PLOT"):
        draw(seen, Path(plot))
    for part in PARTS:
        slope, error = seen.slope(part)
        assert slope - 2 * error <= MOST_MEGABYTES_A_MINUTE, f"{part} grows by {slope:.2f} ± {error:.2f} MB a minute"
    assert all(seen.after[name] <= seen.at_most[name] for name in seen.before), (seen.before, seen.after)
    assert len(seen.odd) <= 0.1 * seen.calls
