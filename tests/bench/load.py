"""How many callers the service holds at once: speaking, pressing keys, logging in, listening to long answers."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.backend.demo_customers import DemoCustomer, read_customers
from tests.bench.callers import MENU, OPEN, line_noise, synthetic
from tests.bench.own_clock import OwnClock
from tests.bench.processor import processor_seconds
from tests.bench.report import milliseconds, percentile, table
from tests.bench.turns import SPLIT, Turn, ask, join, split
from tests.conftest import ROOT
from tests.support.fake_exchange import FakeCall, FakeExchange
from tests.support.service import RunningService

LEVELS = (1, 5, 10, 15, 20, 25, 30)
LEVEL_SECONDS = 75.0
LONGEST_GAP_SECONDS = 0.06
LONGEST_ADDED_SECONDS = 0.6
QUIET_SECONDS = 0.9

SPREAD_SECONDS = 10.0
"""The calls begin evenly within this time, about as long as a question with its answer takes: callers who do not know
of each other do not speak in chorus."""


@dataclass
class Level:
    """What so many callers at once experienced."""

    callers: int
    turns: list[Turn] = field(default_factory=list)
    key_seconds: list[float] = field(default_factory=list)
    """From a key's message to the first sound of what it leads to."""

    gaps: list[float] = field(default_factory=list)
    frames_lost: int = 0
    """Dropped on the way in, or not taken by the exchange in time, as the service's log says."""

    unanswered: list[str] = field(default_factory=list)
    processor: dict[str, float] = field(default_factory=dict)
    """Share of one core, by part."""

    clock: OwnClock = field(default_factory=OwnClock)
    """Of the callers: in a gap while they stood still themselves only the rest is the service's."""

    @property
    def added(self) -> list[float]:
        """Seconds waited beyond the silence that ends a turn."""
        return [turn.added_seconds for turn in self.turns]

    @property
    def holds(self) -> bool:
        """Whether so many calls are served as promised."""
        return (
            percentile(self.added, 95) <= LONGEST_ADDED_SECONDS
            and max(self.gaps) <= LONGEST_GAP_SECONDS
            and not self.frames_lost
            and not self.unanswered
        )


class Crowd:
    """Callers of every kind."""

    def __init__(self, service: RunningService) -> None:
        self._service = service
        self._exchange = FakeExchange(service.audio_port, service.http_port)
        self._questions = itertools.cycle(synthetic(OPEN, 40))
        self._words = itertools.cycle(synthetic(MENU, 20))
        customers = read_customers(ROOT / "content" / "demo" / "customers.yml")
        self._customers = itertools.cycle([customer for customer in customers if customer.status == "01"])

    async def level(self, callers: int, seconds: float = LEVEL_SECONDS) -> Level:
        """So many calls at once, each going on until the time is over."""
        level = Level(callers)
        deeds = itertools.cycle((self._speak, self._press, self._speak, self._log_in, self._listen))
        before = processor_seconds(self._service)
        clock = asyncio.create_task(level.clock.watch())
        began = asyncio.get_running_loop().time()
        calls = await asyncio.gather(
            *(self._call(level, next(deeds), number * SPREAD_SECONDS / callers, seconds) for number in range(callers))
        )
        took = asyncio.get_running_loop().time() - began
        clock.cancel()
        after = processor_seconds(self._service)
        level.processor = {part: (after[part] - before[part]) / took for part in after}
        for call_id, turns in calls:
            level.turns += join(turns, await self._service.journal(call_id))
            level.frames_lost += await _frames_lost(self._service.folder, call_id)
        return level

    async def _call(
        self, level: Level, deed: "Deed", starts_after: float, seconds: float
    ) -> tuple[str, Sequence[Turn]]:
        turns: list[Turn] = []
        await asyncio.sleep(starts_after)
        async with self._exchange.call() as call:
            call.background = line_noise()
            try:
                async with asyncio.timeout(seconds):
                    while not call.ended.done():
                        await deed(call, turns, level.key_seconds)
            except TimeoutError:
                pass
            except AssertionError as wrong:
                level.unanswered.append(str(wrong))
        times = [call.connected_at + at for at, _ in call.arrivals]
        level.gaps += [b - a - level.clock.stood_still(a, b) for a, b in itertools.pairwise(times)]
        level.unanswered += call.faults
        return str(call.uuid), turns

    async def _speak(self, call: FakeCall, turns: list[Turn], keys: list[float]) -> None:
        """Questions, one after the other, over the greeting and over every answer after a while."""
        await call.wait_until_spoken()
        await call.wait(4.0)
        while True:
            turns.append(await ask(call, "open", next(self._questions)))
            await call.wait(5.0)

    async def _press(self, call: FakeCall, turns: list[Turn], keys: list[float]) -> None:
        """Through the menus by keys, into a policy, with words in between."""
        await call.wait_until_quiet(QUIET_SECONDS)
        for key in "#121":
            keys.append(await _press(call, key))
            await call.wait(4.0)
        keys.append(await _press(call, "#"))
        await call.wait_until_quiet(QUIET_SECONDS)
        turns.append(await ask(call, "menu", next(self._words)))

    async def _log_in(self, call: FakeCall, turns: list[Turn], keys: list[float]) -> None:
        """Account and password by keys, the balance, then questions."""
        customer: DemoCustomer = next(self._customers)
        await call.wait_until_quiet(QUIET_SECONDS)
        for digits in ("#", "2", "1", customer.account + "#", customer.password):
            keys.append(await _press(call, digits))
            await call.wait(3.0)
        await self._speak(call, turns, keys)

    async def _listen(self, call: FakeCall, turns: list[Turn], keys: list[float]) -> None:
        """Questions, each answer heard to its end."""
        await call.wait_until_quiet(QUIET_SECONDS)
        turns.append(await ask(call, "open", next(self._questions)))


