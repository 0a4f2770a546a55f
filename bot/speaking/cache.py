"""Sound of fixed sentences on disk, so that none is made twice."""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.speaking.base import Manner

_DIGEST_BYTES = 32


class SpeechCache:
    """Line audio by text, voice, speed and gain; the least recently used goes first when the folder is full.

    A file is the digest of its sound and then the sound: what was cut off or damaged is not played but made again.
    `edition` changes with everything else that changes the sound (voices, lexicon): older sound is not found then.
    """

    def __init__(self, folder: Path, megabytes: float, edition: str = "") -> None:
        self._folder = folder
        self._most_bytes = int(megabytes * 1_000_000)
        self._edition = edition
        self._bytes: int | None = None

    def begin_edition(self, edition: str) -> None:
        """Words are read otherwise now: what was kept until here is no longer found."""
        self._edition = edition

    def get(self, sentence: str, manner: Manner) -> bytes | None:
        """The sound, or None."""
        path = self._path(sentence, manner)
        try:
            kept = path.read_bytes()
        except OSError:
            return None
        digest, sound = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
        if hashlib.sha256(sound).digest() != digest:
            return None
        with suppress(OSError):
            os.utime(path)
        return sound

    def put(self, sentence: str, manner: Manner, sound: bytes) -> None:
        """Keep it. A full or read-only disk is no reason not to speak: then it is not kept."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, unfinished = tempfile.mkstemp(dir=self._folder, suffix=".unfinished")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(sound).digest() + sound)
                os.replace(unfinished, self._path(sentence, manner))
            except OSError:
                os.unlink(unfinished)
                raise
            self._make_room(len(sound) + _DIGEST_BYTES)

    def _path(self, sentence: str, manner: Manner) -> Path:
        key = f"{self._edition}\n{manner.voice}\n{manner.speed:.3f}\n{manner.gain_db:.1f}\n{sentence}"
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.sound"

    def _make_room(self, added: int) -> None:
        """Look through the folder only when the running count says that it may be full."""
        if self._bytes is not None and self._bytes + added <= self._most_bytes:
            self._bytes += added
            return
        files = sorted((file.stat().st_mtime_ns, file.stat().st_size, file) for file in self._folder.iterdir())
        self._bytes = sum(size for _, size, _ in files)
        for _, size, file in files:
            if self._bytes <= self._most_bytes:
                break
            file.unlink(missing_ok=True)
            self._bytes -= size
