"""Calls that come and go for minutes, of every length and end; what the service holds meanwhile and afterwards."""

import asyncio
import contextlib
import itertools
import os
import random
from dataclasses import dataclass, field
from pathlib import Path

import numpy

from bot.backend.demo_customers import read_customers
from tests.bench.callers import OPEN, line_noise, synthetic
from tests.bench.report import table
from tests.conftest import ROOT
from tests.support.fake_exchange import FakeCall, FakeExchange
from tests.support.phone_server import page_on
from tests.support.service import RunningService

PARTS = ("bot", "rasa", "actions", "synthesizer")
SAMPLE_SECONDS = 2.0
WARM_UP_SECONDS = 40.0
"""Pools of connections and caches fill; what is open afterwards is what stays open."""

LEFT_OUT_SHARE = 0.15
"""Of the time after that, at its beginning: the calls begin again."""

SETTLES_SECONDS = 45.0


@dataclass
class Held:
    """What one part holds at a moment."""

    at_seconds: float
    megabytes: float
    """Private memory: what would be free if the process ended."""
    files: int


@dataclass
class Soak:
    """What was seen."""

    calls: int = 0
    odd: list[str] = field(default_factory=list)
    """Calls that did not go as their caller wanted: a busy machine, or a fault."""
    held: dict[str, list[Held]] = field(default_factory=lambda: {part: [] for part in PARTS})
    before: dict[str, int] = field(default_factory=dict)
    at_most: dict[str, int] = field(default_factory=dict)
    """What may be open afterwards: connections are kept between turns, as many as there were turns at once."""
    after: dict[str, int] = field(default_factory=dict)
    """Open files of each part, and the bot's asyncio tasks, with no call going on."""

    def slope(self, part: str) -> tuple[float, float]:
        """Growth of a part's memory after the warm-up, and its standard error, MB a minute."""
        (slope, _), covariance = numpy.polyfit(*self._warm(part), 1, cov=True)
        return float(slope), float(numpy.sqrt(covariance[0, 0]))

    def fitted(self, part: str) -> numpy.poly1d:
        """The line through a part's memory after the warm-up: minutes → MB."""
        return numpy.poly1d(numpy.polyfit(*self._warm(part), 1))

    def warm_from(self, part: str) -> float:
        """The second from which on it is fitted."""
        first, last = self.held[part][0].at_seconds, self.held[part][-1].at_seconds
        return first + LEFT_OUT_SHARE * (last - first)

    def _warm(self, part: str) -> tuple[list[float], list[float]]:
        """Minutes and MB."""
        warm = [held for held in self.held[part] if held.at_seconds >= self.warm_from(part)]
        return [held.at_seconds / 60 for held in warm], [held.megabytes for held in warm]

    def report(self) -> str:
        """A table."""
        rows = []
        for part in PARTS:
            slope, error = self.slope(part)
            first, last = self.held[part][0].megabytes, self.held[part][-1].megabytes
            files = f"{self.before[part]} → {self.after[part]}"
            rows.append([part, f"{first:.0f} → {last:.0f}", f"{slope:+.2f} ± {error:.2f}", files])
        heads = ["process", "MB", "MB a minute after the warm-up", "open files"]
        tasks = f"{self.before['tasks']} → {self.after['tasks']}"
        return f"{self.calls} calls, {len(self.odd)} odd; the bot's tasks {tasks}\n\n{table(heads, rows)}"


