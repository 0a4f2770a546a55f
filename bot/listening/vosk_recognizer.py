"""Vosk as the recogniser: one model for the whole process, one stream per call, all computing in a few threads."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy

from bot.audio.frame import LINE_RATE, seconds_of
from bot.errors import RecognitionError, SettingsError
from bot.events import Word
from bot.listening.base import Recognition
from bot.listening.calibration import Calibration
from bot.listening.competitor import better
from bot.listening.grammars import UNKNOWN, Grammar, grammar_of, read_words
from bot.listening.vosk_library import load_vosk

vosk = load_vosk()
T = TypeVar("T")
NEEDED = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/words.txt")

GUESS_CONFIDENCE = 0.3
"""Of a text that was the best so far but lost against silence in the end."""

log = logging.getLogger(__name__)


class VoskModel:
    """The acoustic model, lexicon and language model, loaded once. Raises SettingsError if the folder is broken."""

    def __init__(self, path: Path, threads: int = 2) -> None:
        missing = [name for name in NEEDED if not (path / name).is_file()]
        if missing:
            raise SettingsError(
                "model_incomplete", f"语音识别模型不完整：{path} 缺少 {'、'.join(missing)}。请重新放置模型。"
            )
        self.path = path
        self.calibration = Calibration.of(path)
        self.rate = _sample_rate(path / "conf" / "mfcc.conf")
        if self.rate != LINE_RATE and not _resamples(path / "conf" / "mfcc.conf"):
            raise SettingsError(
                "model_rate",
                f"语音识别模型 {path} 的采样率是 {self.rate} Hz，电话线路是 {LINE_RATE} Hz。"
                "请换用 8 kHz 模型，或在 conf/mfcc.conf 中加一行 --allow-upsample=true。",
            )
        vosk.SetLogLevel(-1)
        try:
            self.words = read_words(path / "graph" / "words.txt")
            self.engine = vosk.Model(str(path))
            vosk.KaldiRecognizer(self.engine, LINE_RATE)  # reads the graph, which the model alone does not
        except Exception as wrong:
            raise SettingsError(
                "model_broken", f"语音识别模型无法装入：{path}。文件可能损坏，请重新放置模型。"
            ) from wrong
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="vosk")
        self._hiss = numpy.random.default_rng(12329).integers(-16, 17, 2 * LINE_RATE, dtype=numpy.int32)
        self._grammars: dict[tuple[str, ...], Grammar] = {}

    @property
    def digest(self) -> str:
        """Twelve hex digits that name this model: SHA-256 over all its files."""
        total = hashlib.sha256()
        for file in sorted(self.path.rglob("*")):
            if file.is_file() and file.name != "README.md":
                total.update(str(file.relative_to(self.path)).encode() + b"\0")
                total.update(file.read_bytes())
        return total.hexdigest()[:12]

    def grammar(self, phrases: tuple[str, ...]) -> Grammar:
        """The phrases in the model's own words; what it cannot hear is logged once and left out."""
        if phrases not in self._grammars:
            self._grammars[phrases] = made = grammar_of(phrases, self.words)
            if made.unknown:
                log.warning("模型词表里没有的说法，识别时不用：%s", "、".join(made.unknown))
        return self._grammars[phrases]

    def recognizer(self) -> "VoskRecognizer":
        """A stream for one call."""
        return VoskRecognizer(self)

    def close(self) -> None:
        """No more calls: let the threads go."""
        self._threads.shutdown(wait=True)

    def over_hiss(self, samples: bytes, at_seconds: float) -> bytes:
        """The samples over a faint hiss (-70 dBFS): exact silence, as browsers and exchanges send it, upsets the
        features' running mean and nearly doubles the errors."""
        frame = numpy.frombuffer(samples, "<i2").astype(numpy.int32)
        begin = round(at_seconds * LINE_RATE)
        hiss = self._hiss.take(range(begin, begin + len(frame)), mode="wrap")
        return (frame + hiss).clip(-32768, 32767).astype("<i2").tobytes()

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """Compute in one of the model's threads. Raises RecognitionError."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        except Exception as wrong:  # vosk raises nothing narrower
            raise RecognitionError("recogniser_failed", str(wrong)) from wrong


class VoskRecognizer:
    """One call's stream. Calls are made one after the other by the call's ear.

    Under a grammar the turn is decoded openly as well; what was said comes out of both (competitor.py).
    """

    def __init__(self, model: VoskModel) -> None:
        self._model = model
        self._asked: _Stream | None = None
        self._openly: _Stream | None = None
        self._competes = False

    async def begin(self, grammar: tuple[str, ...]) -> None:
        """Start a new turn with these phrases; () or nothing the model knows: open decoding."""
        await self._model.run(self._begin, self._model.grammar(grammar).phrases)

    async def accept(self, samples: bytes) -> str:
        """Hear more; the partial text so far, without spaces."""
        return await self._model.run(self._accept, samples)

    async def finish(self) -> Recognition:
        """The turn is over. Raises RecognitionError."""
        return await self._model.run(self._finish)

    def close(self) -> None:
        """Free the stream."""
        self._asked = self._openly = None

    def _begin(self, phrases: tuple[str, ...]) -> None:
        self._asked = self._asked or _Stream(self._model)
        self._asked.begin(phrases)
        self._competes = bool(phrases)
        if self._competes:
            self._openly = self._openly or _Stream(self._model)
            self._openly.begin(())

    def _accept(self, samples: bytes) -> str:
        asked, openly = self._running()
        if openly is not None:
            openly.accept(samples)
        return asked.accept(samples)

    def _finish(self) -> Recognition:
        asked, openly = self._running()
        found = asked.finish()
        if openly is not None:
            found = better(found, openly.finish())
        return replace(found, doubt=self._model.calibration.doubt(found.confidence))

    def _running(self) -> tuple["_Stream", "_Stream | None"]:
        if self._asked is None:
            raise RecognitionError("recogniser_closed", "the recogniser was closed, or no turn was begun")
        return self._asked, self._openly if self._competes else None


class _Stream:
    """One of Vosk's streams, turn after turn."""

    def __init__(self, model: VoskModel) -> None:
        self._model = model
        self._stream = vosk.KaldiRecognizer(model.engine, LINE_RATE)
        self._stream.SetWords(True)
        self._phrases: tuple[str, ...] = ()
        self._settled: list[dict[str, Any]] = []
        self._partial = ""
        self._heard = 0.0
        self._began = 0.0

    def begin(self, phrases: tuple[str, ...]) -> None:
        """Forget the turn before."""
        self._settled = []
        self._partial = ""
        self._began = self._heard
        self._stream.Reset()
        if phrases != self._phrases:
            self._stream.SetGrammar(json.dumps(phrases, ensure_ascii=False))
            self._phrases = phrases

    def accept(self, samples: bytes) -> str:
        """Hear more; the partial text so far."""
        audible = self._model.over_hiss(samples, self._heard)
        self._heard += seconds_of(samples)
        if self._stream.AcceptWaveform(
            audible
        ):  # Vosk's own end, after 20 s or by another model's rules: keep its words and go on
            self._settled.append(json.loads(self._stream.Result()))
            self._partial = self._text("")
        else:
            self._partial = self._text(json.loads(self._stream.PartialResult())["partial"])
        return self._partial

    def finish(self) -> Recognition:
        """What the turn held."""
        self._settled.append(json.loads(self._stream.FinalResult()))
        began = self._began  # Vosk counts from the stream's first sample, over all turns
        words = tuple(
            Word(word["word"], word["start"] - began, word["end"] - began, min(1.0, word["conf"]))
            for part in self._settled
            for word in part.get("result", ())
            if word["word"] != UNKNOWN
        )
        self._settled = []
        if not words and self._partial:  # a short word at the edge of hearing: told, but as a guess
            return Recognition(self._partial, (), GUESS_CONFIDENCE)
        sureness = sum(word.confidence for word in words) / len(words) if words else 0.0
        return Recognition("".join(word.text for word in words), words, round(sureness, 3))

    def _text(self, partial: str) -> str:
        parts = [part.get("text", "") for part in self._settled] + [partial]
        return "".join(word for part in parts for word in part.split() if word != UNKNOWN)


def _sample_rate(mfcc: Path) -> int:
    for line in mfcc.read_text("utf-8").split():
        if line.startswith("--sample-frequency="):
            return int(float(line.partition("=")[2]))
    return 16000  # Kaldi's own default


def _resamples(mfcc: Path) -> bool:
    return "--allow-upsample=true" in mfcc.read_text("utf-8").split()
