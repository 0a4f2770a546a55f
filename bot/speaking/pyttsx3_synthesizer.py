"""pyttsx3 in a process of its own.

The engine crashes when two threads use it, hangs, keeps only the last of several texts, ignores a voice it does not
know, and prints on standard output. So a worker (this module, run with -m) does one sentence after the other, and
its owner watches the clock: a worker that dies or stalls is replaced.
"""

import asyncio
import json
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import SettingsError, SynthesisError
from bot.speaking.base import Manner

if TYPE_CHECKING:  # the worker does without them and starts in a third of the time
    from bot.speaking.lexicon import Lexicon
    from bot.speaking.voices import NamedVoice

START_SECONDS = 10.0
_SHORTEST_WAV_BYTES = 1000
_ANSWER = struct.Struct(">?I")
_LONGEST_ANSWER_BYTES = 10_000_000
"""Ten minutes of sound."""


class Pyttsx3Synthesizer:
    """One worker and its queue; safe for many calls at once (a sentence takes some 15 ms)."""

    def __init__(self, voices: "Mapping[str, NamedVoice]", lexicon: "Lexicon", *, longest_seconds: float = 1.5) -> None:
        self._voices = voices
        self._lexicon = lexicon
        self._longest_seconds = longest_seconds
        self._worker: _Worker | None = None
        # A thread, not the loop, waits for the pipe: so the same worker serves any loop, also in audio time.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="synthesizer")

    async def start(self) -> None:
        """Start the worker and prove every voice. Raises SettingsError, in Chinese, when a voice reads wrongly."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._prove)

    async def synthesize(self, sentence: str, manner: Manner) -> bytes:
        """Line audio of one sentence in its spoken form. Raises SynthesisError."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._sound, sentence, manner)

    def read_by(self, lexicon: "Lexicon") -> None:
        """From the next sentence on, words are read as this lexicon says."""
        self._lexicon = lexicon

    async def close(self) -> None:
        """End the worker."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._dismiss)
        self._thread.shutdown(wait=False)

    @property
    def process_id(self) -> int | None:
        """The worker's, for supervision; None while there is none."""
        return self._worker.process_id if self._worker else None

    def _prove(self) -> None:
        try:
            for voice in self._voices.values():
                self._ask({"do": "prove", "voice": voice.engine_voice})
        except SynthesisError as error:
            raise SettingsError("voice_wrong", f"语音合成不可用：{error}") from error

    def _sound(self, sentence: str, manner: Manner) -> bytes:
        voice = self._voices.get(manner.voice)
        if voice is None:
            raise SynthesisError("voice_unknown", f"voices.yml 里没有名为“{manner.voice}”的声音")
        reading = self._lexicon.reading(sentence)
        if not reading:
            return b""
        return self._ask(
            {
                "do": "say",
                "voice": voice.engine_voice,
                "reading": reading,
                "rate": round(voice.words_per_minute * manner.speed),
                "pitch": voice.pitch,
                "gain_db": manner.gain_db,
                "pause_seconds": voice.pause_seconds / manner.speed,
            }
        )

    def _ask(self, request: dict[str, Any]) -> bytes:
        """The worker's answer. One that died is replaced and asked once more; one that stalls is only replaced."""
        for attempt in (1, 2):
            try:
                self._worker = self._worker or _Worker()
                return self._worker.ask(request, self._longest_seconds)
            except EOFError as error:
                self._dismiss()
                if attempt == 2:
                    raise SynthesisError("synthesizer_died", "语音合成进程意外退出") from error
            except TimeoutError as error:
                self._dismiss()
                self._thread.submit(self._revive)
                raise SynthesisError("synthesizer_stalled", f"{self._longest_seconds:g} 秒内没有合成出声音") from error
        raise AssertionError

    def _revive(self) -> None:
        """So that the next sentence does not wait for a new worker to start."""
        with suppress(EOFError, TimeoutError):
            self._worker = self._worker or _Worker()

    def _dismiss(self) -> None:
        if self._worker:
            self._worker.end()
            self._worker = None


