"""The real engine, started once for all tests of a file's loop."""

from pathlib import Path

import pytest

from bot.speaking.lexicon import Lexicon
from bot.speaking.pyttsx3_synthesizer import Pyttsx3Synthesizer
from bot.speaking.voices import read_voices

VOICES = Path(__file__).resolve().parents[3] / "voices"


@pytest.fixture(scope="session")
def voices():
    return read_voices(VOICES / "voices.yml")


@pytest.fixture(scope="session")
def lexicon():
    return Lexicon.read(VOICES / "lexicon.yml")


@pytest.fixture
async def synthesizer(voices, lexicon):
    made = Pyttsx3Synthesizer(voices, lexicon)
    await made.start()
    yield made
    await made.close()