async def soak(service: RunningService, seconds: float, callers: int = 4, seed: int = 1) -> Soak:
    """So many lines, on each call after call until the time is over; then wait until all has been let go."""
    seen, chance = Soak(), random.Random(seed)
    questions = itertools.cycle(synthetic(OPEN, 20))
    exchange = FakeExchange(service.audio_port, service.http_port)
    customers = itertools.cycle(
        [one for one in read_customers(ROOT / "content" / "demo" / "customers.yml") if one.status == "01"]
    )
    loop = asyncio.get_running_loop()

    async def speaks(call: FakeCall) -> None:
        for _ in range(chance.randint(1, 3)):
            await call.play(next(questions).audio)
            await call.wait(chance.uniform(0.5, 4.0))

    async def presses(call: FakeCall) -> None:
        for key in chance.choice(["1", "#121", "13#2", "3", "4", "0"]):
            await call.press(key)
            await call.wait(chance.uniform(0.1, 2.0))

    async def logs_in(call: FakeCall) -> None:
        customer = next(customers)
        for keys in ("#", "2", "1", f"{customer.account}#", customer.password):
            await call.press(keys, each_seconds=0.05, gap_seconds=0.05)
            await call.wait(chance.uniform(0.3, 2.0))

    async def telephones() -> None:
        async with exchange.call() as call:
            call.background = line_noise()
            await call.wait(chance.choice([0.0, 0.3, 2.0]))
            await chance.choice([speaks, presses, logs_in])(call)
            if chance.random() < 0.2:
                await call.reset()

    async def browses() -> None:
        async with page_on(f"http://127.0.0.1:{service.web_port}") as page:
            for _ in range(chance.randint(5, 60)):
                await page.send_bytes(bytes(3200))
                with contextlib.suppress(TimeoutError):
                    while (await page.receive(timeout=0.2)).data is not None:
                        if chance.random() < 0.1:
                            break
                if chance.random() < 0.1:
                    await page.send_json({"type": "key", "key": chance.choice("123#")})

    async def line() -> None:
        while loop.time() < until[0]:
            try:
                await (browses() if chance.random() < 0.15 else telephones())
            except (AssertionError, OSError, RuntimeError) as wrong:
                seen.odd.append(repr(wrong)[:200])
            seen.calls += 1
            await asyncio.sleep(chance.uniform(0.0, 1.0))

    async def watch() -> None:
        while True:
            for part in PARTS:
                seen.held[part].append(_held(service, part, loop.time()))
            await asyncio.sleep(SAMPLE_SECONDS)

    until = [loop.time() + WARM_UP_SECONDS]
    await asyncio.gather(*(line() for _ in range(callers)))
    seen.before = await _settled(service)
    seen.calls, until[0] = 0, loop.time() + seconds
    watching = asyncio.create_task(watch())
    await asyncio.gather(*(line() for _ in range(callers)))
    watching.cancel()
    seen.at_most = {name: count if name == "tasks" else count + callers for name, count in seen.before.items()}
    seen.after = await _settled(service, seen.at_most)
    return seen


async def _settled(service: RunningService, at_most: dict[str, int] | None = None) -> dict[str, int]:
    """What is open once no call goes on; waits a while for idle connections to be closed (`at_most` is what for)."""
    for _ in range(int(SETTLES_SECONDS)):
        await asyncio.sleep(1.0 if at_most else 20.0)  # idle web connections are closed after 15 s
        health = await asyncio.to_thread(service.health)
        counts = {part: _held(service, part, 0.0).files for part in PARTS} | {"tasks": int(str(health["tasks"]))}
        quiet = health["calls"] == 0 and health["journal_waiting"] == 0
        if quiet and (at_most is None or all(counts[name] <= at_most[name] for name in counts)):
            break
    return counts


def _held(service: RunningService, part: str, at_seconds: float) -> Held:
    process = Path(f"/proc/{service.pids(part)[0]}")
    lines = (process / "smaps_rollup").read_text().splitlines()
    private = sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean:", "Private_Dirty:")))
    return Held(at_seconds, private / 1024, _open_files(process / "fd"))


def _open_files(descriptors: Path) -> int:
    """Without those of the database: its pool opens up to eight connections, one whenever all others are in use."""
    found = 0
    for name in os.listdir(descriptors):
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            found += "hotline.db" not in os.readlink(descriptors / name)
    return found
