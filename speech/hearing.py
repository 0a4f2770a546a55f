"""A Vosk folder at work: text, words and time spent. Runs wherever the vosk wheel is, PyTorch or not."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.listening.vosk_library import load_vosk

RATE = 8000
STEP = 1600
"""Samples at a time (0.2 s), as the line hands them over."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One recording as recognised. Words carry start and end in seconds and a confidence."""

    text: str
    words: list[dict[str, Any]]
    seconds: float
    """CPU time of this thread."""


class Ear:
    """One loaded model."""

    def __init__(self, folder: Path) -> None:
        vosk = load_vosk()
        vosk.SetLogLevel(-1)
        self.vosk = vosk
        began = time.monotonic()
        self.model = vosk.Model(str(folder))
        self.load_seconds = time.monotonic() - began
        lines = (folder / "graph" / "words.txt").read_text(encoding="utf-8").splitlines()
        self.words = {line.split()[0] for line in lines}
        self._streams: dict[str, Any] = {}
        """By grammar. A stream remembers what it worked out of the graph, as those of the service do."""

        self._fed: dict[str, float] = {}
        """Seconds each has heard: Vosk counts from a stream's first sample."""

    def hear(self, samples: np.ndarray, grammar: list[str] | None = None) -> Heard:
        """Recognise 8 kHz samples in int16 range as one turn."""
        began = time.thread_time()
        known = [" ".join(w for w in phrase.split() if w in self.words) for phrase in grammar or []]
        asked = json.dumps([phrase for phrase in known if phrase], ensure_ascii=False) if grammar else ""
        stream, before = self._stream(asked), self._fed.get(asked, 0.0)
        sound = np.clip(samples, -32768, 32767).astype("<i2")
        words: list[dict[str, Any]] = []
        for start in range(0, len(sound), STEP):
            if stream.AcceptWaveform(sound[start : start + STEP].tobytes()):
                words += json.loads(stream.Result()).get("result", [])
        words += json.loads(stream.FinalResult()).get("result", [])
        self._fed[asked] = before + len(sound) / RATE
        for word in words:
            word["start"], word["end"] = word["start"] - before, word["end"] - before
        text = "".join(word["word"] for word in words if word["word"] != "[unk]")
        return Heard(text, words, time.thread_time() - began)

    def _stream(self, grammar: str) -> Any:
        if grammar not in self._streams:
            made = self.vosk.KaldiRecognizer(self.model, RATE, *[grammar] * bool(grammar))
            made.SetWords(True)
            self._streams[grammar] = made
        return self._streams[grammar]


def digit_grammar(digits: str = "零一二三四五六七八九幺") -> list[str]:
    """Digits in any order, every start and every pair equally likely; rarely the end.

    Vosk estimates a bigram from a grammar's phrases: a list of single digits would make the end after one digit
    likely and every further digit a costly back-off. So each phrase holds every pair once (a de Bruijn sequence).
    """
    circle = _all_pairs(digits)[:-1]
    starts = [circle.index(digit) for digit in digits]
    return [" ".join([*circle[start:], *circle[: start + 1]]) for start in starts] + ["[unk]"]


def _all_pairs(digits: str) -> list[str]:
    """A closed walk over all pairs of digits (Hierholzer)."""
    walk, path = [digits[0]], []
    unused = {digit: list(digits) for digit in digits}
    while walk:
        if unused[walk[-1]]:
            walk.append(unused[walk[-1]].pop())
        else:
            path.append(walk.pop())
    return path[::-1]
