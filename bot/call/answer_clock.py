"""How long a caller waits for an answer, and for what."""

import asyncio

from bot.call.journal import CallJournal


class AnswerClock:
    """From the end of the caller's turn to the first sound of the answer; one `answered` entry in the journal each."""

    def __init__(self, journal: CallJournal) -> None:
        self._journal = journal
        self._turn_closed_at: float | None = None
        self._parts: dict[str, float] = {}

    def turn_closed(self, **parts_seconds: float) -> None:
        """The caller's turn is over now; what it has cost so far (wait, recogniser)."""
        self._turn_closed_at = asyncio.get_running_loop().time()
        self._parts = parts_seconds

    def spent(self, part: str, seconds: float) -> None:
        """The answer has cost this on its way; of several pieces the first counts, for the others come beside it."""
        self._parts.setdefault(part, seconds)

    def sounds(self) -> None:
        """A frame of speech goes out."""
        if self._turn_closed_at is None:
            return
        waited = asyncio.get_running_loop().time() - self._turn_closed_at
        parts = {f"{part}_seconds": round(seconds, 3) for part, seconds in self._parts.items()}
        self._journal.note("answered", after_seconds=round(waited, 3), **parts)
        self._turn_closed_at = None
