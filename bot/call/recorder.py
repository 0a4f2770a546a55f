"""The call's recording: caller left, bot right. While secrets fall the caller's side is silence, and the bot's where it
repeats them."""

import asyncio
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from bot.audio.frame import LINE_RATE, SILENCE

_FRAMES_A_WRITE = 50


class Recorder:
    """Writes both sides of one call to a stereo WAV, a second at a time, off the event loop."""

    def __init__(self, path: Path | None, disk: ThreadPoolExecutor) -> None:
        """`path` None: this call is not recorded. `disk`: one thread, so that pieces stay in order."""
        self._path = path
        self._disk = disk
        self._file: wave.Wave_write | None = None
        self._pending: list[tuple[bytes, bytes]] = []
        self.silent = False
        """True while a number or password is being entered: nothing of the caller is kept."""

        self.bot_silent = False
        """True while the bot repeats what was entered."""

    def add(self, heard: bytes, sent: bytes) -> None:
        """Keep 20 ms of both sides."""
        if self._path is None:
            return
        self._pending.append((SILENCE if self.silent else heard, SILENCE if self.bot_silent else sent))
        if len(self._pending) >= _FRAMES_A_WRITE:
            self._hand_over()

    async def close(self) -> None:
        """The call is over: write the rest and finish the file."""
        if self._path is None:
            return
        self._hand_over()
        await asyncio.get_running_loop().run_in_executor(self._disk, self._finish)

    def _hand_over(self) -> None:
        piece, self._pending = self._pending, []
        self._disk.submit(self._write, piece)

    def _write(self, piece: list[tuple[bytes, bytes]]) -> None:
        if self._path is None or not piece:
            return
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = wave.open(str(self._path), "wb")
            self._file.setnchannels(2)
            self._file.setsampwidth(2)
            self._file.setframerate(LINE_RATE)
        heard = np.frombuffer(b"".join(h for h, _ in piece), dtype="<i2")
        sent = np.frombuffer(b"".join(s for _, s in piece), dtype="<i2")
        self._file.writeframes(np.column_stack((heard, sent)).tobytes())

    def _finish(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
