"""The people behind the bot, as far as a call needs them: someone who will ring back."""

from typing import Protocol


class Desk(Protocol):
    """Takes what the bot cannot finish itself."""

    async def call_back(self, call_id: str, caller_number: str, reason: str, summary: str) -> str:
        """Record that this caller is to be rung back; the work order's number. Raises StoreError."""
        ...
