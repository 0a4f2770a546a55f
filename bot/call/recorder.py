"""The call's recording: caller left, bot right. While secrets fall the caller's side is silence, and the bot's where it
repeats them."""

import asyncio
import logging
import wave
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import numpy as np

from bot.audio.dtmf import TonesToKeys, may_hold_keys
from bot.audio.frame import FRAME_SECONDS, LINE_RATE, SILENCE, Frame
from bot.owner_only import owner_only

log = logging.getLogger(__name__)

_FRAMES_A_WRITE = 50
_HEADER_BYTES = 44
"""Of a WAV file as Python's wave module writes it."""

_FRAME_BYTES = 2 * len(SILENCE)
"""Both sides of 20 ms."""


class Recorder:
    """Writes both sides of one call to a stereo WAV, a second at a time, off the event loop.

    Keys that an exchange sends as messages may sound in the audio too, at any time (a caller who knows the way types
    the password before it is asked for): their tones are taken out of the caller's side.

    A disk that takes no more ends the recording, never the call: what was written stays. But if a password cannot be
    taken out of it, the recording goes.
    """

    def __init__(self, path: Path | None, disk: ThreadPoolExecutor) -> None:
        """`path` None: this call is not recorded. `disk`: one thread, so that pieces stay in order."""
        self._path = path
        self._disk = disk
        self._file: wave.Wave_write | None = None
        self._bytes: BinaryIO | None = None
        self._frames = 0
        self._pending: list[tuple[bytes, bytes]] = []
        self._tones = TonesToKeys()
        self._beside: deque[bytes] = deque()
        """The bot's side of the caller's frames that wait in there."""

        self._broken = False
        self.silent = False
        """True while a number or password is being entered: nothing of the caller is kept."""

        self.bot_silent = False
        """True while the bot repeats what was entered."""

    def silence_from(self, began_seconds: float) -> None:
        """Nothing of the caller since then (seconds of sound since the call began) is kept: it was a password."""
        if self._path is None:
            return
        first = max(0, int(began_seconds / FRAME_SECONDS + 1e-6))
        written = self._frames - len(self._pending)
        self._pending = [
            (SILENCE if written + place >= first else heard, sent) for place, (heard, sent) in enumerate(self._pending)
        ]
        if first < written:
            self._disk.submit(self._blank, first, written)

    def add(self, heard: bytes, sent: bytes) -> None:
        """Keep 20 ms of both sides."""
        if self._path is None:
            return
        self._frames += 1
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
        if self._broken or not piece:
            return
        try:
            self._append(piece)
        except OSError as error:
            self._break_off(error)

    def _append(self, piece: list[tuple[bytes, bytes]]) -> None:
        assert self._path is not None
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._bytes = open(self._path, "w+b", opener=owner_only)
            self._file = wave.open(self._bytes, "wb")
            self._file.setnchannels(2)
            self._file.setsampwidth(2)
            self._file.setframerate(LINE_RATE)
        self._beside.extend(sent for _, sent in piece)
        frames = [heard for heard, _ in piece]
        if may_hold_keys(b"".join(frames)):
            heard = (each for samples in frames for each in self._tones.hear(Frame(samples)))
            self._put([each.samples for each in heard if isinstance(each, Frame)])
        else:
            self._put([*self._held_back(), *frames])
            self._tones = TonesToKeys()

    def _held_back(self) -> list[bytes]:
        return [frame.samples for frame in self._tones.rest()]

    def _put(self, frames: list[bytes]) -> None:
        """The caller's frames and what the bot said beside them, into the file."""
        if self._file is None or not frames:
            return
        heard = np.frombuffer(b"".join(frames), dtype="<i2")
        sent = np.frombuffer(b"".join(self._beside.popleft() for _ in frames), dtype="<i2")
        self._file.writeframes(np.column_stack((heard, sent)).tobytes())

    def _blank(self, first: int, last: int) -> None:
        """Silence on the caller's side of these frames, which are on the disk."""
        if self._bytes is None:
            return
        try:
            self._put(self._held_back())
            end, start = self._bytes.tell(), _HEADER_BYTES + first * _FRAME_BYTES
            self._bytes.seek(start)
            both = np.frombuffer(self._bytes.read((last - first) * _FRAME_BYTES), dtype="<i2").reshape(-1, 2).copy()
            both[:, 0] = 0
            self._bytes.seek(start)
            self._bytes.write(both.tobytes())
            self._bytes.flush()
            self._bytes.seek(end)
        except (OSError, ValueError) as error:
            self._break_off(error, keep=False)

    def _break_off(self, error: Exception, *, keep: bool = True) -> None:
        self._broken = True
        log.error("the recording of a call breaks off: %s", getattr(error, "strerror", None) or type(error).__name__)
        if self._path is not None and not keep:
            self._path.unlink(missing_ok=True)

    def _finish(self) -> None:
        if self._file is None or self._bytes is None:
            return
        try:
            if not self._broken:
                self._put(self._held_back())
            self._file.close()
            self._bytes.close()
        except OSError as error:
            self._break_off(error)
        finally:
            self._file = self._bytes = None
