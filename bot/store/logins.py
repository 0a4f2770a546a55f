"""Who is logging in, or logged in, on which call. One row per call, gone when the call ends."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.store.tables import Moment, metadata

logins = sa.Table(
    "logins",
    metadata,
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("sealed_number", sa.LargeBinary, nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("last_four", sa.String(4), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("attempts_left", sa.Integer, nullable=False),
    sa.Column("account_key", sa.String(64)),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("caller_key", sa.String(64)),
)
"""`kind`: person or unit. `caller_key`: fingerprint of the number that telephones; NULL if the exchange gave none."""


@dataclass(frozen=True, slots=True)
class Login:
    """The login of one call."""

    fingerprint: str
    """Of the number given, whether it exists or not."""

    last_four: str
    status: str
    attempts_left: int
    account_key: str | None
    """The account whose password was right; None before, and after anything else."""

    kind: str
    caller_key: str | None


def begin(
    connection: sa.Connection,
    call_id: str,
    *,
    sealed_number: bytes,
    fingerprint: str,
    last_four: str,
    expires: datetime,
    kind: str,
    caller_key: str | None,
) -> None:
    """A number wants to log in: whatever this call's login was before is forgotten."""
    connection.execute(sa.delete(logins).where(logins.c.call_id == call_id))
    connection.execute(
        sa.insert(logins).values(
            call_id=call_id,
            sealed_number=sealed_number,
            fingerprint=fingerprint,
            last_four=last_four,
            status="begun",
            attempts_left=0,
            account_key=None,
            expires_at=expires,
            kind=kind,
            caller_key=caller_key,
        )
    )


def find(connection: sa.Connection, call_id: str, now: datetime) -> Login | None:
    """This call's login, unless it expired."""
    row = connection.execute(
        sa.select(logins).where(logins.c.call_id == call_id, logins.c.expires_at > now)
    ).one_or_none()
    if row is None:
        return None
    return Login(
        row.fingerprint, row.last_four, row.status, row.attempts_left, row.account_key, row.kind, row.caller_key
    )


def note(
    connection: sa.Connection, call_id: str, status: str, attempts_left: int = 0, account_key: str | None = None
) -> None:
    """Write what became of it."""
    outcome = {"status": status, "attempts_left": attempts_left, "account_key": account_key}
    connection.execute(sa.update(logins).where(logins.c.call_id == call_id).values(outcome))


def forget(connection: sa.Connection, call_id: str, now: datetime) -> None:
    """The call ended. Rows that killed processes left behind go as well, once they expired."""
    connection.execute(sa.delete(logins).where(sa.or_(logins.c.call_id == call_id, logins.c.expires_at <= now)))