Deed = Callable[[FakeCall, list[Turn], list[float]], Awaitable[None]]


async def measure(service: RunningService, levels: Sequence[int] = LEVELS) -> list[Level]:
    """Level after level, until one does not hold and the next does not either."""
    crowd, found = Crowd(service), []
    await crowd.level(1, 30.0)  # warm
    for callers in levels:
        found.append(await crowd.level(callers))
        print(report(found[-1:]), flush=True)
        if len(found) > 1 and not found[-1].holds and not found[-2].holds:
            break
        await asyncio.sleep(2.0)
    return found


def report(levels: Sequence[Level]) -> str:
    """The tables of docs/performance.md."""
    waits = [
        [
            level.callers,
            len(level.turns),
            *(milliseconds(percentile(level.added, share)) for share in (50, 95, 99)),
            *(milliseconds(percentile(level.key_seconds, share)) for share in (50, 95)),
            *(milliseconds(percentile(level.gaps, share)) for share in (50, 99.9, 100)),
            sum(gap > LONGEST_GAP_SECONDS for gap in level.gaps),
            level.frames_lost,
            len(level.unanswered),
            milliseconds(level.clock.worst_seconds),
            "yes" if level.holds else "no",
        ]
        for level in levels
    ]
    parts = list(levels[0].processor)
    costs = [
        [level.callers, *(f"{level.processor[part] * 100:.0f}" for part in parts), _per_call(level)] for level in levels
    ]
    heads = [
        "calls", "turns", "added p50", "p95", "p99", "key p50", "p95", "gap p50", "p99.9", "longest", "over 60",
        "lost", "unanswered", "callers late", "holds",
    ]  # fmt: skip
    largest = max((level.callers for level in levels if level.holds), default=0)
    return "\n".join(
        [
            "Milliseconds; gap: between two frames to the caller, less what the callers themselves stood still:\n",
            table(heads, waits),
            "Split of a spoken turn, p50 / p95 (ms):\n",
            table(["calls", *SPLIT], [[level.callers, *split(level.turns)] for level in levels]),
            "Per cent of one core:\n",
            table(["calls", *parts, "all, a call"], costs),
            f"Largest number that holds: {largest} (in hotline.toml: call.admission_limit = {largest})\n",
        ]
    )


def _per_call(level: Level) -> str:
    return f"{sum(level.processor.values()) / level.callers * 100:.1f}"


async def _press(call: FakeCall, keys: str) -> float:
    """Press keys; seconds from the last one's message to the first sound of the answer. What sounds in the first
    60 ms is the prompt that the key stops."""
    pressed_at = await call.press(keys)
    return await call.wait_until_spoken(after=pressed_at + LONGEST_GAP_SECONDS) - pressed_at


async def _frames_lost(folder: Path, call_id: str) -> int:
    """Frames dropped and unsent, from the line the service logs at the end of each call."""
    for _ in range(50):
        for line in (folder / "log" / "bot.jsonl").read_text().splitlines():
            event = str(json.loads(line)["event"])
            if "frames missing" in event and call_id in event:
                return sum(int(part.split()[-1]) for part in event.split(",")[1:])
        await asyncio.sleep(0.1)
    raise AssertionError(f"the log does not say how call {call_id} ended")
