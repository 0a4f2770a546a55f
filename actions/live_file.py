"""Content files that are read while callers are on the line: an edit counts from the next turn on."""

import asyncio
import logging
from pathlib import Path
from typing import Any

from bot.errors import ContentError
from bot.yaml_file import BrokenYaml, compose, value_of

log = logging.getLogger(__name__)


class LiveFile:
    """One YAML file with a mapping at its top. A broken edit is reported once; the last good version stays in use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._edited: tuple[int, int] | None = None
        self._content: dict[str, Any] | None = None
        self._reading = asyncio.Lock()

    async def read(self) -> dict[str, Any]:
        """The content as last saved. Raises ContentError if there has never been a good version."""
        async with self._reading:
            try:
                state = self._path.stat()
                edited = (state.st_mtime_ns, state.st_size)
                if edited != self._edited:
                    self._edited = edited
                    self._content = await asyncio.to_thread(load, self._path)
            except (ContentError, OSError) as problem:
                if self._content is None:
                    self._edited = None  # look again next time
                    raise _unreadable(self._path, problem) from problem
                if not isinstance(problem, OSError):
                    log.error("%s。仍使用上一次正确的内容。", problem)
            return self._content or {}


def load(path: Path) -> dict[str, Any]:
    """Parse one file. Raises ContentError with file and line, in Chinese; OSError if it is not there."""
    try:
        node = compose(path.read_bytes())
        content = value_of(node) if node else None
    except BrokenYaml as wrong:
        raise ContentError("yaml", f"{path.name} {wrong}") from wrong
    if not isinstance(content, dict):
        raise ContentError("yaml", f"{path.name}：最外层应是“名称: 内容”的形式")
    return content


def _unreadable(path: Path, problem: Exception) -> ContentError:
    if isinstance(problem, ContentError):
        return problem
    return ContentError("missing", f"{path.name}：读不到这个文件（{problem}）")
