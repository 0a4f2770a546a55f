"""What a caller can answer to a prompt."""

from dataclasses import dataclass, field
from typing import Literal

from bot.dialogue.base import Span


@dataclass(frozen=True, slots=True)
class Heard:
    """Words, spoken or typed."""

    text: str
    confidence: float = 1.0
    doubt: float = 0.0
    """As in Utterance."""

    by: Literal["speech", "text"] = "speech"
    between: Span | None = None
    """Where in the call's recording they were spoken."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key. Out of repr, like every digit."""

    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody spoke for the question's no-input time."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """There was a voice, but no words came out of it."""


Answer = Heard | Pressed | Silence | NotUnderstood
