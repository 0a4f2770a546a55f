"""Files and folders that editors change while the service runs: read again when they have changed."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from bot.errors import ContentError

log = logging.getLogger(__name__)
T = TypeVar("T")


class Live(Generic[T]):
    """What a file or a folder holds now. A broken edit is logged once; the last good version stays in use."""

    def __init__(self, path: Path, load: Callable[[Path], T]) -> None:
        self._path, self._load = path, load
        self._edited = _edited(path)
        self._good = load(path)

    @property
    def now(self) -> T:
        """The last good version."""
        edited = _edited(self._path)
        if edited != self._edited:
            self._edited = edited
            try:
                self._good = self._load(self._path)
            except ContentError as wrong:
                log.error("%s 仍使用上一次正确的内容。", wrong)
        return self._good


def _edited(path: Path) -> tuple[tuple[str, int, int], ...]:
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return tuple(_state(file) for file in files)


def _state(file: Path) -> tuple[str, int, int]:
    try:
        found = file.stat()
    except OSError:
        return file.name, 0, 0
    return file.name, found.st_mtime_ns, found.st_size
