"""The telephone and order numbers of one call. They stay in our own store, whichever system holds the accounts: a
caller is rung back even when that system is away."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.backend.store_errors import backend_errors
from bot.store import collected_numbers
from bot.store.calls import calls
from bot.store.database import Database
from bot.store.sealing import Seal
from bot.store.working_days import BEIJING

CALL_LASTS = timedelta(minutes=40)
"""Longer than the longest call: a safety net for calls whose process was killed."""


class CallNumbers:
    """Kept sealed, forgotten when the call ends. Every method may raise BackendError('backend_away')."""

    def __init__(
        self, database: Database, seal: Seal, *, now: Callable[[], datetime] = lambda: datetime.now(BEIJING)
    ) -> None:
        self._database = database
        self._seal = seal
        self._now = now

    async def keep(self, call_id: str, kind: str, number: str) -> None:
        """The caller gave this number; an earlier one of the same kind is replaced."""
        sealed, expires = self._seal.seal(number), self._now() + CALL_LASTS
        with backend_errors():
            await self._database.write(
                lambda connection: collected_numbers.keep(connection, call_id, kind, sealed, expires)
            )

    async def given(self, call_id: str, kind: str) -> str | None:
        """The number of this kind that the caller gave; None if there is none."""
        with backend_errors():
            sealed = await self._database.read(
                lambda connection: collected_numbers.find(connection, call_id, kind, self._now())
            )
            return self._seal.open(sealed) if sealed is not None else None

    async def calling(self, call_id: str) -> str:
        """The number that telephones; '' if the exchange gave none."""
        with backend_errors():
            return await self._database.read(lambda connection: calling_number(connection, self._seal, call_id))

    async def forget(self, call_id: str) -> None:
        """The call ended, or another identity logs in."""
        with backend_errors():
            await self._database.write(lambda connection: collected_numbers.forget(connection, call_id, self._now()))


def calling_number(connection: sa.Connection, seal: Seal, call_id: str) -> str:
    """The number that telephones, inside a transaction; '' if the exchange gave none."""
    found = connection.execute(sa.select(calls.c.sealed_caller).where(calls.c.call_id == call_id)).scalar()
    return seal.open(found) if found else ""
