"""A caller's ear: whether a sentence of the hotline really reached it, by comparing sound with sound."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bot.audio.frame import LINE_RATE
from bot.speaking.base import Manner
from bot.speaking.cache import SpeechCache
from bot.speaking.lexicon import Lexicon
from bot.speaking.pyttsx3_synthesizer import Pyttsx3Synthesizer
from bot.speaking.recorded import RecordedPrompts
from bot.speaking.voice import LineVoice
from bot.speaking.voices import edition_of, read_voices
from tests.conftest import ROOT

_HOP = LINE_RATE // 50
_PIECE = 100
_BANDS = np.geomspace(250, 3400, 17)
"""Edges in Hz. espeak never makes the same sentence twice sample by sample; its bands go up and down alike."""


class Listener:
    """Knows how each sentence sounds in the hotline's voice."""

    def __init__(self, folder: Path) -> None:
        voices, lexicon = ROOT / "voices" / "voices.yml", ROOT / "voices" / "lexicon.yml"
        self._engine = Pyttsx3Synthesizer(read_voices(voices), Lexicon.read(lexicon))
        cache = SpeechCache(folder, 50, edition_of(voices, lexicon))
        self._voice = LineVoice(self._engine, cache, RecordedPrompts(ROOT / "voices" / "recorded"))

    async def likeness(self, heard: bytes, sentence: str) -> float:
        """How well line audio resembles this sentence, in pieces where they do so best: 1 is the same.

        In pieces of about two seconds, of which the median counts, because a network stretches pauses.
        """
        spoken = _loudness_of_bands(await self._voice.sound_of(sentence, Manner()))
        sound = _loudness_of_bands(heard)
        pieces = np.array_split(spoken, max(1, round(len(spoken) / _PIECE)))
        return float(np.median([_best_likeness(piece, sound) for piece in pieces]))

    async def close(self) -> None:
        """End the engine."""
        await self._engine.close()


def _loudness_of_bands(samples: bytes) -> np.ndarray:
    """In decibels above a floor, one row for each 20 ms."""
    sound = np.frombuffer(samples, "<i2").astype(float)
    frames = sliding_window_view(sound, 2 * _HOP)[::_HOP] * np.hanning(2 * _HOP)
    power = np.abs(np.fft.rfft(frames)) ** 2
    hertz = np.fft.rfftfreq(2 * _HOP, 1 / LINE_RATE)
    bands = [power[:, (hertz >= low) & (hertz < high)].sum(axis=1) for low, high in pairwise(_BANDS)]
    return np.maximum(10 * np.log10(np.stack(bands, axis=1) + 1), 60.0)


def _best_likeness(piece: np.ndarray, sound: np.ndarray) -> float:
    if len(sound) < len(piece):
        return 0.0
    places = sliding_window_view(sound, len(piece), axis=0).transpose(0, 2, 1)
    return max(_alike(piece, place) for place in places)


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one - one.mean(axis=0), other - other.mean(axis=0)
    size = np.linalg.norm(one) * np.linalg.norm(other)
    return float((one * other).sum() / size) if size else 0.0
