"""What the line asks of a voice."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Manner:
    """How to speak: the caller may ask for slower, faster, louder."""

    voice: str = "default"
    """A name in voices/voices.yml."""

    speed: float = 1.0
    """1.0 = the voice's own pace; 0.5 to 1.6."""

    gain_db: float = 0.0
    """Added to the levelled loudness (about -20 dBFS)."""


class Synthesizer(Protocol):
    """Makes sound of one sentence."""

    async def synthesize(self, sentence: str, manner: Manner) -> bytes:
        """Line audio (8 kHz, 16 bit, mono) of one sentence in its spoken form. Raises SynthesisError."""
        ...


class Voice(Protocol):
    """All a line needs to say something: recorded files, cache, synthesiser, in that order."""

    async def sound_of(self, sentence: str, manner: Manner, *, utterance: str = "", fixed: bool = True) -> bytes:
        """Line audio of one sentence as written (its spoken form is made here).

        `utterance` names the prompt, so that a recorded file of that name can win. `fixed` False: the sentence
        holds a caller's values and must not be written to disk. Raises SynthesisError.
        """
        ...
