"""When a caller's turn begins and ends, counted in frames. Knows nothing of sound, threads or clocks."""

from enum import Enum, auto

from bot.audio.frame import FRAME_SECONDS
from bot.listening.base import Question


class Turn(Enum):
    """What a frame meant for the turn."""

    QUIET = auto()
    """Nobody speaks."""

    MAYBE = auto()
    """A voice, too short so far to count."""

    STARTED = auto()
    """With this frame there has been voice enough: a turn."""

    GOES_ON = auto()
    ENDED = auto()
    """Silence enough: the turn is over."""

    CUT = auto()
    """The turn is too long and is taken as it is."""

    NO_INPUT = auto()
    """Nobody spoke for the question's no-input time."""


def frames_in(seconds: float) -> int:
    """Whole frames of a duration, at least one."""
    return max(1, round(seconds / FRAME_SECONDS))


class Endpointer:
    """Follows one question at a time."""

    GAP_SECONDS = 0.2
    """Voice that pauses for longer than this before it was enough is forgotten."""

    def __init__(self) -> None:
        self._question = Question()
        self.reset()

    def attend(self, question: Question) -> None:
        """Listen for this answer; a running turn goes on under the new waits."""
        self._question = question
        if not self.in_turn:
            self.reset()

    def reset(self) -> None:
        """Forget the turn and the silence so far."""
        self.in_turn = False
        self.voiced_frames = 0
        self.silent_frames = 0
        self.turn_frames = 0
        """Since the first voiced frame, that one included."""
        self._waited_frames = 0

    @property
    def waited_seconds(self) -> float:
        """Silence since the last voiced frame."""
        return self.silent_frames * FRAME_SECONDS

    def hear(self, voiced: bool, *, missing: bool = False, prompting: bool = False, wait_seconds: float) -> Turn:
        """One frame. `wait_seconds`: the silence that ends the turn, as what was heard so far suggests."""
        if voiced:
            self.voiced_frames += 1
            self.silent_frames = 0
        else:
            self.silent_frames += 1
        if self.voiced_frames:
            self.turn_frames += 1
        if self.in_turn:
            return self._in_turn(wait_seconds)
        if self.voiced_frames >= frames_in(self._question.minimum_speech_seconds):
            self.in_turn = True
            return Turn.STARTED
        if self.voiced_frames and self.silent_frames > frames_in(self.GAP_SECONDS):
            self.voiced_frames = self.turn_frames = 0
        if self.voiced_frames:
            return Turn.MAYBE
        return self._quiet(missing, prompting)

    def _in_turn(self, wait_seconds: float) -> Turn:
        if self.silent_frames >= frames_in(wait_seconds):
            return Turn.ENDED
        if self.turn_frames >= frames_in(self._question.longest_turn_seconds):
            return Turn.CUT
        return Turn.GOES_ON

    def _quiet(self, missing: bool, prompting: bool) -> Turn:
        if prompting:
            self._waited_frames = 0
        elif not missing:
            self._waited_frames += 1
            if self._waited_frames == frames_in(self._question.no_input_seconds):
                self._waited_frames = 0
                return Turn.NO_INPUT
        return Turn.QUIET
