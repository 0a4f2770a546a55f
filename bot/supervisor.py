"""Starts the three processes of the service, watches over them, starts again what dies, ends them together."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import aiohttp

from bot.dialogue.processes import Process
from bot.errors import SettingsError
from bot.owner_only import owner_only

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0
_STEADY_SECONDS = 60.0
"""A process that ran so long has recovered: the next restart is quick again."""

_READY_WITHIN_SECONDS = 240.0
_LOOKS_FOR_SECONDS = 20.0
"""One look whether it answers; on a busy machine two seconds can pass before a process that is well takes it up."""

_ENDS_WITHIN_SECONDS = 8.0

_WITH_ITS_PARENT = ("setpriv", "--pdeathsig", "TERM")
"""Of util-linux: what is started ends when whoever started it is gone, killed without a chance to say goodbye too."""


class Supervised:
    """One process that is kept running."""

    def __init__(self, process: Process, log_folder: Path, tell: Callable[[str], None]) -> None:
        self.process = process
        self._log = log_folder / f"{process.name}.log"
        self._tell = tell
        self._running: asyncio.subprocess.Process | None = None
        self.starts = 0

    async def keep_running(self) -> None:
        """Start, wait for its death, start again, with growing pauses while it keeps dying."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            code = await self._run_once()
            if time.monotonic() - began > _STEADY_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            self._tell(f"{self.process.name} 已退出（{code}），{pause:.1f} 秒后重新启动。日志：{self._log}")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def ready(self) -> None:
        """Wait until it answers its health address. Raises TimeoutError; SettingsError if it ends instead."""
        a_look = aiohttp.ClientTimeout(_LOOKS_FOR_SECONDS)
        async with asyncio.timeout(_READY_WITHIN_SECONDS), aiohttp.ClientSession(timeout=a_look) as session:
            while True:
                if self.starts > 1:
                    raise SettingsError("start_failed", f"{self.process.name} 启动失败：{_last_line(self._log)}")
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(self.process.health_url) as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.2)

    async def end(self) -> None:
        """Ask it to end; after a while, make it."""
        running = self._running
        if running is None or running.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            running.terminate()
        try:
            await asyncio.wait_for(running.wait(), _ENDS_WITHIN_SECONDS)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)

    async def _run_once(self) -> int:
        self.starts += 1
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with _log_file(self._log) as log:
            self._running = await asyncio.create_subprocess_exec(
                *_WITH_ITS_PARENT,
                *self.process.command,
                cwd=self.process.cwd,
                env=os.environ | self.process.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return await self._running.wait()


async def supervise(processes: list[Process], log_folder: Path, when_ready: Callable[[float], None]) -> int:
    """Run all of them until SIGINT or SIGTERM. `when_ready` is told how many seconds the start took.

    Returns 0, or 1 if one did not get ready in time. Raises SettingsError, with its last words, if one could not start.
    """
    began = time.monotonic()
    supervised = [Supervised(process, log_folder, _tell) for process in processes]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    keeping = [asyncio.create_task(each.keep_running()) for each in supervised]
    try:
        for each in supervised:
            _tell(f"正在启动 {each.process.name} …")
        ready = asyncio.create_task(_all_ready(supervised))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([ready, stopped], return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            await ready
            when_ready(time.monotonic() - began)
        await stopped
        return 0
    except TimeoutError:
        _tell(f"启动没有完成，请看 {log_folder} 里的日志，或运行 python -m bot doctor。")
        return 1
    finally:
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)
        await asyncio.gather(*(each.end() for each in supervised))
        _tell("已停止。")


async def _all_ready(supervised: list[Supervised]) -> bool:
    await asyncio.gather(*(each.ready() for each in supervised))
    return True


def _log_file(path: Path) -> BinaryIO:
    """What a process prints may be about callers."""
    return open(path, "ab", opener=owner_only)


def _last_line(log: Path) -> str:
    """What a process said last before it ended."""
    lines = log.read_text("utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), f"没有留下日志 {log}")


def _tell(text: str) -> None:
    print(f"[热线] {text}", file=sys.stderr, flush=True)
