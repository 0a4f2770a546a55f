"""Appointments at the counters: how many fit into a half-day, one open one per person and business, found by number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from bot.errors import StoreError
from bot.order_number import in_fours, order_number
from bot.store.database import insert_new
from bot.store.tables import Moment, metadata
from bot.store.work_orders import next_serial

appointments = sa.Table(
    "appointments",
    metadata,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("once_key", sa.String(120), nullable=False, unique=True),
    sa.Column("account_key", sa.String(64), nullable=False, index=True),
    sa.Column("business", sa.String(16), nullable=False),
    sa.Column("branch", sa.String(32), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("half", sa.String(10), nullable=False),
    sa.Column("sealed_contact", sa.LargeBinary, nullable=False),
    sa.Column("contact_last_four", sa.String(4), nullable=False),
    sa.Column("sealed_amount", sa.LargeBinary),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("open_key", sa.String(90), unique=True),
    sa.Column("busy_key", sa.String(90), unique=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("call_id", sa.String(64), nullable=False),
)
"""`state`: booked, cancelled. `open_key` (account and business) and `busy_key` (account, day and half) are set while
it is booked: two of the same business, or two at the same time, cannot be."""

appointment_places = sa.Table(
    "appointment_places",
    metadata,
    sa.Column("branch", sa.String(32), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("half", sa.String(10), primary_key=True),
    sa.Column("taken", sa.Integer, nullable=False),
)
"""How many are booked for a half-day."""

KIND_DIGITS = {"loan": 5, "repayment": 6, "withdrawal": 7}
"""The digit of a business in an appointment's number; work orders have 1 to 4."""


@dataclass(frozen=True, slots=True)
class Visit:
    """When and where."""

    branch: str
    day: date
    half: str


def find_once(connection: sa.Connection, once_key: str) -> "sa.Row[tuple[object, ...]] | None":
    """The appointment that this very request made before."""
    return connection.execute(sa.select(appointments).where(appointments.c.once_key == once_key)).one_or_none()


def find_number(connection: sa.Connection, number: str) -> "sa.Row[tuple[object, ...]] | None":
    """The appointment with this number, however it is written."""
    mine = appointments.c.number == in_fours(number)
    return connection.execute(sa.select(appointments).where(mine)).one_or_none()


def open_ones(connection: sa.Connection, account_key: str, today: date) -> "list[sa.Row[tuple[object, ...]]]":
    """A person's appointments that are still to come, soonest first."""
    mine = sa.select(appointments).where(
        appointments.c.account_key == account_key, appointments.c.state == "booked", appointments.c.day >= today
    )
    return list(connection.execute(mine.order_by(appointments.c.day, appointments.c.half)))


def made_in(connection: sa.Connection, call_id: str) -> int:
    """How many of a call's appointments are booked."""
    mine = sa.and_(appointments.c.call_id == call_id, appointments.c.state == "booked")
    return int(connection.execute(sa.select(sa.func.count()).select_from(appointments).where(mine)).scalar_one())


def taken(connection: sa.Connection, branch: str, first: date, last: date) -> dict[tuple[date, str], int]:
    """How many are booked at a branch, by day and half-day; half-days without any are left out."""
    within = sa.and_(appointment_places.c.branch == branch, appointment_places.c.day.between(first, last))
    rows = connection.execute(sa.select(appointment_places).where(within))
    return {(row.day, row.half): row.taken for row in rows}


def take_place(connection: sa.Connection, visit: Visit, places: int) -> None:
    """One more for this half-day. Raises StoreError('appointment_full') if all places are taken."""
    if places < 1:
        raise StoreError("appointment_full", "no place for appointments in this half-day")
    row = insert_new(connection, appointment_places).values(
        branch=visit.branch, day=visit.day, half=visit.half, taken=1
    )
    counted = row.on_conflict_do_update(
        index_elements=["branch", "day", "half"],
        set_={"taken": appointment_places.c.taken + 1},
        where=appointment_places.c.taken < places,
    ).returning(appointment_places.c.taken)
    if connection.execute(counted).scalar_one_or_none() is None:
        raise StoreError("appointment_full", "all places of this half-day are taken")


def give_place_back(connection: sa.Connection, visit: Visit) -> None:
    """Somebody does not come."""
    there = sa.and_(
        *(appointment_places.c[name] == getattr(visit, name) for name in ("branch", "day", "half")),
        appointment_places.c.taken > 0,
    )
    connection.execute(sa.update(appointment_places).where(there).values(taken=appointment_places.c.taken - 1))


def release_past(connection: sa.Connection, account_key: str, today: date) -> None:
    """What is over no longer stands in the way of a new appointment."""
    past = sa.and_(appointments.c.account_key == account_key, appointments.c.day < today)
    connection.execute(sa.update(appointments).where(past).values(open_key=None, busy_key=None))


def write_new(connection: sa.Connection, row: Mapping[str, object], today: date, now: datetime) -> str:
    """Write a booked appointment under a new number of this day.

    Raises StoreError('appointment_again' or 'appointment_busy').
    """
    digit = KIND_DIGITS[str(row["business"])]
    serial = next_serial(connection, f"{today:%y%m%d}{digit}")
    number = order_number(today, digit, serial)
    _checked(connection, row["open_key"], row["busy_key"])
    connection.execute(sa.insert(appointments).values({**row, "number": number, "state": "booked", "created_at": now}))
    return number


def move(connection: sa.Connection, number: str, visit: Visit, busy_key: str) -> None:
    """Another branch, day or half-day for the same appointment. Raises StoreError('appointment_busy')."""
    _checked(connection, None, busy_key, but=number)
    moved = {"branch": visit.branch, "day": visit.day, "half": visit.half, "busy_key": busy_key}
    connection.execute(sa.update(appointments).where(appointments.c.number == number).values(moved))


def cancel(connection: sa.Connection, number: str) -> None:
    """It will not take place."""
    gone = {"state": "cancelled", "open_key": None, "busy_key": None}
    connection.execute(sa.update(appointments).where(appointments.c.number == number).values(gone))


def _checked(connection: sa.Connection, open_key: object, busy_key: object, but: str = "") -> None:
    """Named refusals; where two requests come at the same moment the unique keys refuse the second."""
    for column, key, code in (("open_key", open_key, "appointment_again"), ("busy_key", busy_key, "appointment_busy")):
        same = sa.select(appointments.c.number).where(appointments.c[column] == key, appointments.c.number != but)
        if key is not None and connection.execute(same).first() is not None:
            raise StoreError(code, "this person has an appointment like it")
