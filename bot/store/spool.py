"""The journal's way to the database goes through a file: written first, loaded from there, then emptied.

So there is one path, whether the database is well or away, and what is in the file outlives a killed process. Each
process has a file of its own and holds a lock on it; a file that nobody holds was left by a process that died.
"""

import contextlib
import fcntl
import os
import threading
import uuid
from pathlib import Path


class Spool:
    """One file of lines, appended at its end by one thread and consumed from its front by another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._read_to = 0
        """Bytes at the front that the database already has."""

        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise

    @classmethod
    def new(cls, folder: Path) -> "Spool":
        """A file of this process alone."""
        folder.mkdir(parents=True, exist_ok=True)
        name = f"journal-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        spool = cls(folder / f"{name}.new")
        # Named only once it is locked, so that no other process can take it for one left behind.
        spool.path = spool.path.rename(folder / f"{name}.jsonl")
        return spool

    @classmethod
    def left_behind(cls, folder: Path) -> "list[Spool]":
        """The files of processes that ended before the database had everything."""
        found = []
        for path in sorted(folder.glob("journal-*.jsonl")):
            try:
                found.append(cls(path))
            except OSError:  # its process is alive
                continue
        return found

    def append(self, line: bytes) -> None:
        """Add one line. After an OSError (no room) nothing of it is left in the file."""
        with self._lock:
            size = os.fstat(self._file).st_size
            try:
                written = os.write(self._file, line + b"\n")
                if written <= len(line):
                    raise OSError("no room for the whole line")
            except OSError:
                os.ftruncate(self._file, size)
                raise

    def first_lines(self, most: int) -> list[bytes]:
        """The oldest lines that were not consumed yet. A torn last line (its writer was killed) is not one."""
        with self._lock:
            size = os.fstat(self._file).st_size
            waiting = os.pread(self._file, min(size - self._read_to, 1 << 20), self._read_to)
        return waiting.split(b"\n")[:-1][:most]

    def consumed(self, lines: list[bytes]) -> None:
        """The database has these lines, which were the first ones."""
        with self._lock:
            self._read_to += sum(len(line) + 1 for line in lines)
            if self._read_to == os.fstat(self._file).st_size:
                os.ftruncate(self._file, 0)
                self._read_to = 0

    def to_disk(self) -> None:
        """Make what was appended outlive a power cut, where the disk can."""
        with contextlib.suppress(OSError):
            os.fsync(self._file)

    def close(self) -> None:
        """Let go of the file; it stays if the database has not got everything."""
        if not self.first_lines(1):
            self.path.unlink(missing_ok=True)
        os.close(self._file)
