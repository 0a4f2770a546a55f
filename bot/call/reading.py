"""One reading: sentences becoming sound one after another, with a place where it can stop and go on."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.audio.frame import FRAME_SECONDS, frames_of
from bot.dialogue.base import Say
from bot.mandarin import sentences


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a reply that is made into sound at once."""

    text: str
    say: Say


class Reading:
    """What is being said now. The mouth takes frames from it; a feeder gives it sounds ahead of time.

    Interrupted, it never speaks again: a resumed reading is a new one that starts at `resume_at`. So a sound that
    comes late goes into a dead reading and is never heard.
    """

    def __init__(self, says: Sequence[Say], *, start_at: int = 0, is_answer: bool = True) -> None:
        """`is_answer` False: it only bridges the time until there is one."""
        self.says = tuple(says)
        self.is_answer = is_answer
        self.sentences = [Sentence(text, say) for say in says for text in sentences(say.text)]
        if start_at >= len(self.sentences):
            start_at = 0
        self._fed = start_at
        self._playing = start_at
        self._frames: list[bytes] = []
        self._waiting: dict[int, list[bytes]] = {}
        self._begun = start_at - 1
        self.interrupted = False
        self.heard_frames = 0

    @property
    def next_to_feed(self) -> Sentence | None:
        """The sentence whose sound is needed next, or None if all have been made."""
        return self.sentences[self._fed] if self._fed < len(self.sentences) and not self.interrupted else None

    def feed(self, sound: bytes) -> None:
        """The sound of `next_to_feed`. Empty if it could not be made: the sentence is passed over."""
        self._waiting[self._fed] = frames_of(sound)
        self._fed += 1

    @property
    def finished(self) -> bool:
        """Everything was said."""
        return self._playing >= len(self.sentences)

    @property
    def speaking(self) -> bool:
        """Still going on, neither finished nor interrupted."""
        return not self.interrupted and not self.finished

    @property
    def current(self) -> Sentence | None:
        """The sentence being spoken."""
        return self.sentences[self._playing] if not self.finished else None

    def newly_begun(self) -> Sentence | None:
        """The sentence whose first sound was just taken, once each: time to show it as a caption."""
        if self.finished or self._begun == self._playing or not self.heard_frames:
            return None
        self._begun = self._playing
        return self.sentences[self._playing]

    @property
    def resume_at(self) -> int:
        """Where a resumed reading begins: the start of the sentence that was being spoken."""
        return self._playing

    @property
    def seconds_ahead(self) -> float:
        """How much sound is ready but not yet spoken."""
        return FRAME_SECONDS * sum(len(frames) for frames in self._waiting.values())

    def next_frame(self) -> bytes | None:
        """20 ms to send, or None while the next sound is not there yet, or nothing is left."""
        while self.speaking:
            frames = self._waiting.get(self._playing)
            if frames is None:
                return None
            if frames:
                self.heard_frames += 1
                return frames.pop(0)
            del self._waiting[self._playing]
            self._playing += 1
        return None

    def interrupt(self) -> None:
        """Silence, now and for ever."""
        self.interrupted = True
        self._waiting.clear()
