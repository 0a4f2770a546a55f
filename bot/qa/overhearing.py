"""A tester's view of a call's ear: every turn it hears, before words are masked, with what it listened for.

Never sees a password that is keyed: the ear is deaf then. What it sees stays in memory; whoever writes it down masks
it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.audio.frame import Frame
from bot.call.line import ListeningEar
from bot.events import EarEvent, Utterance
from bot.listening.base import Question


@dataclass(frozen=True, slots=True)
class Overheard:
    """One turn of the caller as the hotline heard it."""

    question: Question
    """What was listened for."""

    utterance: Utterance


class OverheardEar:
    """An ear like the one it holds; each utterance goes to `keep` as well."""

    def __init__(self, ear: ListeningEar, keep: Callable[[Overheard], None]) -> None:
        self._ear = ear
        self._keep = keep
        self._question = Question()

    @property
    def deaf(self) -> bool:
        """While True nothing is heard."""
        return self._ear.deaf

    @deaf.setter
    def deaf(self, deaf: bool) -> None:
        self._ear.deaf = deaf

    def attend(self, question: Question) -> None:
        """Listen for this answer."""
        self._question = question
        self._ear.attend(question)

    def prompt_started(self, text: str) -> None:
        """A prompt sounds from now on."""
        self._ear.prompt_started(text)

    def prompt_ended(self) -> None:
        """The prompt is over."""
        self._ear.prompt_ended()

    async def hear(self, frame: Frame, sent: bytes, behind: int = 0) -> list[EarEvent]:
        """Hear 20 ms."""
        events = await self._ear.hear(frame, sent, behind)
        for event in events:
            if isinstance(event, Utterance):
                self._keep(Overheard(self._question, event))
        return events

    def close(self) -> None:
        """The call is over."""
        self._ear.close()
