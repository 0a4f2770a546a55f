"""The caller's line: listens, records and speaks at once. The only place that runs tasks and interrupts itself."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.audio.frame import FRAME_SECONDS, Frame
from bot.call.answer_clock import AnswerClock
from bot.call.bridge import Bridge
from bot.call.commands import Commands
from bot.call.journal import CallJournal
from bot.call.mouth import Mouth
from bot.call.private_window import ALONE_SECONDS, PrivateWindow
from bot.call.reading import Reading
from bot.call.recorder import Recorder
from bot.channels.base import Caption, Channel, NextStep
from bot.dialogue.base import Say
from bot.errors import CallEnded, RecognitionError
from bot.events import CallerTyped, DigitPressed, EarEvent, PartialHeard, Utterance
from bot.listening.base import Question
from bot.mandarin import holds_a_number
from bot.speaking.base import Voice

_GLANCE_SECONDS = 0.2
"""How often a phase that waits for keys looks whether its prompt is over."""

_BEFORE_SPEECH_SECONDS = 0.5
"""A word begins a little before the ear is sure of it."""

_LATE_FRAMES = 150
"""3 s of unheard sound: the ear is hopelessly behind; older frames are dropped."""


_END_KEY_SECONDS = 3.0
"""So soon after the last digit of a number that is whole without it, # closes that number."""


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
        self,
        channel: Channel,
        ear: ListeningEar,
        voice: Voice,
        journal: CallJournal,
        recorder: Recorder,
        commands: Commands,
        trouble: Say,
        please_wait: Say,
    ) -> None:
        """`commands`: what callers say to the line itself. `trouble`: what is said when the voice fails.

        `please_wait`: what is said when an answer is slow in coming.
        """
        self.channel = channel
        self.journal = journal
        self.commands = commands
        self.clock = AnswerClock(journal)
        self.privacy = PrivateWindow(channel, ear, recorder)
        self.mouth = Mouth(channel, voice, journal, self.clock, trouble)
        self.bridge = Bridge(self.mouth, self.clock, please_wait)
        self.mouth.on_begun = ear.prompt_started
        self.mouth.on_ended = self._reading_ended
        self._ear = ear
        self._recorder = recorder
        self._events: asyncio.Queue[LineEvent] = asyncio.Queue()
        self._unheard: deque[tuple[Frame, bytes]] = deque(maxlen=_LATE_FRAMES)
        self._frame_came = asyncio.Event()
        self._heard_frames = 0
        self._show_partials = True
        self._end_key_until = 0.0
        self._closing = False
        self._held: asyncio.TimerHandle | None = None

    async def run(self, conversation: Callable[[], Awaitable[None]]) -> None:
        """Keep the line open while the conversation lasts. Raises CallEnded (in a group) when the caller hangs up."""
        always = (self._read, self._listen, self.mouth.speak, self.mouth.make_sounds)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(task()) for task in always]
            await conversation()
            for task in running:
                task.cancel()

    async def close(self, next_step: NextStep) -> None:
        """Let go: what was sent is played out, then the channel hangs up or gives the caller back."""
        self._closing = True
        await self.channel.close(next_step)

    # -- what phases do ---------------------------------------------------------------------------------------

    async def say(self, *says: Say) -> None:
        """Say these to their end, whatever the caller does meanwhile; keys pressed are kept for later."""
        reading = self.mouth.read(says)
        kept: list[LineEvent] = []
        while reading.speaking:
            event = await self._events.get()
            if isinstance(event, DigitPressed):
                kept.append(event)
        for event in kept:
            self._events.put_nowait(event)

    def attend(self, question: Question, *, show_partials: bool = True) -> None:
        """Listen for the answer to this question from now on; what was heard before is over, keys are kept.

        `show_partials` False: the answer is a number, which no screen shows.
        """
        self._ear.attend(question)
        self._show_partials = show_partials
        self._forget(keep=(DigitPressed, CallerTyped))

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

    def drop_keys_typed_ahead(self) -> None:
        """Keys that wait were meant for an answer that did not come (a number, a password): they, and those that
        follow at once, go nowhere. A single 0 wants a person."""
        waiting = self._taken()
        keys = [event.digit for event in waiting if isinstance(event, DigitPressed)]
        for event in waiting:
            if keys == ["0"] or not isinstance(event, DigitPressed):
                self._events.put_nowait(event)
        if keys and keys != ["0"]:
            self.privacy.swallow_strays()

    def forgive_end_key(self) -> None:
        """A number was whole before its closing #: if that is the next key, it is none of what is asked next."""
        waiting = self._taken()
        keys = [event for event in waiting if isinstance(event, DigitPressed)]
        if keys and keys[0].digit == "#":
            waiting.remove(keys[0])
        elif not keys:
            self._end_key_until = asyncio.get_running_loop().time() + _END_KEY_SECONDS
        for event in waiting:
            self._events.put_nowait(event)

    def forget_speech(self, began_seconds: float) -> None:
        """What the caller said since then was a password: the recording is silent there, too."""
        self._recorder.silence_from(began_seconds - _BEFORE_SPEECH_SECONDS)

    def drop_keys(self) -> None:
        """Keys that wait were pressed before this was asked: they are no answer to it."""
        self._forget()

    async def end_private(self) -> None:
        """The outcome of a secret has been spoken: keys that came meanwhile are swallowed, the ear opens again."""
        if self.privacy.is_open:
            self._forget()
            await self.privacy.close()

    # -- tasks ------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        """Take what comes from the caller. Keys go first: they must stop the mouth at once."""
        async for event in self.channel.incoming():
            if isinstance(event, Frame):
                sent = self.mouth.sent.beside(asyncio.get_running_loop().time())
                self._recorder.add(event.samples, sent)
                self._unheard.append((event, sent))
                self._frame_came.set()
            elif isinstance(event, DigitPressed):
                forgiven = event.digit == "#" and asyncio.get_running_loop().time() < self._end_key_until
                self._end_key_until = 0.0
                if not forgiven:
                    self._key_came(event)
            else:
                self._pass_on(event)
        if not self._closing:
            raise CallEnded

    def _key_came(self, key: DigitPressed) -> None:
        """Pass a key on, unless it is or may be a stray digit of a secret."""
        if self.privacy.swallows_key():
            return
        held, self._held = self._held, None
        if held is not None:  # the second key of a late password: neither of them goes anywhere
            held.cancel()
            self.privacy.swallow_strays()
        elif self.privacy.expects_late_digits:
            self._held = asyncio.get_running_loop().call_later(ALONE_SECONDS, self._came_alone, key)
        else:
            self._pass_on(key)

    def _came_alone(self, key: DigitPressed) -> None:
        self._held = None
        if not self.privacy.is_open:
            self._pass_on(key)

    def _pass_on(self, event: DigitPressed | CallerTyped) -> None:
        self.clock.turn_closed()
        if not self.privacy.is_open:
            self.mouth.hush()
            self.bridge.turn_closed()
        self._events.put_nowait(event)

    async def _listen(self) -> None:
        """Let the ear hear every frame, in order."""
        while True:
            await self._frame_came.wait()
            self._frame_came.clear()
            while self._unheard:
                frame, sent = self._unheard.popleft()
                self._heard_frames += 1
                try:
                    for event in await self._ear.hear(frame, sent, len(self._unheard)):
                        await self._heard(event)
                except RecognitionError as wrong:
                    self.journal.note("failed", code=wrong.code)
                    self._events.put_nowait(Utterance("", 0.0, 0.0, 0.0, 0.0))

    async def _heard(self, event: EarEvent) -> None:
        if isinstance(event, Utterance):
            self.clock.turn_closed(wait=event.waited_seconds, recogniser=event.recognised_in_seconds)
            if event.text:
                self.bridge.turn_closed()
        if isinstance(event, PartialHeard) and self._show_partials and event.text and not holds_a_number(event.text):
            await self.channel.show(Caption("partial", event.text))
        self._events.put_nowait(event)

    def _reading_ended(self, whole: bool) -> None:
        self._ear.prompt_ended()
        if whole:
            self._events.put_nowait(ReadingEnded())

    def _forget(self, keep: tuple[type, ...] = ()) -> None:
        """Empty the queue of events but for some kinds."""
        for event in self._taken():
            if isinstance(event, keep):
                self._events.put_nowait(event)

    def _taken(self) -> list[LineEvent]:
        """Everything out of the queue."""
        return [self._events.get_nowait() for _ in range(self._events.qsize())]
