"""One call's ear: from frames of line audio to what the caller said."""

import asyncio
import time
from collections import deque

from bot.audio.frame import FRAME_SECONDS, Frame
from bot.errors import RecognitionError
from bot.events import EarEvent, PartialHeard, SilenceLasted, SpeechStarted, Utterance, Word
from bot.listening.base import Question, Recognition, Recognizer
from bot.listening.echo import Echo, softened
from bot.listening.endpointer import Endpointer, Turn, frames_in
from bot.listening.interruption import LONG_VOICE_SECONDS, Prompt, hesitates
from bot.listening.vad import Vad

PRE_ROLL_FRAMES = 15
"""Decoded from before the voice was noticed, so that the first syllable is whole: 300 ms."""

KEPT_FRAMES = 80
"""Kept while it is quiet: the pre-roll, and the longest a voice may take to become a turn."""

CALLER_SHARE = 0.4
"""A caller who speaks over a prompt as loud as its echo stands out in this share of frames."""

CHUNK_FRAMES = 5
"""Audio goes to the recogniser in pieces of 100 ms."""

OVERLAP_CHUNK_FRAMES = 2
"""While our own voice sounds, in pieces of 40 ms: an interruption must be understood at once."""

GLANCE_SECONDS = 0.2
"""After so much silence the ear asks what a short turn would be if it ended here. The partial text leaves a last short
word open while a longer one may follow (不 … 不是): in it 不, 不对 and 余额 never come, or too late."""

OVERLAP_GLANCE_SECONDS = 0.14
"""The same while our own voice sounds: whoever interrupts with one word waits for silence."""

MORE_CHARACTERS = 2
"""Words that are longer than the answer heard so far by more than this say something else than that answer."""

LONGEST_GLANCED_SECONDS = 2.5
"""A turn that goes on after all is heard again from its beginning; answers and interruptions are short."""


