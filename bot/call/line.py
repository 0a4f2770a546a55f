"""The caller's line: listens, records and speaks at once. The only place that runs tasks and interrupts itself."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Protocol

from bot.audio.frame import FRAME_SECONDS, SILENCE, Frame
from bot.call.journal import CallJournal
from bot.call.reading import Reading, Sentence
from bot.call.recorder import Recorder
from bot.channels.base import Caption, Channel, NextStep
from bot.dialogue.base import Say
from bot.errors import CallEnded, RecognitionError, SynthesisError
from bot.events import CallerTyped, DigitPressed, EarEvent, PartialHeard, Utterance
from bot.listening.base import Question
from bot.mandarin import masked
from bot.speaking.base import Manner, Voice

_AHEAD_SECONDS = 3.0
"""Sounds are made this far ahead of the mouth: enough to never starve, little to throw away at an interruption."""

_GLANCE_SECONDS = 0.2
"""How often a phase that waits for keys looks whether its prompt is over."""

_STRAY_SECONDS = 4.0
"""A key so soon after the last digit of a complete secret is one digit too many."""

_QUARANTINE_SECONDS = 2.0
"""After a secret's outcome was spoken, keys may still be digits of it: if the caller was just pressing some, or never
finished, they and those that follow within this time are swallowed."""

_LATE_FRAMES = 150
"""3 s of unheard sound: the ear is hopelessly behind; older frames are dropped."""


class ReadingEnded:
    """The mouth has spoken everything."""


LineEvent = DigitPressed | CallerTyped | EarEvent | ReadingEnded


class ListeningEar(Protocol):
    """What the line needs of an ear (bot.listening.ear.Ear)."""

    deaf: bool

    def attend(self, question: Question) -> None:
        """Listen for this answer."""
        ...

    def prompt_started(self, text: str) -> None:
        """A prompt sounds from now on."""
        ...

    def prompt_ended(self) -> None:
        """The prompt is over: silence counts from here."""
        ...

    async def hear(self, frame: Frame, sent: bytes, behind: int = 0) -> list[EarEvent]:
        """Hear 20 ms; `sent` is what our mouth sent at that moment, `behind` how many frames still wait."""
        ...

    def close(self) -> None:
        """The call is over."""
        ...


class CallLine:
    """One call's line. Phases speak and wait on it; a hang-up raises CallEnded wherever they wait."""

    def __init__(
        self, channel: Channel, ear: ListeningEar, voice: Voice, journal: CallJournal, recorder: Recorder
    ) -> None:
        self.channel = channel
        self.journal = journal
        self.manner = Manner()
        self._ear = ear
        self._voice = voice
        self._recorder = recorder
        self._events: asyncio.Queue[LineEvent] = asyncio.Queue()
        self._unheard: deque[tuple[Frame, bytes]] = deque(maxlen=_LATE_FRAMES)
        self._frame_came = asyncio.Event()
        self._reading: Reading | None = None
        self._wanted = asyncio.Event()
        self._sent = SILENCE
        self._show_partials = True
        self._turn_closed_at: float | None = None
        self.parts: dict[str, float] = {}
        """Seconds spent so far on the answer that is due, by part: wait_seconds, recogniser_seconds, …"""

        self._closing = False
        self._private = False
        self.secret_complete = False
        """Set by the phase that collects a secret: all its digits have come, later ones are strays."""

        self._key_at = 0.0
        self._quarantine_ends = 0.0
        self._heard_frames = 0

    async def run(self, conversation: Callable[[], Awaitable[None]]) -> None:
        """Keep the line open while the conversation lasts. Raises CallEnded (in a group) when the caller hangs up."""
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(task()) for task in (self._read, self._listen, self._speak, self._make_sounds)]
            await conversation()
            for task in running:
                task.cancel()

    # -- speaking ---------------------------------------------------------------------------------------------

    def read(self, says: Sequence[Say], start_at: int = 0) -> Reading:
        """Begin to say these; returns at once. What was being said falls silent."""
        self.hush()
        reading = Reading(says, start_at=start_at)
        self._reading = reading
        self._ear.prompt_started("".join(say.text for say in says))
        if reading.finished:
            self._end_reading(reading)
        self._wanted.set()
        return reading

    def hush(self) -> None:
        """Stop speaking now."""
        if self._reading is not None and self._reading.speaking:
            self._reading.interrupt()
            self._note_said(self._reading)
            self._ear.prompt_ended()

    async def say(self, *says: Say) -> None:
        """Say these to their end, whatever the caller does meanwhile; keys pressed are kept for later."""
        reading = self.read(says)
        kept: list[LineEvent] = []
        while reading.speaking:
            event = await self._events.get()
            if isinstance(event, DigitPressed):
                kept.append(event)
        for event in kept:
            self._events.put_nowait(event)

    # -- listening --------------------------------------------------------------------------------------------

    def attend(self, question: Question, *, show_partials: bool = True) -> None:
        """Listen for the answer to this question from now on; what was heard before is over, keys are kept.

        `show_partials` False: the answer is a number, which no screen shows.
        """
        self._ear.attend(question)
        self._show_partials = show_partials
        keys = [event for event in self._drained() if isinstance(event, (DigitPressed, CallerTyped))]
        for event in keys:
            self._events.put_nowait(event)

    @property
    def heard_seconds(self) -> float:
        """Audio time the ear has heard: the clock of Utterance.started_seconds."""
        return self._heard_frames * FRAME_SECONDS

    async def next_event(self) -> LineEvent:
        """Wait for whatever comes next from the caller or the mouth."""
        return await self._events.get()

    async def next_key(self, within_seconds: float) -> str | None:
        """The next key, or None after so long without one. Speech does not matter here."""
        try:
            async with asyncio.timeout(within_seconds):
                while True:
                    event = await self._events.get()
                    if isinstance(event, DigitPressed):
                        return event.digit
        except TimeoutError:
            return None

    async def first_key(self, reading: Reading, within_seconds: float) -> str | None:
        """The first key of a number or password: time to find the keypad counts from the end of the prompt."""
        while reading.speaking:
            key = await self.next_key(_GLANCE_SECONDS)
            if key is not None:
                return key
        return await self.next_key(within_seconds)

    # -- secrets ----------------------------------------------------------------------------------------------

    async def begin_private(self) -> None:
        """A secret is due: ear off, recording silent. Every key from now on belongs to the phase that asked."""
        if not self._private:
            self._private = True
            self.secret_complete = False
            self._ear.deaf = True
            self._recorder.silent = True
            await self.channel.show(Caption("state", "private"))

    async def end_private(self) -> None:
        """The outcome has been spoken: late keys are swallowed, the ear opens again."""
        if self._private:
            self._private = False
            now = asyncio.get_running_loop().time()
            self._quarantine_ends = self._key_at + _STRAY_SECONDS if self.secret_complete else now + _QUARANTINE_SECONDS
            self._drained()
            self._ear.deaf = False
            self._recorder.silent = False
            await self.channel.show(Caption("state", "listening"))

    @property
    def private(self) -> bool:
        """True while keys are secrets."""
        return self._private

    @contextlib.asynccontextmanager
    async def unrecorded(self) -> AsyncIterator[None]:
        """While a number is entered: the caller's side of the recording is silent, the ear stays open."""
        self._recorder.silent = True
        try:
            yield
        finally:
            self._recorder.silent = self._private

    # -- the end ----------------------------------------------------------------------------------------------

    async def close(self, next_step: NextStep) -> None:
        """Let go: what was sent is played out, then the channel hangs up or gives the caller back."""
        self._closing = True
        await self.channel.close(next_step)

    # -- tasks ------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        """Take what comes from the caller. Keys go first: they must stop the mouth at once."""
        async for event in self.channel.incoming():
            if isinstance(event, Frame):
                self._recorder.add(event.samples, self._sent)
                self._unheard.append((event, self._sent))
                self._frame_came.set()
            elif not (isinstance(event, DigitPressed) and self._is_late_secret()):
                self._turn_closed_at = asyncio.get_running_loop().time()
                self.parts = {}
                if not self._private:
                    self.hush()
                self._events.put_nowait(event)
        if not self._closing:
            raise CallEnded

    def _is_late_secret(self) -> bool:
        """A key pressed so soon after a password phase may still be one of its digits."""
        now = self._key_at = asyncio.get_running_loop().time()
        if self._private or now >= self._quarantine_ends:
            return False
        self._quarantine_ends = now + _QUARANTINE_SECONDS
        return True

    async def _listen(self) -> None:
        """Let the ear hear every frame, in order."""
        loop = asyncio.get_running_loop()
        while True:
            await self._frame_came.wait()
            self._frame_came.clear()
            while self._unheard:
                frame, sent = self._unheard.popleft()
                self._heard_frames += 1
                try:
                    for event in await self._ear.hear(frame, sent, len(self._unheard)):
                        await self._heard(event, loop.time())
                except RecognitionError as wrong:
                    self.journal.note("failed", code=wrong.code)
                    self._events.put_nowait(Utterance("", 0.0, 0.0, 0.0, 0.0))

    async def _heard(self, event: EarEvent, now: float) -> None:
        if isinstance(event, Utterance):
            self._turn_closed_at = now
            self.parts = {"wait_seconds": event.waited_seconds, "recogniser_seconds": event.recognised_in_seconds}
        if isinstance(event, PartialHeard) and self._show_partials:
            await self.channel.show(Caption("partial", event.text))
        self._events.put_nowait(event)

    async def _speak(self) -> None:
        """Send 20 ms every 20 ms: the reading if there is one, else silence."""
        while True:
            frame = self._reading.next_frame() if self._reading is not None else None
            if frame is not None and self._turn_closed_at is not None:
                self._note_first_sound()
            self._sent = frame or SILENCE
            await self.channel.send(self._sent)
            if self._reading is not None:
                self._wanted.set()
                begun = self._reading.newly_begun()
                if begun is not None:
                    await self.channel.show(Caption("said", begun.text))
                if self._reading.finished:
                    self._end_reading(self._reading)

    async def _make_sounds(self) -> None:
        """Make the sounds of the reading, a little ahead of the mouth."""
        while True:
            reading = self._reading
            sentence = reading.next_to_feed if reading is not None else None
            if reading is None or sentence is None or reading.seconds_ahead > _AHEAD_SECONDS:
                self._wanted.clear()
                await self._wanted.wait()
                continue
            began = asyncio.get_running_loop().time()
            reading.feed(await self._sound_of(sentence))
            self.parts.setdefault("speech_seconds", asyncio.get_running_loop().time() - began)

    async def _sound_of(self, sentence: Sentence) -> bytes:
        try:
            return await self._voice.sound_of(
                sentence.text, self.manner, utterance=sentence.say.utterance, fixed=sentence.say.fixed
            )
        except SynthesisError as wrong:
            self.journal.note("failed", code=wrong.code)
            return b""

    def _note_first_sound(self) -> None:
        """The answer begins to sound: how long the caller waited for it after the end of the turn, and for what."""
        now = asyncio.get_running_loop().time()
        parts = {name: round(seconds, 3) for name, seconds in self.parts.items()}
        self.journal.note("answered", after_seconds=round(now - (self._turn_closed_at or now), 3), **parts)
        self._turn_closed_at = None

    def _end_reading(self, reading: Reading) -> None:
        self._reading = None
        self._note_said(reading)
        self._ear.prompt_ended()
        self._events.put_nowait(ReadingEnded())

    def _note_said(self, reading: Reading) -> None:
        for say in reading.says:
            self.journal.note(
                "said",
                utterance=say.utterance,
                text=masked(say.text) if say.fixed else "",
                of_seconds=round(reading.heard_frames * FRAME_SECONDS, 2),
                interrupted=reading.interrupted,
            )

    def _drained(self) -> list[LineEvent]:
        events: list[LineEvent] = []
        while not self._events.empty():
            events.append(self._events.get_nowait())
        return events
