"""One question and its answer: prompt, interruption, false interruption, the caller's wishes about the reading."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.call.answers import Answer, Heard, NotUnderstood, Pressed, Silence
from bot.call.commands import REPEAT_KEY, Command
from bot.call.line import CallLine, ReadingEnded
from bot.call.prompts import Prompts
from bot.call.reading import Reading
from bot.channels.base import Caption
from bot.dialogue.base import Say
from bot.events import CallerTyped, DigitPressed, PartialHeard, SilenceLasted, Utterance
from bot.listening.base import Question
from bot.listening.interruption import interrupts
from bot.mandarin import masked, says_password
from bot.speaking.base import Manner

_PATIENCE_SECONDS = 120.0
"""How long the line waits after 等一下 or 停 before it asks whether the caller is still there."""

_SPEEDS = (0.6, 0.8, 1.0, 1.2, 1.4)
_GAINS_DB = (-6.0, 0.0, 6.0)


PASSWORD = "（密码）"
"""What is written where a caller said one."""


class Turn:
    """Says something and waits for what the caller answers to it."""

    def __init__(
        self, line: CallLine, prompts: Prompts, says: Sequence[Say], question: Question, *, of_digits: bool = False
    ) -> None:
        """`of_digits`: the answer is a number; every key is a digit of it, its words are not written down."""
        self._line = line
        self._prompts = prompts
        self._says = tuple(says)
        self._question = question
        self._of_digits = of_digits
        self._reading = Reading(())
        self._stopped_at = 0
        self._ended_at = 0.0

    async def ask(self, *, after: int = 0) -> Answer:
        """The caller's answer. Fillers over the prompt are none; wishes about the reading are fulfilled here.

        `after` so many sentences, which the caller has heard already (and may ask to hear again).
        """
        self._start(after)
        while True:
            event = await self._line.next_event()
            answer = await self._judge(event)
            if answer is not None:
                return answer

    async def _judge(self, event: object) -> Answer | None:
        match event:
            case DigitPressed(digit) if digit == REPEAT_KEY and not self._of_digits:
                self._start()
            case DigitPressed(digit):
                self._line.mouth.hush()  # a key typed ahead finds the prompt just begun
                return Pressed(digit)
            case CallerTyped(text):
                self._line.mouth.hush()
                if self._is_password(text):
                    await self._refuse_password()
                    return None
                return await self._take(Heard(text, by="text"))
            case PartialHeard(text, _, voiced_seconds) if self._may_interrupt(text, voiced_seconds):
                self._line.journal.note("interrupted", at_sentence=self._reading.resume_at)
                self._line.mouth.hush()
            case Utterance():
                return await self._utterance(event)
            case ReadingEnded():
                self._ended_at = self._line.heard_seconds
            case SilenceLasted():
                return Silence()
            case _:
                pass
        return None

    # -- speech -----------------------------------------------------------------------------------------------

    async def _utterance(self, utterance: Utterance) -> Answer | None:
        if self._reading.speaking:
            if not self._may_interrupt(utterance.text):
                if self._is_password(utterance.text):
                    self._line.forget_speech(utterance.started_seconds)
                self._overheard(utterance)
                return None
            self._line.mouth.hush()
        if not utterance.text:
            return self._nothing_heard()
        if self._is_password(utterance.text):
            self._line.forget_speech(utterance.started_seconds)
            await self._refuse_password()
            return None
        began_over_prompt = not self._reading.interrupted and utterance.started_seconds < self._ended_at
        if began_over_prompt and not interrupts(utterance.text, self._question):
            self._overheard(utterance)
            return None
        between = (round(utterance.started_seconds, 2), round(utterance.ended_seconds, 2))
        return await self._take(Heard(utterance.text, utterance.confidence, utterance.doubt, between=between))

    def _may_interrupt(self, text: str, voiced_seconds: float = 0.0) -> bool:
        sentence = self._reading.current if self._reading.speaking else None
        return sentence is not None and sentence.say.barge_in and interrupts(text, self._question, voiced_seconds)

    def _overheard(self, utterance: Utterance) -> None:
        """A 嗯 over a prompt confirms nothing."""
        self._line.journal.note("heard", text=self._written(utterance.text), overlapped=True)

    def _nothing_heard(self) -> Answer | None:
        if self._reading.interrupted:
            self._line.journal.note("interrupted", false=True)
            self._start(self._reading.resume_at)
            return None
        return NotUnderstood()

    async def _take(self, heard: Heard) -> Answer | None:
        self._line.journal.note(
            "heard", text=self._written(heard.text), confidence=round(heard.confidence, 3), by=heard.by
        )
        await self._line.channel.show(Caption("heard", self._written(heard.text)))
        command = self._line.commands.of(heard.text)
        if command is None:
            return heard
        self._line.journal.note("command", name=command.value)
        self._fulfil(command)
        return None

    def _is_password(self, text: str) -> bool:
        """Six digits alone are one unless a number was asked for, of which they may be a piece."""
        return says_password(text) and ("密码" in text or not self._of_digits)

    async def _refuse_password(self) -> None:
        """Said aloud, a password goes nowhere: not to the dialogue, not into the journal; and the caller hears why."""
        self._line.journal.note("heard", text=PASSWORD)
        await self._line.channel.show(Caption("heard", PASSWORD))
        self._attend(self._question)
        self._reading = self._line.mouth.read([self._prompts.say("pin_said_aloud"), *self._says[-1:]])

    def _written(self, text: str) -> str:
        """The caller's words as they may be written down."""
        if self._is_password(text):
            return PASSWORD
        return "（号码）" if self._of_digits else masked(text)

    # -- wishes about the reading -----------------------------------------------------------------------------

    def _fulfil(self, command: Command) -> None:
        match command:
            case Command.STOP:
                self._pause("paused")
            case Command.WAIT:
                self._pause("waiting")
            case Command.REPEAT:
                self._start()
            case Command.GO_ON:
                self._start(self._stopped_at)
            case Command.SLOWER | Command.FASTER:
                speed = _step(_SPEEDS, self._line.mouth.manner.speed, -1 if command is Command.SLOWER else 1)
                self._speak_like(replace(self._line.mouth.manner, speed=speed))
            case Command.LOUDER | Command.SOFTER:
                gain = _step(_GAINS_DB, self._line.mouth.manner.gain_db, -1 if command is Command.SOFTER else 1)
                self._speak_like(replace(self._line.mouth.manner, gain_db=gain))

    def _pause(self, prompt: str) -> None:
        stopped_at = self._reading.resume_at if self._reading.says == self._says else self._stopped_at
        self._line.mouth.hush()
        self._attend(replace(self._question, no_input_seconds=_PATIENCE_SECONDS))
        self._reading = self._line.mouth.read([self._prompts.say(prompt)])
        self._stopped_at = stopped_at

    def _speak_like(self, manner: Manner) -> None:
        self._line.mouth.manner = manner
        self._start(0 if self._reading.finished else self._reading.resume_at)

    def _attend(self, question: Question) -> None:
        self._line.attend(question, show_partials=not self._of_digits)

    def _start(self, at: int = 0) -> None:
        self._attend(self._question)
        self._reading = self._line.mouth.read(self._says, at)


def question_of(says: Sequence[Say], questions: Mapping[str, Question]) -> Question:
    """How to listen after these: as the last question asked wants it."""
    names = [say.question for say in says if say.question]
    return questions[names[-1]] if names and names[-1] in questions else questions["open"]


def _step(steps: Sequence[float], now: float, by: int) -> float:
    """The next faster or slower, louder or softer step; the last one stays."""
    nearest = min(range(len(steps)), key=lambda place: abs(steps[place] - now))
    return steps[min(max(nearest + by, 0), len(steps) - 1)]
