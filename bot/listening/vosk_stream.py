"""One of Vosk's streams, turn after turn, and call after call.

While it decodes, a stream works out which words may follow which, and keeps that: two thirds of all decoding in a new
one. So the streams of calls that are over serve the next. Nothing of a call is left in them: they hear what a new one
would, to the last digit of every confidence (tests/unit/listening/test_vosk_stream.py).
"""

import json
from typing import Any

import numpy

from bot.audio.frame import LINE_RATE, seconds_of
from bot.events import Word
from bot.listening.base import Recognition
from bot.listening.grammars import UNKNOWN
from bot.listening.vosk_library import load_vosk

vosk = load_vosk()

GUESS_CONFIDENCE = 0.3
"""Of a text that was the best so far but lost against silence in the end."""

_HISS = numpy.random.default_rng(12329).integers(-16, 17, 2 * LINE_RATE, dtype=numpy.int32)
_BREATH = bytes(320)


class Stream:
    """Computes where it is called; never from two threads at once."""

    def __init__(self, engine: Any) -> None:
        self._stream = vosk.KaldiRecognizer(engine, LINE_RATE)
        self._stream.SetWords(True)
        self._phrases: tuple[str, ...] = ()
        self._used = False
        self._settled: list[dict[str, Any]] = []
        self._partial = ""
        self._heard = 0.0
        self._fed = self._began = 0.0
        """Seconds by Vosk's clock, which counts from the stream's first sample, over all turns and calls."""

    def begin(self, phrases: tuple[str, ...] = ()) -> None:
        """Forget the turn before, and listen for these phrases, or openly."""
        self._settled, self._partial, self._began = [], "", self._fed
        if self._used:  # a new one has nothing to forget, and begins with a mean of its own
            self._stream.Reset()
        if phrases != self._phrases:
            self._stream.SetGrammar(json.dumps(phrases, ensure_ascii=False))
            self._phrases = phrases

    def accept(self, samples: bytes) -> str:
        """Hear more; the partial text so far."""
        audible = over_hiss(samples, self._heard)
        self._heard += seconds_of(samples)
        if self._take(audible):  # Vosk's own end, after 20 s or by another model's rules: keep its words and go on
            self._settled.append(json.loads(self._stream.Result()))
            self._partial = self._text("")
        else:
            self._partial = self._text(json.loads(self._stream.PartialResult())["partial"])
        return self._partial

    def finish(self) -> Recognition:
        """What the turn held."""
        self._settled.append(json.loads(self._stream.FinalResult()))
        words = tuple(
            Word(word["word"], word["start"] - self._began, word["end"] - self._began, min(1.0, word["conf"]))
            for part in self._settled
            for word in part.get("result", ())
            if word["word"] != UNKNOWN
        )
        self._settled = []
        if not words and self._partial:  # a short word at the edge of hearing: told, but as a guess
            return Recognition(self._partial, (), GUESS_CONFIDENCE)
        sureness = sum(word.confidence for word in words) / len(words) if words else 0.0
        return Recognition("".join(word.text for word in words), words, round(sureness, 3))

    def renew(self) -> None:
        """The call is over. Only a final result lets Vosk forget the call's running mean, and only sound brings one."""
        self._take(_BREATH)
        self._stream.FinalResult()
        self._settled, self._partial, self._heard, self._used = [], "", 0.0, False

    def _take(self, samples: bytes) -> bool:
        self._used = True
        self._fed += seconds_of(samples)
        return bool(self._stream.AcceptWaveform(samples))

    def _text(self, partial: str) -> str:
        parts = [part.get("text", "") for part in self._settled] + [partial]
        return "".join(word for part in parts for word in part.split() if word != UNKNOWN)


def over_hiss(samples: bytes, at_seconds: float) -> bytes:
    """The samples over a faint hiss (-70 dBFS): exact silence, as browsers and exchanges send it, upsets the features'
    running mean and nearly doubles the errors."""
    frame = numpy.frombuffer(samples, "<i2").astype(numpy.int32)
    begin = round(at_seconds * LINE_RATE)
    hiss = _HISS.take(range(begin, begin + len(frame)), mode="wrap")
    return (frame + hiss).clip(-32768, 32767).astype("<i2").tobytes()
