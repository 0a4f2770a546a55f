"""Text messages: an outbox that sends each one once, and who wants to be told what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from bot.errors import StoreError
from bot.store.database import insert_new
from bot.store.tables import Moment, metadata

sms_outbox = sa.Table(
    "sms_outbox",
    metadata,
    sa.Column("once_key", sa.String(120), primary_key=True),
    sa.Column("phone_key", sa.String(64), nullable=False, index=True),
    sa.Column("sealed_phone", sa.LargeBinary, nullable=False),
    sa.Column("phone_last_four", sa.String(4), nullable=False),
    sa.Column("sealed_text", sa.LargeBinary, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("due_at", Moment, nullable=False, index=True),
    sa.Column("call_id", sa.String(64), nullable=False),
)
"""`state`: waiting, sent, failed. `due_at`: when it is tried (again)."""

sms_subscriptions = sa.Table(
    "sms_subscriptions",
    metadata,
    sa.Column("account_key", sa.String(64), primary_key=True),
    sa.Column("topic", sa.String(16), primary_key=True),
)

demo_sms = sa.Table(
    "demo_sms",
    metadata,
    sa.Column("once_key", sa.String(120), primary_key=True),
    sa.Column("phone_last_four", sa.String(4), nullable=False),
    sa.Column("sealed_text", sa.LargeBinary, nullable=False),
    sa.Column("sent_at", Moment, nullable=False),
)
"""What the demo's carrier has delivered: the page /demo/sms shows it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is to be sent now."""

    once_key: str
    sealed_phone: bytes
    sealed_text: bytes
    tries: int


def put(connection: sa.Connection, row: Mapping[str, object], most_a_day: int) -> bool:
    """Write a message into the outbox; the same once_key again changes nothing.

    Raises StoreError('sms_too_many') if this number has had `most_a_day` on that day. Whether it is new.
    """
    there = sa.select(sms_outbox.c.once_key).where(sms_outbox.c.once_key == row["once_key"])
    if connection.execute(there).first() is not None:
        return False
    same = sa.and_(sms_outbox.c.phone_key == row["phone_key"], sms_outbox.c.day == row["day"])
    had = connection.execute(sa.select(sa.func.count()).select_from(sms_outbox).where(same)).scalar_one()
    if had >= most_a_day:
        raise StoreError("sms_too_many", f"this number has had {most_a_day} messages on this day")
    new = insert_new(connection, sms_outbox).values({**row, "state": "waiting", "tries": 0})
    connection.execute(new.on_conflict_do_nothing())
    return True


def made_in(connection: sa.Connection, call_id: str) -> int:
    """How many messages a call has written."""
    mine = sa.select(sa.func.count()).select_from(sms_outbox).where(sms_outbox.c.call_id == call_id)
    return int(connection.execute(mine).scalar_one())


def due(connection: sa.Connection, now: datetime, most: int) -> list[Waiting]:
    """Messages to send now, oldest first."""
    waiting = sa.and_(sms_outbox.c.state == "waiting", sms_outbox.c.due_at <= now)
    rows = connection.execute(sa.select(sms_outbox).where(waiting).order_by(sms_outbox.c.due_at).limit(most))
    return [Waiting(row.once_key, row.sealed_phone, row.sealed_text, row.tries) for row in rows]


def note_sent(connection: sa.Connection, once_key: str) -> None:
    """The carrier has it."""
    _note(connection, once_key, {"state": "sent"})


def note_failed(connection: sa.Connection, once_key: str, tries: int, again_at: datetime | None) -> None:
    """The carrier did not take it; None: it is not tried again."""
    if again_at is None:
        _note(connection, once_key, {"state": "failed", "tries": tries})
    else:
        _note(connection, once_key, {"tries": tries, "due_at": again_at})


def topics(connection: sa.Connection, account_key: str) -> set[str]:
    """What a person is told about."""
    mine = sa.select(sms_subscriptions.c.topic).where(sms_subscriptions.c.account_key == account_key)
    return set(connection.execute(mine).scalars())


def subscribe(connection: sa.Connection, account_key: str, topic: str, *, on: bool) -> None:
    """Begin or end it; doing it again changes nothing."""
    if on:
        new = insert_new(connection, sms_subscriptions).values(account_key=account_key, topic=topic)
        connection.execute(new.on_conflict_do_nothing())
        return
    mine = sa.and_(sms_subscriptions.c.account_key == account_key, sms_subscriptions.c.topic == topic)
    connection.execute(sa.delete(sms_subscriptions).where(mine))


def deliver_demo(connection: sa.Connection, once_key: str, last_four: str, sealed_text: bytes, now: datetime) -> None:
    """The demo's carrier: at most one message for each key."""
    row = {"once_key": once_key, "phone_last_four": last_four, "sealed_text": sealed_text, "sent_at": now}
    connection.execute(insert_new(connection, demo_sms).values(row).on_conflict_do_nothing())


def delivered_demo(connection: sa.Connection, most: int) -> "list[sa.Row[tuple[object, ...]]]":
    """What was delivered, newest first."""
    return list(connection.execute(sa.select(demo_sms).order_by(demo_sms.c.sent_at.desc()).limit(most)))


def forget_old(connection: sa.Connection, before: date) -> None:
    """Sent messages of earlier days have no use any more."""
    connection.execute(sa.delete(sms_outbox).where(sms_outbox.c.day < before, sms_outbox.c.state != "waiting"))


def _note(connection: sa.Connection, once_key: str, values: dict[str, object]) -> None:
    connection.execute(sa.update(sms_outbox).where(sms_outbox.c.once_key == once_key).values(values))