class Ear:
    """Listens to one call. Frames go in one by one, in order; what happened comes out.

    Whoever feeds the ear from a queue may await `hear` for as long as decoding takes; the frames that wait meanwhile
    are decoded in larger pieces if `behind` says how many there are.
    """

    def __init__(self, recognizer: Recognizer, vad: Vad | None = None, *, guard_seconds: float = 0.3) -> None:
        self._recognizer = recognizer
        self._vad = vad
        self._guard_seconds = guard_seconds
        self._endpointer = Endpointer()
        self._question = Question()
        self._deaf = False
        self._at = 0.0
        self._echo = Echo()
        self._prompt: Prompt | None = None
        self._last_prompt = Prompt("")
        self._prompt_began = 0.0
        self._turns = 0
        self._forget()

    def _forget(self) -> None:
        self._turns += 1
        self._endpointer.reset()
        self._quiet: deque[bytes] = deque(maxlen=KEPT_FRAMES)
        self._pending: list[bytes] = []
        self._turn: list[bytes] = []
        self._turn_began = self._voice_began = 0.0
        self._partial = ""
        self._begun = False
        self._whole: Recognition | None = None
        self._told_long = False
        self._echo_frames = 0
        self._caller_frames = 0

    def attend(self, question: Question) -> None:
        """Listen for the answer to this question from now on.

        If the caller is already speaking, what was said of this turn is heard again under the new grammar.
        """
        old, self._question = self._question, question
        self._endpointer.attend(question)
        if not self._endpointer.in_turn:
            self._begun = False
        elif old.grammar != question.grammar:
            self._hear_again()
            self._partial = ""

    def prompt_started(self, text: str) -> None:
        """Our own voice begins to sound: no no-input time meanwhile, and what it says may come back as echo."""
        self._prompt = self._last_prompt = Prompt(text)
        self._prompt_began = self._at

    def prompt_ended(self) -> None:
        """Our voice has ended or was stopped."""
        self._prompt = None

    @property
    def deaf(self) -> bool:
        """While True nothing is heard and nothing is kept."""
        return self._deaf

    @deaf.setter
    def deaf(self, deaf: bool) -> None:
        self._deaf = deaf
        self.reset()

    def reset(self) -> None:
        """Forget everything heard so far; the question stays."""
        self._forget()
        if self._vad is not None:
            self._vad.reset()

    def close(self) -> None:
        """The call is over: what is large goes at once, not when Python next looks for what nobody needs."""
        self._recognizer.close()
        self._vad = None

    async def hear(self, frame: Frame, sent: bytes, behind: int = 0) -> list[EarEvent]:
        """One frame from the caller, and the frame our mouth sent at that moment (SILENCE if none).

        Raises RecognitionError: the turn is lost then.
        """
        self._at += FRAME_SECONDS
        if self._vad is None:  # 50 ms of work: not on the loop
            self._vad = await asyncio.to_thread(Vad)
        if self._deaf:
            return []
        self._echo.follow(frame.samples, sent)
        voiced, samples = self._caller_in(frame, self._vad)
        turn = self._endpointer.hear(
            voiced, missing=frame.missing, prompting=self._prompt is not None, wait_seconds=self._wait_seconds()
        )
        if turn is Turn.NO_INPUT:
            return [SilenceLasted(self._question.no_input_seconds)]
        if turn is Turn.QUIET:
            self._caller_frames = self._echo_frames = 0
        if turn in (Turn.QUIET, Turn.MAYBE):
            self._quiet.append(samples)
            return []
        events: list[EarEvent] = []
        if turn is Turn.STARTED:
            self._start()
            events.append(SpeechStarted(self._voice_began))
        self._pending.append(samples)
        self._turn.append(samples)
        if voiced and self._whole is not None:
            self._hear_again()
        chunk_frames = CHUNK_FRAMES if self._prompt is None else OVERLAP_CHUNK_FRAMES
        try:
            if turn in (Turn.ENDED, Turn.CUT):
                events += await self._finish()
            elif self._glances():
                events += await self._glance()
            elif self._whole is None and len(self._pending) >= max(chunk_frames, behind):
                events += await self._decode()
        except RecognitionError:
            self._forget()  # the turn is lost, the next one may be heard
            raise
        return events

    def _caller_in(self, frame: Frame, vad: Vad) -> tuple[bool, bytes]:
        """Whether a frame holds the caller's voice; and the frame without our own voice, for the recogniser."""
        voiced = not frame.missing and vad.is_voice(frame.samples) and not self._echo.drowns
        if not self._echo.possible or not (voiced or self._echo.delay_samples):  # an echo not yet found is voiced
            self._caller_frames += voiced
            return voiced, frame.samples
        is_echo, rest = self._echo.remove()
        self._echo_frames += voiced and is_echo
        self._caller_frames += voiced and not is_echo
        return voiced and not is_echo, softened(rest) if is_echo else rest

    def _start(self) -> None:
        """The frame just heard made it a turn: it is decoded from a little before its first voiced frame."""
        voiced = self._endpointer.turn_frames - 1
        self._turn = list(self._quiet)[-(voiced + PRE_ROLL_FRAMES) :]
        self._quiet.clear()
        self._pending = list(self._turn)
        self._voice_began = self._at - (voiced + 1) * FRAME_SECONDS
        self._turn_began = self._at - (len(self._turn) + 1) * FRAME_SECONDS
        self._partial = ""
        self._begun = False

    def _hear_again(self) -> None:
        """The recogniser is to hear this turn from its beginning."""
        self._pending, self._begun, self._whole = list(self._turn), False, None

    def _wait_seconds(self) -> float:
        asked = self._question
        so_far = self._whole.text if self._whole is not None else self._partial
        if self._is_answer(so_far):
            begun = any(answer.startswith(so_far) and answer != so_far for answer in asked.answers)
            return asked.begun_answer_seconds if begun else asked.whole_answer_seconds
        if hesitates(self._partial):
            return asked.hesitation_seconds
        return asked.end_of_turn_seconds

    async def _decode(self) -> list[EarEvent]:
        turns = self._turns
        partial = await self._feed()
        if turns != self._turns:  # meanwhile the ear was reset or closed: nothing of it may come out
            return []
        changed, self._partial = partial != self._partial, partial
        return self._told(partial, changed=changed)

    def _glances(self) -> bool:
        """Whether a pause in a short turn is just long enough to ask what the turn would be if it ended here."""
        overlaps = self._prompt is not None
        asked_for = overlaps or self._question.answers
        short = len(self._turn) <= frames_in(LONGEST_GLANCED_SECONDS)
        pause = frames_in(OVERLAP_GLANCE_SECONDS if overlaps else GLANCE_SECONDS)
        return bool(asked_for) and short and self._endpointer.silent_frames == pause

    async def _glance(self) -> list[EarEvent]:
        """The turn as if it ended here: a whole answer is kept for the end, of other words only notice is given."""
        turns = self._turns
        await self._feed()
        recognition = await self._recognizer.finish()
        if turns != self._turns:
            return []
        self._hear_again()
        if self._is_answer(recognition.text):
            self._whole = recognition
        return self._told(recognition.text, changed=True)

    def _told(self, partial: str, *, changed: bool) -> list[EarEvent]:
        """What is told of words heard so far."""
        voiced_seconds = self._endpointer.voiced_frames * FRAME_SECONDS
        is_long = self._prompt is not None and voiced_seconds >= LONG_VOICE_SECONDS
        if self._guarded() or self._is_our_own(partial):
            return []
        if (partial and changed) or (is_long and not self._told_long):
            self._told_long = is_long
            return [PartialHeard(partial, self._at, round(voiced_seconds, 2))]
        return []

    async def _feed(self) -> str:
        samples, self._pending = b"".join(self._pending), []
        if not self._begun:
            self._begun = True
            await self._recognizer.begin(self._question.grammar)
        return await self._recognizer.accept(samples)

    async def _finish(self) -> list[EarEvent]:
        turns = self._turns
        waited = self._endpointer.waited_seconds
        began = time.perf_counter()
        recognition = self._whole or await self._finished()
        if turns != self._turns:
            return []
        overlaps = self._prompt is not None
        if self._is_our_own(recognition.text) or (overlaps and not recognition.text):
            self._forget()  # echo, or a noise while we speak: nobody's answer
            return []
        words = tuple(
            Word(w.text, w.start_seconds + self._turn_began, w.end_seconds + self._turn_began, w.confidence)
            for w in recognition.words
        )
        heard = Utterance(
            text=recognition.text,
            confidence=recognition.confidence,
            started_seconds=self._voice_began,
            ended_seconds=self._at - waited,
            waited_seconds=waited,
            words=words,
            doubt=recognition.doubt,
            recognised_in_seconds=time.perf_counter() - began,
        )
        self._forget()
        return [heard]

    async def _finished(self) -> Recognition:
        partial = await self._feed()
        recognition = await self._recognizer.finish()
        is_more = len(recognition.text) > len(partial) + MORE_CHARACTERS  # 等一下, then a question of the caller's
        if self._is_answer(partial) and not self._is_answer(recognition.text) and not is_more:
            return Recognition(partial, (), recognition.confidence)  # what was asked for is the likelier
        return recognition

    def _is_answer(self, text: str) -> bool:
        return bool(text) and (text in self._question.grammar or text in self._question.answers)

    def _is_our_own(self, text: str) -> bool:
        """Words of our prompt, in a turn where little stood out of the echo."""
        frames = self._echo_frames + self._caller_frames
        return self._echo_frames > 0 and self._caller_frames < CALLER_SHARE * frames and self._last_prompt.says(text)

    def _guarded(self) -> bool:
        return self._prompt is not None and self._at - self._prompt_began < self._guard_seconds
