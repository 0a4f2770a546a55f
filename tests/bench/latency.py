"""How long a caller waits for an answer: 30 telephone calls in real time, each with three spoken turns."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence

from tests.bench.callers import MENU, OPEN, YES_NO, Speech, line_noise, sentences_of_people, synthetic
from tests.bench.report import SPREAD, spread, table
from tests.bench.turns import SPLIT, Turn, ask, join, split
from tests.support.fake_exchange import FakeExchange
from tests.support.service import RunningService

CALLS = 30
AT_ONCE = 4
"""Calls that go on at the same time, so that the measurement ends before the reader's patience."""

QUIET_SECONDS = 0.9
"""Longer than the pauses between our sentences."""


async def measure(service: RunningService, calls: int = CALLS) -> list[Turn]:
    """The turns of all calls, with what the journal says of them."""
    exchange = FakeExchange(service.audio_port, service.http_port)
    persons, voices = sentences_of_people(calls // 3), synthetic(OPEN, calls + 1)
    openers = _mixed(persons, voices[1:])
    words, nos = iter(synthetic(MENU, calls + 1)), iter(synthetic(YES_NO, calls + 1))
    places = asyncio.Semaphore(AT_ONCE)

    async def one() -> list[Turn]:
        async with places:
            return await _call(service, exchange, next(openers), next(nos), next(words))

    await _call(service, exchange, ("open", voices[0]), next(nos), next(words))  # warm
    return list(itertools.chain(*await asyncio.gather(*(one() for _ in range(calls)))))


async def _call(
    service: RunningService, exchange: FakeExchange, opener: tuple[str, Speech], no: Speech, word: Speech
) -> list[Turn]:
    """Ask after the greeting; press 0 out of office hours and say no to a call back; choose from the main menu."""
    turns: list[Turn] = []
    async with exchange.call() as call:
        call.background = line_noise()
        try:
            await call.wait_until_quiet(QUIET_SECONDS)
            turns.append(await ask(call, *opener))
            for key, kind, speech in (("0", "yes_no", no), ("#", "menu", word)):
                pressed_at = await call.press(key)
                await call.wait_until_spoken(after=pressed_at + 0.3)
                await call.wait_until_quiet(QUIET_SECONDS)
                turns.append(await ask(call, kind, speech))
        except AssertionError as unanswered:
            print(f"a call went wrong: {unanswered}", flush=True)
    return join(turns, await service.journal(str(call.uuid)))


def _mixed(persons: Sequence[Speech], voices: Sequence[Speech]) -> Iterator[tuple[str, Speech]]:
    """Every third opener is a person's."""
    for number, voice in enumerate(voices):
        if number % 3 == 0 and number // 3 < len(persons):
            yield "people", persons[number // 3]
        else:
            yield "open", voice


def report(turns: Sequence[Turn]) -> str:
    """The tables of docs/performance.md."""
    groups = {
        "open questions": [turn for turn in turns if turn.kind in ("open", "people")],
        "— synthetic callers": [turn for turn in turns if turn.kind == "open"],
        "— recorded people": [turn for turn in turns if turn.kind == "people"],
        "yes or no": [turn for turn in turns if turn.kind == "yes_no"],
        "menu": [turn for turn in turns if turn.kind == "menu"],
        "all": list(turns),
    }
    totals = [[name, *spread([turn.total_seconds for turn in group])] for name, group in groups.items()]
    added = [[name, *spread([turn.added_seconds for turn in group])] for name, group in groups.items()]
    parts = [[name, *split(group)] for name, group in groups.items()]
    return "\n".join(
        [
            "Total, from the last voiced sample to the first sample of the answer (ms):\n",
            table(["", *SPREAD], totals),
            "Added, the same less the silence that ended the turn (ms):\n",
            table(["", *SPREAD], added),
            "Split by the journal, p50 / p95 (ms); rest: lateness of the voice detector and the loop, sending:\n",
            table(["", *SPLIT], parts),
        ]
    )
