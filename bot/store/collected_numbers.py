"""Numbers that a caller gave for another purpose than to log in (contact telephone, order): sealed, one a kind, gone
when the call ends."""

from datetime import datetime

import sqlalchemy as sa

from bot.store.database import insert_new
from bot.store.tables import Moment, metadata

collected_numbers = sa.Table(
    "collected_numbers",
    metadata,
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("sealed_number", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)


def keep(connection: sa.Connection, call_id: str, kind: str, sealed_number: bytes, expires: datetime) -> None:
    """The caller gave this number; an earlier one of the same kind is replaced."""
    kept = {"sealed_number": sealed_number, "expires_at": expires}
    row = insert_new(connection, collected_numbers).values(call_id=call_id, kind=kind, **kept)
    connection.execute(row.on_conflict_do_update(index_elements=["call_id", "kind"], set_=kept))


def find(connection: sa.Connection, call_id: str, kind: str, now: datetime) -> bytes | None:
    """This call's number of this kind, sealed; None if none was given, or it expired."""
    mine = sa.and_(collected_numbers.c.call_id == call_id, collected_numbers.c.kind == kind)
    query = sa.select(collected_numbers.c.sealed_number).where(mine, collected_numbers.c.expires_at > now)
    return connection.execute(query).scalar_one_or_none()


def forget(connection: sa.Connection, call_id: str, now: datetime) -> None:
    """The call ended, or another identity logs in. What killed processes left behind goes too, once it expired."""
    theirs = sa.or_(collected_numbers.c.call_id == call_id, collected_numbers.c.expires_at <= now)
    connection.execute(sa.delete(collected_numbers).where(theirs))
