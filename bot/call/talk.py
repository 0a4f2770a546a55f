"""Talking: say what the dialogue wants said, hear the answer, tell the dialogue, until something else is due."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.call.answers import Answer, Heard, NotUnderstood, Pressed, Silence
from bot.call.line import CallLine
from bot.call.prompts import Prompts
from bot.call.turn import Turn, question_of
from bot.channels.base import Caption
from bot.dialogue.base import Dialogue, HandOff, HangUp, Reply, Say, Signal, Span
from bot.errors import DialogueError
from bot.listening.base import Question
from bot.mandarin import masked, sentences

PERSON_KEY = "0"

_FAILURES_BEFORE_PERSON = 2

DueNext = Reply
"""Any reply but Say."""


class TalkPhase:
    """The conversation itself."""

    def __init__(self, line: CallLine, dialogue: Dialogue, prompts: Prompts, questions: Mapping[str, Question]) -> None:
        self._line = line
        self._dialogue = dialogue
        self._prompts = prompts
        self._questions = questions
        self._silences = 0
        self._misses = 0
        self._failures = 0

    async def run(self, replies: Sequence[Reply]) -> DueNext:
        """Talk until a number, a password, a person or the end is due; that is returned."""
        while True:
            says = [reply for reply in replies if isinstance(reply, Say)]
            due = next((reply for reply in replies if not isinstance(reply, Say)), None)
            await self._show_notes(says)
            if due is not None:
                await self._say_before(says)
                return due
            said = await self._say_outcome(says)
            question = question_of(says, self._questions)
            if said == sum(len(sentences(say.text)) for say in says):
                says, said = [Say(text="")], 0
            answer = await Turn(self._line, self._prompts, says, question).ask(after=said)
            replies = await self._react(answer)

    async def notify(self, signal: Signal) -> Sequence[Reply]:
        """Tell the dialogue what the line noticed; an apology (or a person) if it cannot answer."""
        return await self._answer_of(signal)

    async def hear(self, text: str) -> Sequence[Reply]:
        """Tell the dialogue what the caller said outside a turn (after the goodbye)."""
        self._line.journal.note("heard", text=masked(text))
        return await self._answer_of(masked(text))

    async def _say_outcome(self, says: Sequence[Say]) -> int:
        """The private window stays open until the outcome (the first sentence) is spoken; keys meanwhile are swallowed.

        How many sentences were said: after them the caller may interrupt again.
        """
        if not self._line.privacy.is_open:
            return 0
        outcome = next(((say, text) for say in says for text in sentences(say.text)), None)
        if outcome is not None:
            await self._line.say(replace(outcome[0], text=outcome[1]))
        await self._line.end_private()
        return 1 if outcome is not None else 0

    async def _say_before(self, says: Sequence[Say]) -> None:
        if says:
            await self._line.say(*says)

    async def _show_notes(self, says: Sequence[Say]) -> None:
        for say in says:
            if say.note:
                await self._line.channel.show(Caption("note", say.note))

    async def _react(self, answer: Answer) -> Sequence[Reply]:
        match answer:
            case Heard(text, between=between, doubt=doubt):
                self._silences = self._misses = 0
                return await self._answer_of(masked(text), between, doubt)
            case Pressed(key):
                self._silences = self._misses = 0
                if self._failures and key == PERSON_KEY:
                    return [HandOff("failure")]
                self._line.journal.note("key", key=key)
                return await self._answer_of(Signal("key_pressed", {"key": key}))
            case Silence():
                self._silences += 1
                self._line.journal.note("no_input", count=self._silences)
                return await self._answer_of(Signal("no_input", {"count": self._silences}))
            case NotUnderstood():
                self._misses += 1
                self._line.journal.note("no_match", count=self._misses)
                return await self._answer_of(Signal("no_match", {"count": self._misses}))

    async def _answer_of(self, turn: str | Signal, between: Span | None = None, doubt: float = 0.0) -> Sequence[Reply]:
        try:
            replies = await self._line.bridge.over(self._ask(turn, between, doubt))
        except DialogueError as wrong:
            return self._failed(wrong, turn)
        self._failures = 0
        return replies

    async def _ask(self, turn: str | Signal, between: Span | None, doubt: float) -> Sequence[Reply]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            if isinstance(turn, Signal):
                return await self._dialogue.notify(turn)
            return await self._dialogue.hear(turn, between, doubt)
        finally:
            self._line.clock.spent("dialogue", loop.time() - began)

    def _failed(self, wrong: DialogueError, turn: str | Signal) -> Sequence[Reply]:
        self._failures += 1
        self._line.journal.note("failed", code=wrong.code)
        self._line.drop_keys_typed_ahead()
        match turn:
            case Signal("agent_finished"):  # a person was tried already: all that can be done is done
                return [HangUp()]
            case Signal("key_pressed", {"key": key}) if key == PERSON_KEY:
                return [HandOff("failure")]
        if self._failures >= _FAILURES_BEFORE_PERSON:
            return [self._prompts.say("still_failing"), HandOff("failure")]
        return [self._prompts.say("apology")]
