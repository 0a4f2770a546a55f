"""Vosk as the recogniser: one model for the whole process, one stream per call, all computing in a few threads."""

import asyncio
import hashlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from bot.audio.frame import LINE_RATE
from bot.errors import RecognitionError, SettingsError
from bot.listening.base import Recognition
from bot.listening.calibration import Calibration
from bot.listening.competitor import better
from bot.listening.grammars import Grammar, grammar_of, read_words
from bot.listening.vosk_library import load_vosk
from bot.listening.vosk_stream import Stream

vosk = load_vosk()
T = TypeVar("T")
NEEDED = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/words.txt")

MOST_IDLE = 20
"""Streams kept for the next calls. One that has heard some hundred sentences has 40 MB."""

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
            self._idle = [Stream(self.engine)]  # reads the graph, which the model alone does not
        except Exception as wrong:
            raise SettingsError(
                "model_broken", f"语音识别模型无法装入：{path}。文件可能损坏，请重新放置模型。"
            ) from wrong
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="vosk")
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

    def take_stream(self) -> Stream:
        """An open one, if there is any that has served a call before."""
        try:
            return self._idle.pop()
        except IndexError:
            return Stream(self.engine)

    def give_back(self, stream: Stream) -> None:
        """The call that took it is over."""
        stream.renew()
        if len(self._idle) < MOST_IDLE:
            self._idle.append(stream)

    def close(self) -> None:
        """No more calls: let the threads go."""
        self._threads.shutdown(wait=True)
        self._idle.clear()

    def later(self, work: Callable[[], None]) -> None:
        """Compute in one of the model's threads; nobody waits for it. Nothing, if the model is closed."""
        with suppress(RuntimeError):
            self._threads.submit(work)

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """Compute in one of the model's threads. Raises RecognitionError."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        except Exception as wrong:  # vosk raises nothing narrower
            raise RecognitionError("recogniser_failed", str(wrong)) from wrong


class VoskRecognizer:
    """One call's hearing. Calls are made one after the other by the call's ear.

    Every turn is decoded openly; under a grammar as well, and then what was said comes out of both (competitor.py).
    """

    def __init__(self, model: VoskModel) -> None:
        self._model = model
        self._openly: Stream | None = None
        self._by_grammar: Stream | None = None
        self._has_grammar = False
        self._closed = False
        self._one_at_a_time = threading.Lock()
        """A call that ends in the middle leaves work behind in a thread."""

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
        """The call is over."""
        self._closed = True
        self._model.later(self._give_back)

    def _give_back(self) -> None:
        with self._one_at_a_time:
            if self._openly is not None:
                self._model.give_back(self._openly)
            self._openly = self._by_grammar = None

    def _begin(self, phrases: tuple[str, ...]) -> None:
        with self._one_at_a_time:
            if self._closed:
                raise RecognitionError("recogniser_closed", "the call is over")
            self._openly = self._openly or self._model.take_stream()
            self._openly.begin()
            self._has_grammar = bool(phrases)
            if self._has_grammar:
                self._by_grammar = self._by_grammar or Stream(self._model.engine)
                self._by_grammar.begin(phrases)

    def _accept(self, samples: bytes) -> str:
        with self._one_at_a_time:
            openly, by_grammar = self._running()
            partial = openly.accept(samples)
            return partial if by_grammar is None else by_grammar.accept(samples)

    def _finish(self) -> Recognition:
        with self._one_at_a_time:
            openly, by_grammar = self._running()
            found = openly.finish()
            if by_grammar is not None:
                found = better(by_grammar.finish(), found)
            return replace(found, doubt=self._model.calibration.doubt(found.confidence))

    def _running(self) -> tuple[Stream, Stream | None]:
        if self._openly is None or self._closed:
            raise RecognitionError("recogniser_closed", "the recogniser was closed, or no turn was begun")
        return self._openly, self._by_grammar if self._has_grammar else None


def _sample_rate(mfcc: Path) -> int:
    for line in mfcc.read_text("utf-8").split():
        if line.startswith("--sample-frequency="):
            return int(float(line.partition("=")[2]))
    return 16000  # Kaldi's own default


def _resamples(mfcc: Path) -> bool:
    return "--allow-upsample=true" in mfcc.read_text("utf-8").split()
