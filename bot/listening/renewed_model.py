"""The recogniser's model, renewed while calls go on: `make words` writes a new graph, the next calls hear with it."""

import asyncio
import logging
from pathlib import Path

from bot.errors import SettingsError
from bot.listening.vosk_recognizer import NEEDED, VoskModel

log = logging.getLogger(__name__)

Stamp = tuple[tuple[int, int], ...]
"""Time and size of each file."""


class RenewedModel:
    """Hands out the newest model that loads. A call keeps the one it began with; an old one goes with its last call.

    Looked at when a call begins. That call is not kept waiting: it hears with the old model while the new one is
    loaded in a thread. Raises SettingsError at first if the folder is broken; later on the old model stays.
    """

    def __init__(self, path: Path, threads: int) -> None:
        self._path, self._threads = path, threads
        self._stamp = _stamp(path)
        self._newest = VoskModel(path, threads)
        self._calls: dict[VoskModel, int] = {self._newest: 0}
        self._renewing: asyncio.Task[None] | None = None

    @property
    def newest(self) -> VoskModel:
        """What a call that begins now hears with."""
        return self._newest

    @property
    def loaded(self) -> int:
        """How many models are in memory."""
        return len(self._calls)

    def take(self) -> VoskModel:
        """A call begins."""
        if not (self._renewing and not self._renewing.done()) and _stamp(self._path) != self._stamp:
            self._renewing = asyncio.create_task(self._renew())
        self._calls[self._newest] += 1
        return self._newest

    async def give_back(self, model: VoskModel) -> None:
        """A call has ended."""
        self._calls[model] -= 1
        await self._let_go()

    async def close(self) -> None:
        """The service ends."""
        if self._renewing:
            await asyncio.wait([self._renewing])
        for model in self._calls:
            await asyncio.to_thread(model.close)

    async def _renew(self) -> None:
        found = _stamp(self._path)
        try:
            fresh = await asyncio.to_thread(VoskModel, self._path, self._threads)
        except SettingsError as broken:
            log.error("新的语音识别模型没有采用，仍用原来的：%s", broken)
            self._stamp = found
            return
        if _stamp(self._path) != found:  # read while it was being written: the next call looks again
            await asyncio.to_thread(fresh.close)
            return
        self._stamp, self._newest = found, fresh
        self._calls[fresh] = 0
        log.info("语音识别模型已更新，下一个电话起使用。")
        await self._let_go()

    async def _let_go(self) -> None:
        """Free the models that no call hears with any more."""
        for model in [one for one, calls in self._calls.items() if not calls and one is not self._newest]:
            del self._calls[model]
            await asyncio.to_thread(model.close)


def _stamp(path: Path) -> Stamp:
    """Changes with every file that a model is read from; of a file that is just being replaced, nothing."""
    files = (
        path / name
        for name in (*NEEDED, "am/global_cmvn.stats", "graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int")
    )
    return tuple((file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.is_file())
