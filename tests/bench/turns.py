"""One question and its answer as the caller experiences them, and what the journal says about the same answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.store.calls import KeptCall
from tests.bench.callers import Speech
from tests.bench.report import milliseconds, percentile
from tests.support.fake_exchange import FakeCall


@dataclass
class Turn:
    """Heard from outside. Seconds since the connection."""

    kind: str
    """open, people, menu, yes_no."""

    text: str
    ended_at: float
    """The frame with the last voiced sample was sent."""

    answered_at: float
    """The first frame of the answer that sounds came."""

    parts: dict[str, float] = field(default_factory=dict)
    """The journal's `answered`: wait_seconds, recogniser_seconds, dialogue_seconds, speech_seconds, after_seconds."""

    heard: str = ""

    @property
    def total_seconds(self) -> float:
        """What the caller waited."""
        return self.answered_at - self.ended_at

    @property
    def added_seconds(self) -> float:
        """What the caller waited beyond the silence that ends a turn."""
        return self.total_seconds - self.parts["wait_seconds"]


PARTS = ("wait_seconds", "recogniser_seconds", "dialogue_seconds", "speech_seconds")
SPLIT = ["wait", "recogniser", "Rasa", "speech", "rest"]
"""What a caller waits for; rest: lateness of the voice detector and the event loop, sending."""


def split(turns: Sequence[Turn]) -> list[str]:
    """p50 / p95 of each part, milliseconds."""
    columns = [[turn.parts.get(name, 0.0) for turn in turns] for name in PARTS]
    columns.append([turn.total_seconds - sum(turn.parts.get(name, 0.0) for name in PARTS) for turn in turns])
    return [f"{milliseconds(percentile(c, 50))} / {milliseconds(percentile(c, 95))}" for c in columns]


async def ask(call: FakeCall, kind: str, speech: Speech, within_seconds: float = 6.0) -> Turn:
    """Say something on a silent line; waits for the first sound of the answer."""
    first_frame = len(call.departures)
    await call.play(speech.audio)
    ended_at = call.departures[first_frame + speech.last_voiced_frame]
    return Turn(kind, speech.text, ended_at, await call.wait_until_spoken(within_seconds, after=ended_at))


def join(turns: Sequence[Turn], journal: KeptCall) -> list[Turn]:
    """Give each turn its entry of the journal. Answers to the first half of a sentence (the recogniser heard a pause)
    have none, and are left out."""
    heard, answered = "", []
    for entry in journal.entries:
        if entry.kind == "heard":
            heard = entry.facts["text"]
        elif entry.kind == "answered" and "wait_seconds" in entry.facts:
            answered.append((entry.at_seconds, heard, dict(entry.facts)))
    joined = []
    for turn in turns:
        near = [each for each in answered if abs(each[0] - turn.answered_at) < 0.4]
        if near:
            _, turn.heard, turn.parts = near[0]
            joined.append(turn)
    return joined
