"""The real engine, started once."""

import asyncio
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


@pytest.fixture(scope="session")
def synthesizer(voices, lexicon):
    """One worker for all tests: it belongs to no loop."""
    made = Pyttsx3Synthesizer(voices, lexicon)
    asyncio.run(made.start())
    yield made
    asyncio.run(made.close())
