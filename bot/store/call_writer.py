"""Takes journal entries off the event loop without making it wait, and brings them to the database."""

import asyncio
import itertools
import json
import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from bot.errors import StoreError
from bot.store.calls import keep_line
from bot.store.database import Database
from bot.store.sealing import Seal
from bot.store.spool import Spool

log = logging.getLogger(__name__)

Line = dict[str, Any]


class JournalEntry(Protocol):
    """What a call's journal passes on: bot.call.journal.Entry, seen from below."""

    @property
    def at_seconds(self) -> float:
        """Seconds since the call began."""

    @property
    def kind(self) -> str:
        """What sort of thing happened."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Its particulars; they are sealed before they leave this process."""


class CallWriter:
    """Keeps the journals of all calls of this process.

    One thread writes each entry to the spool file at once, so a killed process loses at most the last one. A second
    thread brings the file's lines to the database in order, and tries again every `retry_seconds` while the database
    is locked, away or full. What a process that died left behind is loaded first.
    """

    def __init__(self, database: Database, seal: Seal, spool_folder: Path, *, retry_seconds: float = 0.5) -> None:
        self._database = database
        self._seal = seal
        self._folder = spool_folder
        self._retry_seconds = retry_seconds
        self._spool = Spool.new(spool_folder)
        self._taken: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self._positions: defaultdict[str, Iterator[int]] = defaultdict(itertools.count)
        self._counts = threading.Condition()
        self._given = self._spooled = self._stored = 0
        self._closing = False
        self._threads = [
            threading.Thread(target=self._to_spool, name="journal-spool", daemon=True),
            threading.Thread(target=self._to_database, name="journal-database", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def call_started(
        self, call_id: str, *, channel: str, caller: str | None = None, called: str = "", at: datetime | None = None
    ) -> None:
        """A call began. `caller` is the full number: it is sealed, only the last four stay readable."""
        self._take(
            {
                "what": "started",
                "call_id": call_id,
                "channel": channel,
                "caller": caller,
                "called": called,
                "at": (at or datetime.now(UTC)).isoformat(),
            }
        )

    def keep(self, call_id: str, entry: JournalEntry) -> None:
        """Take one entry. Returns at once; never raises for want of a database."""
        position = next(self._positions[call_id])
        self._take(
            {
                "what": "entry",
                "call_id": call_id,
                "position": position,
                "at_seconds": entry.at_seconds,
                "kind": entry.kind,
                "facts": json.dumps(entry.facts, ensure_ascii=False, default=str),
            }
        )

    def call_ended(self, call_id: str, *, by: str, at: datetime | None = None) -> None:
        """A call ended; `by`: caller, bot, exchange, failure."""
        self._positions.pop(call_id, None)
        self._take({"what": "ended", "call_id": call_id, "by": by, "at": (at or datetime.now(UTC)).isoformat()})

    @property
    def waiting(self) -> int:
        """Lines that the database has not got yet."""
        with self._counts:
            return self._given - self._stored

    async def flushed(self, within_seconds: float = 5.0) -> bool:
        """Wait until the database has everything given so far; False if it has not in time."""
        goal = self._given
        return await asyncio.to_thread(self._wait, lambda: self._stored >= goal, within_seconds)

    def close(self, within_seconds: float = 5.0) -> None:
        """Bring what is left to the database. What it does not take in time stays in the spool for the next start."""
        self._wait(lambda: self._stored >= self._given, within_seconds)
        with self._counts:
            self._closing = True
            self._counts.notify_all()
        self._taken.put(None)
        for thread in self._threads:
            thread.join(timeout=within_seconds)
        if not any(thread.is_alive() for thread in self._threads):
            self._spool.close()

    def _take(self, line: Line) -> None:
        with self._counts:
            self._given += 1
        self._taken.put(line)

    def _wait(self, condition: Callable[[], bool], within_seconds: float) -> bool:
        with self._counts:
            return self._counts.wait_for(condition, timeout=within_seconds)

    def _to_spool(self) -> None:
        while (line := self._taken.get()) is not None:
            sealed = json.dumps(self._sealed(line), ensure_ascii=False).encode()
            while True:
                try:
                    self._spool.append(sealed)
                    break
                except OSError as error:
                    log.error("the journal cannot be written to its spool: %s", error.strerror)
                    if self._wait(lambda: self._closing, self._retry_seconds):
                        return
            with self._counts:
                self._spooled += 1
                self._counts.notify_all()

    def _sealed(self, line: Line) -> Line:
        """The line as it may lie on a disk."""
        sealed = dict(line)
        if "facts" in sealed:
            sealed["sealed_facts"] = self._seal.seal(sealed.pop("facts")).decode()
        if "caller" in sealed:
            caller = sealed.pop("caller")
            sealed["sealed_caller"] = self._seal.seal(caller).decode() if caller else None
            sealed["caller_last_four"] = caller[-4:] if caller else ""
        return sealed

    def _to_database(self) -> None:
        for old in Spool.left_behind(self._folder):
            log.warning("loading a journal that an earlier process left: %s", old.path.name)
            while lines := old.first_lines(100):
                if not self._store(old, lines):
                    return
            old.close()
        while self._wait(lambda: self._closing or self._spooled > self._stored, 3600.0):
            lines = self._spool.first_lines(100)
            if lines and not self._store(self._spool, lines):
                return
            if not lines and self._closing:
                return
            with self._counts:
                self._stored += len(lines)
                self._counts.notify_all()

    def _store(self, spool: Spool, lines: list[bytes]) -> bool:
        """Bring lines to the database, waiting for it as long as it takes; False when the writer closes before."""
        at_once, waited = len(lines), False
        while lines:
            part = lines[:at_once]
            try:
                self._write(part)
            except StoreError as error:
                if error.code != "store_refused":
                    if not waited:
                        log.warning("the journal waits for the database: %s", error.code)
                        waited = True
                    spool.to_disk()
                    if self._wait(lambda: self._closing, self._retry_seconds):
                        return False
                    continue
                if at_once > 1:  # one of them: which one?
                    at_once = 1
                    continue
                if not self._set_aside(part[0], error):
                    if self._wait(lambda: self._closing, self._retry_seconds):
                        return False
                    continue
            spool.consumed(part)
            lines = lines[at_once:]
        if waited:
            log.warning("the database is back: the journal is whole")
        return True

    def _write(self, lines: list[bytes]) -> None:
        with self._database.writing() as connection:
            for line in lines:
                try:
                    keep_line(connection, json.loads(line))
                except (ValueError, KeyError, TypeError) as error:
                    raise StoreError("store_refused", f"not a line of the journal: {type(error).__name__}") from error

    def _set_aside(self, line: bytes, error: Exception) -> bool:
        """One line that the database will never take must not hold up the others. False: no room for it now."""
        try:
            with (self._folder / "refused.jsonl").open("ab") as file:
                file.write(line + b"\n")
        except OSError:
            return False
        log.error("a journal line was set aside in refused.jsonl: %s", type(error).__name__)
        return True
