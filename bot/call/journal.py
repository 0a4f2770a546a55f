"""What happened in a call, entry by entry: never a secret, never a full number."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    at_seconds: float
    """Loop time since the call began."""

    kind: str
    """said, heard, key, no_input, no_match, interrupted, number, pin, hand_off, failed, signal, ended."""

    facts: dict[str, Any] = field(default_factory=dict)
    """said: utterance, text, heard_seconds, interrupted. heard: text, confidence, by, overlapped. key: key (menu keys
    only). number: kind, outcome, last_four. pin: outcome. hand_off: reason, outcome. failed: code. ended: by.
    timings are facts whose names end in _seconds."""


class CallJournal:
    """Collects a call's entries and passes each on at once, so a killed process loses at most one."""

    def __init__(self, clock: Callable[[], float], keep: Callable[[Entry], None]) -> None:
        self._clock = clock
        self._began = clock()
        self._keep = keep
        self.entries: list[Entry] = []

    def note(self, kind: str, **facts: Any) -> Entry:
        """Write one entry; `keep` must not block (it hands over to a writer thread)."""
        entry = Entry(round(self._clock() - self._began, 3), kind, facts)
        self.entries.append(entry)
        self._keep(entry)
        return entry
