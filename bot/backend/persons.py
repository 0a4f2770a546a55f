"""Who is on a call, as far as the store knows: the person logged in, their telephone, the telephone that calls."""

import json
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from bot.backend.base import LoginKind, LoginStatus
from bot.backend.call_numbers import calling_number
from bot.errors import BackendError
from bot.store import logins
from bot.store.demo_accounts import sealed_record
from bot.store.sealing import Seal


class Persons:
    """Read inside a transaction of whoever asks."""

    def __init__(self, seal: Seal, now: Callable[[], datetime]) -> None:
        self._seal = seal
        self._now = now

    def login(self, connection: sa.Connection, call_id: str) -> logins.Login | None:
        """The login of a person (no unit) on this call, if its password was right."""
        return logged_in_as(connection, call_id, LoginKind.PERSON, self._now())

    def account(self, connection: sa.Connection, call_id: str) -> str:
        """The key of their account. Raises BackendError('not_logged_in')."""
        login = self.login(connection, call_id)
        if login is None or login.account_key is None:
            raise BackendError("not_logged_in", "no person is logged in on this call")
        return login.account_key

    def registered_phone(self, connection: sa.Connection, call_id: str) -> str:
        """The telephone of their account, '' if there is none. Raises BackendError('not_logged_in')."""
        sealed = sealed_record(connection, self.account(connection, call_id))
        return str(json.loads(self._seal.open(sealed)).get("phone") or "") if sealed else ""

    def caller(self, connection: sa.Connection, call_id: str) -> str:
        """The telephone that calls, '' if the exchange gave none."""
        return calling_number(connection, self._seal, call_id)


def logged_in_as(connection: sa.Connection, call_id: str, kind: LoginKind, now: datetime) -> logins.Login | None:
    """The login of this kind on this call, if its password was right and need not be changed first."""
    login = logins.find(connection, call_id, now)
    right = login is not None and login.status == LoginStatus.OK.value and login.kind == kind.value
    return login if right else None
