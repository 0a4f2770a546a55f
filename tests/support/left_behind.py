"""What a call left in the store and in the spool, entry by entry, also while the call or its process is broken."""

import asyncio
import json
import time
from pathlib import Path

import sqlalchemy as sa

from bot.store.attempts import wrong_attempts
from bot.store.calls import KeptCall, call_entries, calls, journal_of
from bot.store.database import Database
from bot.store.logins import logins
from bot.store.sealing import Seal
from bot.store.work_orders import work_orders
from tests.support.service import RunningService


class LeftBehind:
    """Reads one service's store from outside."""

    def __init__(self, service: RunningService) -> None:
        self._database = Database(service.environment["HOTLINE_DATABASE_URL"])
        self._folder = service.folder

    def __enter__(self) -> "LeftBehind":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    async def journal(self, call_id: str) -> KeptCall | None:
        """The call as it stands in the database now."""
        return await journal_of(self._database, self._seal, call_id)

    async def whole_journal(
        self, call_id: str, last: str = "ended", within_seconds: float = 15.0, times: int = 1
    ) -> KeptCall:
        """The journal once it has so many entries of the kind `last`; no position may be missing before them."""
        until = time.monotonic() + within_seconds
        while True:
            kept = await self.journal(call_id)
            if kept is not None and sum(entry.kind == last for entry in kept.entries) >= times:
                break
            assert time.monotonic() < until, f"no {last} in the journal of {call_id}: {kept}"
            await asyncio.sleep(0.1)
        positions = self.positions(call_id)
        assert positions == list(range(len(positions))), f"the journal of {call_id} has holes: {positions}"
        return kept

    def positions(self, call_id: str) -> list[int]:
        """Of the entries in the database."""
        mine = sa.select(call_entries.c.position).where(call_entries.c.call_id == call_id)
        with self._database.reading() as connection:
            return sorted(connection.execute(mine).scalars())

    def spooled(self, call_id: str) -> list[int]:
        """Positions of the entries that only the spool has."""
        found = []
        for path in (self._folder / "spool").glob("*.jsonl"):
            for line in path.read_bytes().split(b"\n")[:-1]:
                entry = json.loads(line)
                if entry["call_id"] == call_id and entry["what"] == "entry":
                    found.append(entry["position"])
        return sorted(found)

    def on(self, channel: str) -> set[str]:
        """All calls on this channel so far."""
        with self._database.reading() as connection:
            return set(connection.execute(sa.select(calls.c.call_id).where(calls.c.channel == channel)).scalars())

    async def next_on(self, channel: str, known: set[str], within_seconds: float = 15.0) -> str:
        """The call on this channel that was not `known` before."""
        until = time.monotonic() + within_seconds
        while not (new := self.on(channel) - known):
            assert time.monotonic() < until, f"no new call on {channel}"
            await asyncio.sleep(0.1)
        return new.pop()

    def orders(self, call_id: str) -> list[str]:
        """Numbers of a call's work orders."""
        mine = sa.select(work_orders.c.number).where(work_orders.c.call_id == call_id)
        with self._database.reading() as connection:
            return list(connection.execute(mine).scalars())

    def logins(self) -> int:
        """How many calls are logging in, or logged in."""
        with self._database.reading() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(logins)).scalar_one())

    def unlock_accounts(self) -> None:
        """As if a day had passed: wrong passwords are forgotten."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(wrong_attempts))

    @property
    def _seal(self) -> Seal:
        return Seal.from_file(Path(self._folder) / "secret.key")
