"""What the ear needs and how a question wants to be listened to."""

from dataclasses import dataclass
from typing import Protocol

from bot.events import Word


@dataclass(frozen=True, slots=True)
class Question:
    """How to listen for the answer to what was just asked. Comes from voices/questions.yml by name."""

    name: str = "open"

    grammar: tuple[str, ...] = ()
    """Phrases the answer is made of; () = open decoding. '[unk]' is added by the recogniser."""

    end_of_turn_seconds: float = 0.6
    """Silence that ends the caller's turn."""

    no_input_seconds: float = 7.0
    """Silence from the end of the prompt until we ask again."""

    whole_answer_seconds: float = 0.6
    """Shorter silence that is enough once what was heard is a phrase of the grammar, or one of `answers`."""

    begun_answer_seconds: float = 0.6
    """Silence that is enough after a whole answer that another one begins with: 不 may become 不是."""

    hesitation_seconds: float = 1.2
    """Longer silence after a word of hesitation (嗯, 那个, 就是): the caller is still thinking."""

    answers: tuple[str, ...] = ()
    """Whole answers of a question that is decoded openly (all phrases of a grammar are whole answers)."""

    minimum_speech_seconds: float = 0.12
    """Less voice than this is a click or a cough, not a turn."""

    longest_turn_seconds: float = 20.0

    short_words: tuple[str, ...] = ()
    """One-character answers that may interrupt the prompt (停, 对, 不)."""

    keys: str = "0123456789*#"
    """Keys that mean something here; shown to the caller, checked by `make check`."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the recogniser made of one turn."""

    text: str
    """Without spaces; '' if nothing or only noise ([unk])."""

    words: tuple[Word, ...]
    """Seconds from the turn's first sample."""

    confidence: float

    doubt: float = 0.0
    """Nats by which the odds of whatever it is taken for fall (Calibration.doubt)."""


class Recognizer(Protocol):
    """Turns one call's line audio into words. Never blocks the event loop."""

    async def begin(self, grammar: tuple[str, ...]) -> None:
        """Start a new turn; grammar as in Question."""
        ...

    async def accept(self, samples: bytes) -> str:
        """Hear more line audio (any number of 20 ms frames); the partial text so far, without spaces."""
        ...

    async def finish(self) -> Recognition:
        """The turn is over: the final result. Raises RecognitionError."""
        ...

    def close(self) -> None:
        """The call is over: free what this stream held."""
        ...