class _Worker:
    """The owner's end of the pipe. Blocking: used from the synthesizer's thread only."""

    def __init__(self) -> None:
        root = Path(__file__).resolve().parent.parent.parent
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.speaking.pyttsx3_synthesizer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=root,
            bufsize=0,
            start_new_session=True,  # Ctrl+C is for its owner, which still has something to say
        )
        try:
            self.ask({"do": "nothing"}, START_SECONDS)
        except (EOFError, TimeoutError, SynthesisError):
            self.end()
            raise

    @property
    def process_id(self) -> int:
        return self._process.pid

    def ask(self, request: dict[str, Any], seconds: float) -> bytes:
        """Send a request and read its answer. Raises EOFError, TimeoutError; SynthesisError if the worker refused."""
        assert self._process.stdin and self._process.stdout
        until = time.monotonic() + seconds
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
        except BrokenPipeError as error:
            raise EOFError from error
        refused, length = _ANSWER.unpack(self._read(_ANSWER.size, until))
        if length > _LONGEST_ANSWER_BYTES:
            raise EOFError  # no answer of ours: something else got into the pipe
        answer = self._read(length, until)
        if refused:
            raise SynthesisError("synthesis_refused", answer.decode("utf-8", "replace"))
        return answer

    def _read(self, length: int, until: float) -> bytes:
        assert self._process.stdout
        read = b""
        while len(read) < length:
            if not select.select([self._process.stdout], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError
            some = self._process.stdout.read(length - len(read))
            if not some:
                raise EOFError
            read += some
        return read

    def end(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()


# From here on: the worker's side.


class _Engine:
    """pyttsx3 and its traps."""

    def __init__(self) -> None:
        import pyttsx3
        from pyttsx3.drivers import _espeak

        from bot.audio import loudness, wav

        self._wav, self._loudness = wav, loudness  # numpy and soxr: loaded before the first sentence, not in it
        self._engine = pyttsx3.init("espeak")
        # A file in memory: what callers are told is never on a disk, and nothing is left when the worker is killed.
        self._file = os.memfd_create("sentence")
        self._espeak = _espeak
        self._settle()
        self._engine.runAndWait()  # the driver's queue holds everything back until its first run

    def prove(self, voice: str) -> bytes:
        """Refuse a voice that reads 你好 not as Mandarin: `cmn` of espeak-ng 1.51 reads pinyin as English."""
        self.say({"voice": voice, "reading": "ni3 hao3", "rate": 180, "pitch": 50, "gain_db": 0, "pause_seconds": 0})
        phonemes = _phonemes("ni3 hao3")
        if "(" in phonemes or "X'Au214" not in phonemes:
            raise ValueError(
                f"声音“{voice}”读不出普通话（你好读成了 {phonemes}），请在 voices.yml 改用 cmn-latn-pinyin"
            )
        return phonemes.encode()

    def say(self, request: Mapping[str, Any]) -> bytes:
        """Line audio of one reading, trimmed and levelled."""
        for _ in range(3):
            written = self._written(request)
            voice = Path(str(self._engine.getProperty("voice"))).name  # sit/cmn-latn-pinyin+f2
            as_asked = all(self._engine.getProperty(name) == request[name] for name in ("rate", "pitch"))
            if as_asked and voice == request["voice"].lower() and len(written) > _SHORTEST_WAV_BYTES:
                break
        else:
            raise ValueError(f"引擎没有用声音“{request['voice']}”说出话来，请安装 espeak-ng 1.51 并检查 voices.yml")
        sound = self._loudness.trimmed(self._wav.line_audio(*self._wav.decoded(written)))
        return self._loudness.levelled(sound, request["gain_db"]) + bytes(2 * round(request["pause_seconds"] * 8000))

    def _written(self, request: Mapping[str, Any]) -> bytes:
        """One run of the driver: a WAV file, or nothing."""
        os.ftruncate(self._file, 0)
        for name in ("voice", "rate", "pitch"):
            self._engine.setProperty(name, request[name])
        self._settle()
        self._engine.save_to_file(request["reading"], f"/proc/self/fd/{self._file}")
        self._engine.runAndWait()
        return os.pread(self._file, os.fstat(self._file).st_size, 0)

    def _settle(self) -> None:
        """Wait until the engine has taken the properties, which it does in a thread of its own.

        If it is still busy with them when the driver starts to speak, the driver cancels it: the sentence is lost, or
        spoken at the pace of the one before. Whether it is busy shows only once that thread has woken up: hence the
        nap, and the look afterwards at what came of it.
        """
        time.sleep(0.002)
        self._espeak.Synchronize()


def _phonemes(reading: str) -> str:
    """What the engine makes of a reading, in the voice it has now."""
    import ctypes

    from pyttsx3.drivers import _espeak

    to_phonemes = _espeak.dll.espeak_TextToPhonemes
    to_phonemes.restype = ctypes.c_char_p
    rest, phonemes = ctypes.c_char_p(reading.encode()), ""
    while rest.value:
        phonemes += to_phonemes(ctypes.byref(rest), 1, 0).decode()
    return phonemes


def _requests() -> Iterator[dict[str, Any]]:
    for line in sys.stdin.buffer:
        yield json.loads(line)


def _serve() -> None:
    """Answer requests until the owner closes the pipe: refused or not (1 byte), length (4 bytes), sound or reason."""
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the driver prints; that must not get between the answers
    engine = _Engine()
    for request in _requests():
        refused, answer = False, b""
        try:
            if request["do"] == "prove":
                answer = engine.prove(request["voice"])
            elif request["do"] == "say":
                answer = engine.say(request)
        except (ValueError, OSError, RuntimeError) as error:
            refused, answer = True, str(error).encode()
        with open(answers, "wb", closefd=False) as pipe:
            pipe.write(_ANSWER.pack(refused, len(answer)) + answer)


if __name__ == "__main__":
    _serve()
