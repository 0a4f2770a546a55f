"""Between line and engine: of several wishes in one sentence the engine gets one after the other, each when it is due.

The engine answers the first, however many turns that takes (a login, a choice). When it is done and would ask what
else the caller needs, it gets the next instead.
"""

import logging
from collections.abc import Sequence
from typing import Protocol

from bot.dialogue.base import Dialogue, HangUp, Reading, Reply, Say, Signal, Span
from bot.dialogue.wishes import wishes_in
from bot.errors import DialogueError

log = logging.getLogger(__name__)

DONE = ("utter_anything_else", "utter_branch_anything_else")
"""What the engine says last when a business is done."""

FREE = ("", "open", "anything_else")
"""After these questions a caller names a business; only that is doubted for the way it was heard. What a menu, a form
or a yes-no question asks for is short and expected."""

SPLITS = ("", "open", "menu", "anything_else", "yes_no")
"""After these questions a caller may want anything. A story told freely, a date or a name is one answer."""


class ReadingDialogue(Dialogue, Protocol):
    """A conversation whose engine can say what it would take a text for."""

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading a text; the conversation does not move. Raises DialogueError."""
        ...

    async def close(self) -> None:
        """The call is over."""
        ...


class OneByOne:
    """One call's conversation."""

    def __init__(self, dialogue: ReadingDialogue) -> None:
        self._dialogue = dialogue
        self._waiting: list[str] = []
        """Wishes of the caller's that were not taken up yet."""

        self._question = ""

    async def hear(self, text: str, between: Span | None = None, doubt: float = 0.0) -> list[Reply]:
        """The caller said this. Raises DialogueError."""
        first, *later = await self._wishes(text)
        self._waiting = later or self._waiting
        doubt = doubt if self._question in FREE else 0.0
        return await self._and_what_waits(await self._dialogue.hear(first, between, doubt))

    async def notify(self, signal: Signal) -> list[Reply]:
        """The line noticed this. Raises DialogueError."""
        return await self._and_what_waits(await self._dialogue.notify(signal))

    async def close(self) -> None:
        """The call is over."""
        await self._dialogue.close()

    async def _wishes(self, text: str) -> list[str]:
        return await wishes_in(text, self._dialogue.read) if self._question in SPLITS else [text]

    async def _and_what_waits(self, replies: list[Reply]) -> list[Reply]:
        while self._waiting and _is_done(replies):
            wish = self._waiting.pop(0)
            try:
                replies = [*replies[:-1], *await self._dialogue.hear(wish)]
            except DialogueError as wrong:  # the caller has an answer and may ask again
                log.warning("the second wish of a sentence was not answered: %s", wrong.code)
                break
        if any(isinstance(reply, HangUp) for reply in replies) or _is_menu(replies):
            self._waiting = []
        asked = [reply.question for reply in replies if isinstance(reply, Say) and reply.question]
        self._question = asked[-1] if asked else ""
        return replies


def _is_done(replies: Sequence[Reply]) -> bool:
    return bool(replies) and isinstance(last := replies[-1], Say) and last.utterance in DONE


def _is_menu(replies: Sequence[Reply]) -> bool:
    """The caller went to a menu: whatever was begun is dropped."""
    return any(isinstance(reply, Say) and reply.utterance.startswith("utter_menu_") for reply in replies)
