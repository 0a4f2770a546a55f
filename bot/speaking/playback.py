"""One thing being said: sentences whose sound arrives late, frames that leave on time, and where it was stopped."""

from collections.abc import Sequence

from bot.audio.frame import FRAME_SECONDS, frames_of


class Playback:
    """Belongs to one saying. An interruption ends it for good: sound that arrives late goes into a dead object."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        self.sentence_index = 0
        """The sentence being said; len(sentences) when all was said. Resuming starts with this one."""

        self.heard_seconds = 0.0
        self.interrupted = False
        self._sounds: list[list[bytes]] = []
        self._closed = not self.sentences
        self._frame = 0

    def add(self, sound: bytes) -> None:
        """Line audio of the next sentence that has none yet (`wanted`)."""
        if self.wanted is not None:
            self._sounds.append(frames_of(sound))
            self._pass_silent_sentences()

    def close(self) -> None:
        """No more sound will come: what is there is played, the rest is left out."""
        self._closed = True

    def interrupt(self) -> None:
        """Stop at once."""
        self.interrupted = True
        self._sounds.clear()
        self._frame = 0

    def next_frame(self) -> bytes | None:
        """320 bytes, or None: everything was said (`finished`), or the next sentence's sound is late."""
        if self.finished or self.sentence_index >= len(self._sounds):
            return None
        frames = self._sounds[self.sentence_index]
        frame = frames[self._frame]
        self._frame += 1
        self.heard_seconds += FRAME_SECONDS
        if self._frame == len(frames):
            frames.clear()
            self._frame = 0
            self.sentence_index += 1
            self._pass_silent_sentences()
        return frame

    @property
    def finished(self) -> bool:
        """Nothing more will be heard: all was said, it was interrupted, or it was closed and has run out."""
        all_said = self.sentence_index == len(self.sentences)
        return self.interrupted or all_said or (self._closed and self.sentence_index == len(self._sounds))

    @property
    def wanted(self) -> int | None:
        """The index of the sentence whose sound to add next, or None when no more is needed."""
        if self.interrupted or self._closed or len(self._sounds) == len(self.sentences):
            return None
        return len(self._sounds)

    @property
    def buffered_seconds(self) -> float:
        """How much sound waits to be played: enough, and the next sentence can wait."""
        frames = sum(map(len, self._sounds[self.sentence_index :])) - self._frame
        return frames * FRAME_SECONDS

    @property
    def said(self) -> tuple[str, ...]:
        """The sentences that were heard to their end."""
        return self.sentences[: self.sentence_index]

    @property
    def rest(self) -> tuple[str, ...]:
        """What to say when it is resumed: the sentence being said, from its beginning, and all after it."""
        return self.sentences[self.sentence_index :]

    def _pass_silent_sentences(self) -> None:
        while self.sentence_index < len(self._sounds) and not self._sounds[self.sentence_index] and not self._frame:
            self.sentence_index += 1
