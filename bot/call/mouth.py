"""The bot's voice on the line: 20 ms every 20 ms, the reading if there is one, else silence."""

import asyncio
import math
from collections.abc import Callable, Sequence

import numpy as np

from bot.audio.frame import FRAME_SECONDS, LINE_RATE, SILENCE
from bot.call.answer_clock import AnswerClock
from bot.call.journal import CallJournal
from bot.call.reading import Reading, Sentence
from bot.call.sent_sound import SentSound
from bot.channels.base import Caption, Channel
from bot.dialogue.base import Say
from bot.errors import SynthesisError
from bot.mandarin import masked
from bot.speaking.base import Manner, Voice

_AHEAD_SECONDS = 3.0
"""Sounds are made this far ahead: enough to never starve, little to throw away at an interruption."""


class Mouth:
    """Says one reading at a time; falls silent at once."""

    def __init__(self, channel: Channel, voice: Voice, journal: CallJournal, clock: AnswerClock, trouble: Say) -> None:
        """`trouble`: a stored sentence for when no sound can be made of what should be said."""
        self.manner = Manner()
        self.sent = SentSound()
        """What goes out, by the clock: what may come back as echo."""

        self.on_begun: Callable[[str], None] = lambda _: None
        """Told the text of a reading that begins."""

        self.on_ended: Callable[[bool], None] = lambda _: None
        """Told that a reading ended: True if it was spoken to its end."""

        self._channel = channel
        self._voice = voice
        self._journal = journal
        self._clock = clock
        self._trouble = trouble
        self._reading: Reading | None = None
        self._wanted = asyncio.Event()
        self._silent = asyncio.Event()

    def read(self, says: Sequence[Say], start_at: int = 0, *, is_answer: bool = True) -> Reading:
        """Begin to say these; returns at once. What was being said falls silent."""
        self.hush()
        reading = self._reading = Reading(says, start_at=start_at, is_answer=is_answer)
        self.on_begun("".join(say.text for say in says))
        if reading.finished:
            self._end(reading)
        self._wanted.set()
        return reading

    def hush(self) -> None:
        """Stop speaking now."""
        if self._reading is not None and self._reading.speaking:
            self._reading.interrupt()
            self._end(self._reading)

    @property
    def speaking(self) -> bool:
        """Whether something is being said, or about to be."""
        return self._reading is not None

    async def until_silent(self) -> None:
        """Wait until what is being said is over."""
        while self._reading is not None:
            self._silent.clear()
            await self._silent.wait()

    async def speak(self) -> None:
        """Task: send frames for as long as the call lasts; the channel keeps the pace."""
        while True:
            frame = None
            if self._reading is not None and (frame := self._reading.next_frame()) is not None:
                self._clock.sounds() if self._reading.is_answer else self._clock.bridge_sounds()
            self.sent.send(frame or SILENCE, asyncio.get_running_loop().time())
            await self._channel.send(frame or SILENCE)
            if self._reading is not None:
                await self._after_frame(self._reading)

    async def make_sounds(self) -> None:
        """Task: make the sounds of the reading, a little ahead of the frames."""
        loop = asyncio.get_running_loop()
        while True:
            reading = self._reading
            sentence = reading.next_to_feed if reading is not None else None
            if reading is None or sentence is None or reading.seconds_ahead > _AHEAD_SECONDS:
                self._wanted.clear()
                await self._wanted.wait()
                continue
            began = loop.time()
            reading.feed(await self._sound_of(sentence))
            if reading.is_answer:
                self._clock.spent("speech", loop.time() - began)

    async def _after_frame(self, reading: Reading) -> None:
        self._wanted.set()
        begun = reading.newly_begun()
        if begun is not None:
            await self._channel.show(Caption("said", begun.text))
        if reading.finished and reading is self._reading:
            self._end(reading)

    async def _sound_of(self, sentence: Sentence) -> bytes:
        say = sentence.say
        try:
            return await self._voice.sound_of(sentence.text, self.manner, utterance=say.utterance, fixed=say.fixed)
        except SynthesisError as wrong:
            self._journal.note("failed", code=wrong.code)
        try:
            return await self._voice.sound_of(self._trouble.text, Manner(), utterance=self._trouble.utterance)
        except SynthesisError:
            return _signal_tone()

    def _end(self, reading: Reading) -> None:
        self._reading = None
        self._silent.set()
        for say in reading.says:
            self._journal.note(
                "said",
                utterance=say.utterance,
                text=masked(say.text) if say.fixed else "",
                of_seconds=round(reading.heard_frames * FRAME_SECONDS, 2),
                interrupted=reading.interrupted,
            )
        self.on_ended(not reading.interrupted)


def _signal_tone() -> bytes:
    """Half a second of 450 Hz, the special tone of Chinese exchanges (GF 002): when not even stored sound is left."""
    times = np.arange(LINE_RATE // 2) / LINE_RATE
    return bytes((0.1 * 32767 * np.sin(2 * math.pi * 450 * times)).astype("<i2"))
