"""How soon the bot falls silent when the caller wants to say something, and whether its own echo makes it do so."""

import asyncio
import itertools
import random
from dataclasses import dataclass, field

from bot.store.calls import KeptCall
from tests.bench.callers import MENU, OPEN, Speech, line_noise, sentences_of_people, synthetic, words_of_people
from tests.bench.report import SPREAD, spread, table
from tests.support.fake_exchange import FRAME_SECONDS, FakeCall, FakeExchange
from tests.support.service import RunningService

AT_ONCE = 4
ECHO_DB = -12.0
ECHO_SECONDS = (0.02, 0.4)
FLUSH_SECONDS = 0.06
"""Sound of a prompt may still come so long after the journal says it was stopped; later sound is the next prompt's."""

WALK = "#121*#2*#171*#3#4"
"""Keys that lead through menus and answers, each heard to its end."""


@dataclass
class Interruptions:
    """Seconds from the end of the caller's word (or the key's message) to the last sound of the prompt."""

    stops: list[float] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """How often the caller interrupted."""
        return len(self.stops) + len(self.missed)


@dataclass
class EchoCalls:
    """Calls in which nobody spoke but the bot's echo."""

    prompts: int = 0
    seconds: float = 0.0
    false: list[str] = field(default_factory=list)
    """What the journal says the caller did."""


class BargeIn:
    """Measures on one service."""

    def __init__(self, service: RunningService, seed: int = 12329) -> None:
        self._service = service
        self._exchange = FakeExchange(service.audio_port, service.http_port)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._random = random.Random(seed)

    async def keys(self, calls: int = 8) -> list[float]:
        """Press keys while prompts sound; seconds from each key's message to the last sound of the prompt."""
        return list(itertools.chain(*await asyncio.gather(*(self._keys() for _ in range(calls)))))

    async def _keys(self) -> list[float]:
        pressed = []
        async with self._places, self._exchange.call() as call:
            call.background = line_noise()
            for key in "#1#2#3#4":
                await call.wait_until_spoken()
                while not await self._sounding_after(call, 0.5 + self._random.random()):
                    await call.wait_until_spoken(after=call.seconds)
                call.send_raw(b"\x03\0\1" + key.encode())
                pressed.append(call.seconds)
                await call.wait(0.5)
        journal = await self._service.journal(str(call.uuid))
        stops = [_stopped(call, journal, at) for at in pressed]
        return [max(0.0, stop - at) if stop else 9.9 for stop, at in zip(stops, pressed, strict=True)]

    async def _sounding_after(self, call: FakeCall, seconds: float) -> bool:
        await call.wait(seconds)
        return call.seconds - (call.last_sound() or 0.0) < 1.5 * FRAME_SECONDS

    async def speech(self, words: list[Speech], *, echo: bool = False) -> Interruptions:
        """Interrupt a greeting a call, each with one of these."""
        found = Interruptions()
        await asyncio.gather(*(self._interrupt(word, found, echo) for word in words))
        return found

    async def _interrupt(self, word: Speech, found: Interruptions, echo: bool) -> None:
        async with self._places, self._exchange.call() as call:
            call.background = line_noise()
            if echo:
                call.let_back(ECHO_DB, self._random.uniform(*ECHO_SECONDS))
            await call.wait_until_spoken()
            await call.wait(self._random.uniform(0.5, 4.0))
            first_frame = len(call.departures)
            await call.play(word.audio)
            began_at = call.departures[first_frame]
            ended_at = call.departures[first_frame + word.last_voiced_frame]
        stopped_at = _stopped(call, await self._service.journal(str(call.uuid)), began_at)
        if stopped_at is None:
            found.missed.append(word.text)
        else:
            found.stops.append(stopped_at - ended_at)

    async def echo(self, calls: int = 8) -> EchoCalls:
        """Nobody speaks: the greeting and what keys lead to, heard to the end, with their own echo."""
        found = EchoCalls()
        await asyncio.gather(*(self._echo(found) for _ in range(calls)))
        return found

    async def _echo(self, found: EchoCalls) -> None:
        async with self._places, self._exchange.call() as call:
            call.background = line_noise()
            call.let_back(ECHO_DB, self._random.uniform(*ECHO_SECONDS))
            try:
                await call.wait_until_quiet(0.9)
                for key in WALK:
                    pressed_at = await call.press(key)
                    await call.wait_until_spoken(after=pressed_at + 0.1)
                    await call.wait_until_quiet(0.9)
            except AssertionError as endless:  # what it said until then counts
                print(f"a call went wrong: {endless}", flush=True)
        journal = await self._service.journal(str(call.uuid))
        for entry in journal.entries:
            if entry.kind == "said":
                found.prompts += 1
                found.seconds += entry.facts["of_seconds"]
            elif entry.kind in ("interrupted", "heard", "no_match"):
                found.false.append(f"{entry.kind} {entry.facts.get('text', '')}")


def _stopped(call: FakeCall, journal: KeptCall, after: float) -> float | None:
    """The second of the last sound of the prompt that was interrupted after that second; None: none was."""
    # The journal's clock starts some milliseconds after the connection.
    hung_up_at = call.arrivals[-1][0] - FLUSH_SECONDS
    for entry in journal.entries:
        began = after - FLUSH_SECONDS < entry.at_seconds < hung_up_at
        if entry.kind == "said" and entry.facts["interrupted"] and began:
            return max(at for at in call.sounds_from(0.0) if at <= entry.at_seconds + FLUSH_SECONDS)
    return None


async def measure(service: RunningService) -> str:
    """All of it, as tables."""
    bench = BargeIn(service)
    keys = await bench.keys()
    words = synthetic(("人工", "余额", "贷款", "利率", "提取"), 20)
    rows = [["key, from its message", *spread(keys), "–"]]
    cases: list[tuple[str, list[Speech], bool]] = [
        ("synthetic word of two characters", words, False),
        ("recorded word of two characters", words_of_people(20), False),
        ("sentences with echo", _sentences(30), True),
    ]
    for name, speeches, echo in cases:
        found = await bench.speech(speeches, echo=echo)
        rows.append([name, *spread(found.stops), f"{len(found.stops)}/{found.tried}"])
        if found.missed:
            print(f"{name}: not caught {found.missed}", flush=True)
    echoes = await bench.echo()
    return "\n".join(
        [
            "From the labelled end of what was said to the last sound of the prompt (ms):\n",
            table(["", *SPREAD, "caught"], rows),
            f"Own echo at {ECHO_DB:.0f} dB, {ECHO_SECONDS[0] * 1000:.0f}–{ECHO_SECONDS[1] * 1000:.0f} ms: "
            f"{echoes.prompts} prompts ({echoes.seconds:.0f} s), {len(echoes.false)} false {echoes.false}\n",
        ]
    )


def _sentences(count: int) -> list[Speech]:
    """Half synthetic, half of people."""
    persons = sentences_of_people(count // 2)
    return persons + synthetic(OPEN + MENU, count - len(persons))
