"""Many calls at once: nobody hears a gap. The answering side runs in a process of its own."""

import asyncio
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.support.fake_exchange import FakeExchange

SECONDS = 20.0


@pytest.mark.long
@pytest.mark.parametrize("calls", [20])
async def test_no_caller_hears_a_gap_over_60_ms(calls: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.answering_process"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin and process.stdout
    audio_port, http_port = map(int, process.stdout.readline().split())
    exchange = FakeExchange(audio_port, http_port)

    async def one_call(number: int) -> tuple[list[float], int]:
        await asyncio.sleep(number * 0.037)
        async with exchange.call(caller=f"1380000{number:04}") as call:
            await call.wait(SECONDS)
        assert call.faults == []
        return call.gaps(), len(call.arrivals)

    results = await asyncio.gather(*(one_call(number) for number in range(calls)))
    process.stdin.close()
    cpu_seconds = float(process.stdout.read())
    gaps = sorted(gap for found, _ in results for gap in found)
    p50, p99 = gaps[len(gaps) // 2], gaps[int(len(gaps) * 0.99)]
    print(
        f"\n{calls} calls of {SECONDS:.0f} s: {len(gaps)} gaps, p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, "
        f"longest {gaps[-1] * 1000:.1f} ms; {cpu_seconds / SECONDS * 100:.0f} % of one core"
    )
    assert min(count for _, count in results) >= SECONDS * 50 - 3
    assert gaps[-1] < 0.06
