"""A synthetic caller's voice as line audio, for calls in real time."""

from pathlib import Path

from bot.speaking.base import Manner
from bot.speaking.lexicon import Lexicon
from bot.speaking.pyttsx3_synthesizer import Pyttsx3Synthesizer
from bot.speaking.voices import read_voices
from tests.conftest import ROOT

BREATH = bytes(2 * 1600)


class CallerVoice:
    """Says sentences; each is made once."""

    def __init__(self, folder: Path) -> None:
        voices = ROOT / "voices"
        self._engine = Pyttsx3Synthesizer(
            read_voices(voices / "voices.yml"), Lexicon.read(voices / "lexicon.yml"), longest_seconds=10.0
        )
        self._folder = folder
        self._said: dict[tuple[str, str], bytes] = {}

    async def says(self, text: str, voice: str = "caller") -> bytes:
        """Line audio with 0.2 s of silence before it."""
        if (text, voice) not in self._said:
            self._said[text, voice] = await self._engine.synthesize(text, Manner(voice=voice))
        return BREATH + self._said[text, voice]

    async def close(self) -> None:
        """End the engine."""
        await self._engine.close()
