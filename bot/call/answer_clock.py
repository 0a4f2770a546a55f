"""How long a caller waits for an answer, and for what."""

import asyncio

from bot.call.journal import CallJournal


class AnswerClock:
    """From the end of the caller's turn to the first sound of the answer; one `answered` entry in the journal each."""

    def __init__(self, journal: CallJournal) -> None:
        self._journal = journal
        self.bridged = False
        """Whether the caller was told to wait in this turn (bridge.py)."""

        self._turn_closed_at: float | None = None
        self._parts: dict[str, float] = {}

    def turn_closed(self, **parts_seconds: float) -> None:
        """The caller's turn is over now; what it has cost so far (wait, recogniser)."""
        self.bridged = False
        self._turn_closed_at = asyncio.get_running_loop().time()
        self._parts = parts_seconds

    def spent(self, part: str, seconds: float) -> None:
        """The answer has cost this on its way; of several pieces the first counts, for the others come beside it."""
        self._parts.setdefault(part, seconds)

    @property
    def waited_seconds(self) -> float:
        """How long the caller has waited by now; 0 if for nothing."""
        began = self._turn_closed_at
        return 0.0 if began is None else asyncio.get_running_loop().time() - began

    def bridge_sounds(self) -> None:
        """A frame of 请稍等 goes out, which is no answer: it is noted beside it, in bridged_seconds."""
        self.spent("bridged", self.waited_seconds)

    def sounds(self) -> None:
        """A frame of speech goes out."""
        self.bridged = False
        if self._turn_closed_at is None:
            return
        waited = self.waited_seconds
        parts = {f"{part}_seconds": round(seconds, 3) for part, seconds in self._parts.items()}
        self._journal.note("answered", after_seconds=round(waited, 3), **parts)
        self._turn_closed_at = None
