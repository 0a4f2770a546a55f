"""The seam between the line and the dialogue engine. Contract tests stand at it, so Rasa could be replaced."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Say:
    """Say this, then (if `question` is set) listen for the answer."""

    text: str
    """As a person would write it, sentences ended by 。！？; numbers, amounts and dates as data (1234.50元)."""

    utterance: str = ""
    """Its name in domain.yml (utter_…), for recorded files, journal and call scripts."""

    question: str = ""
    """A name in voices/questions.yml; '' = open question if it is the last thing said in the turn."""

    barge_in: bool = True
    """May the caller talk over it? Keys always interrupt."""

    fixed: bool = True
    """False: holds a caller's values; never cached on disk, masked in the journal."""

    note: str = ""
    """Stays on the caller's screen (an order number)."""


@dataclass(frozen=True, slots=True)
class CollectNumber:
    """Ask for a long number by keys or speech: 'login' (account, ID or card), 'unit', 'phone', 'order'."""

    kind: str
    pin_follows: bool = False
    """The private window opens as soon as the number is complete."""


@dataclass(frozen=True, slots=True)
class CollectPin:
    """Ask for the six-digit password, keys only, for the login begun in this call."""


@dataclass(frozen=True, slots=True)
class CollectNewPin:
    """Ask twice for a new password, keys only, for whoever is logged in on this call."""


@dataclass(frozen=True, slots=True)
class HandOff:
    """Give the caller to a person."""

    reason: str
    """asked, no_input, no_match, no_keys, locked, failure, complaint …: short English word, in reports."""

    queue: str = "agents"
    summary: str = ""
    """For the agent's screen: what was wanted; numbers masked."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """Nothing more to say: let the caller hang up first, then hang up."""


Reply = Say | CollectNumber | CollectPin | CollectNewPin | HandOff | HangUp


@dataclass(frozen=True, slots=True)
class Signal:
    """Something the line noticed, told to the dialogue as an intent of the same name."""

    name: str
    """call_started, key_pressed, no_input, no_match, number_finished, pin_finished, new_pin_finished,
    agent_finished."""

    facts: dict[str, str | int | bool] = field(default_factory=dict)
    """key_pressed: key. no_input, no_match: count (1, 2, …). number_finished: kind, outcome ('complete', 'gave_up',
    'wants_person', 'back'), last_four. pin_finished: nothing (the outcome is read from the store).
    new_pin_finished: outcome ('changed', 'gave_up', 'unavailable').
    agent_finished: outcome ('off_hours', 'nobody', 'returned'). call_started: channel, returning."""


Span = tuple[float, float]
"""From and to, in seconds since the call's recording began."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the engine takes a text for."""

    intent: str
    confidence: float


class Dialogue(Protocol):
    """One call's conversation."""

    async def hear(self, text: str, between: Span | None = None, doubt: float = 0.0) -> list[Reply]:
        """The caller said this (normalised), there in the recording (None: typed). Never an empty list.

        `doubt`: nats by which the odds of whatever it is taken for fall, for the way it was heard.

        Raises DialogueError.
        """
        ...

    async def notify(self, signal: Signal) -> list[Reply]:
        """The line noticed this. Never an empty list. Raises DialogueError."""
        ...
