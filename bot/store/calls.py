"""The journal of every call: who called when (sealed), and each entry (its facts sealed)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store.database import Database, insert_new
from bot.store.sealing import Seal
from bot.store.tables import Moment, metadata

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("sealed_caller", sa.LargeBinary),
    sa.Column("caller_last_four", sa.String(4), nullable=False),
    sa.Column("called", sa.String(32), nullable=False),
    sa.Column("started_at", Moment, nullable=False, index=True),
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", sa.String(32)),
)

call_entries = sa.Table(
    "call_entries",
    metadata,
    # No foreign key to calls: an entry is never refused, not even before its call's row.
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at_seconds", sa.Float, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("sealed_facts", sa.LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """One journal entry as it was kept."""

    at_seconds: float
    """Seconds since the call began."""

    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KeptCall:
    """One call and its journal."""

    call_id: str
    channel: str
    caller: str | None
    """The full number; None if the exchange gave none."""

    called: str
    started_at: datetime
    ended_at: datetime | None
    """None: still going on, or its process was killed."""

    ended_by: str | None
    entries: tuple[KeptEntry, ...]


async def journal_of(database: Database, seal: Seal, call_id: str) -> KeptCall | None:
    """A call with all its entries, in order; None if there is no such call."""

    def find(connection: sa.Connection) -> KeptCall | None:
        call = connection.execute(sa.select(calls).where(calls.c.call_id == call_id)).one_or_none()
        if call is None:
            return None
        mine = call_entries.c.call_id == call_id
        rows = connection.execute(sa.select(call_entries).where(mine).order_by(call_entries.c.position))
        entries = (KeptEntry(row.at_seconds, row.kind, json.loads(seal.open(row.sealed_facts))) for row in rows)
        return KeptCall(
            call_id,
            call.channel,
            seal.open(call.sealed_caller) if call.sealed_caller else None,
            call.called,
            call.started_at,
            call.ended_at,
            call.ended_by,
            tuple(entries),
        )

    return await database.read(find)


def keep_line(connection: sa.Connection, line: Mapping[str, Any]) -> None:
    """Write one line of the spool into its table. Doing it twice changes nothing."""
    match line["what"]:
        case "started":
            row = {
                "call_id": line["call_id"],
                "channel": line["channel"],
                "sealed_caller": line["sealed_caller"].encode() if line["sealed_caller"] else None,
                "caller_last_four": line["caller_last_four"],
                "called": line["called"],
                "started_at": datetime.fromisoformat(line["at"]),
            }
            connection.execute(insert_new(connection, calls).values(row).on_conflict_do_nothing())
        case "entry":
            row = {
                "call_id": line["call_id"],
                "position": line["position"],
                "at_seconds": line["at_seconds"],
                "kind": line["kind"],
                "sealed_facts": line["sealed_facts"].encode(),
            }
            connection.execute(insert_new(connection, call_entries).values(row).on_conflict_do_nothing())
        case "ended":
            ended = {"ended_at": datetime.fromisoformat(line["at"]), "ended_by": line["by"]}
            connection.execute(sa.update(calls).where(calls.c.call_id == line["call_id"]).values(ended))
