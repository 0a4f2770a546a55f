"""What happens in a call, in the past tense. Values only; they pass between all rooms."""

from dataclasses import dataclass, field
from typing import Literal

KEYS = "0123456789*#"


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """The caller pressed a key. The digit stays out of repr, so that no log can show a password."""

    digit: str = field(repr=False)
    """One of 0-9 * #."""


@dataclass(frozen=True, slots=True)
class CallerTyped:
    """The caller wrote instead of speaking (browser phone)."""

    text: str


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller's voice was noticed."""

    at_seconds: float
    """Audio time heard since the call began."""


@dataclass(frozen=True, slots=True)
class PartialHeard:
    """What the recogniser believes so far; it may still change."""

    text: str
    at_seconds: float
    voiced_seconds: float = 0.0
    """How much voice of the caller, and not our echo, this turn has had so far."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word."""

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """The caller finished a turn. An empty text means: voice or noise was there, but no word was understood."""

    text: str
    """Without spaces, as recognised; numbers still in characters."""

    confidence: float
    """0 to 1."""

    started_seconds: float
    ended_seconds: float
    """End of the last voiced frame; the turn was closed `waited_seconds` later."""

    waited_seconds: float
    """Silence waited for after the last voiced frame."""

    words: tuple[Word, ...] = ()
    by: Literal["speech", "text"] = "speech"

    doubt: float = 0.0
    """How far the way it was heard speaks against whatever it is taken for, in nats; 0: as if it had been typed."""

    recognised_in_seconds: float = 0.0
    """Computing time of the last result, for the latency report."""


@dataclass(frozen=True, slots=True)
class SilenceLasted:
    """Nobody spoke for the question's no-input time (counted in frames really received)."""

    seconds: float


EarEvent = SpeechStarted | PartialHeard | Utterance | SilenceLasted
