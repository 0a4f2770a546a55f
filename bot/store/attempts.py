"""Counts of wrong passwords, each with its own key, day and limit."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from bot.store.database import insert_new
from bot.store.tables import metadata

wrong_attempts = sa.Table(
    "wrong_attempts",
    metadata,
    sa.Column("attempts_key", sa.String(64), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("wrong", sa.Integer, nullable=False),
)
"""`attempts_key`: the account's key, so that all its numbers share the count; the fingerprint of a number that nobody
has, so that an unknown number is locked just like a known one; the fingerprint of a telephone that calls; an hour of
the whole line."""


@dataclass(frozen=True, slots=True)
class Count:
    """One count and how many wrong attempts it allows."""

    key: str
    day: date
    most: int


def take(connection: sa.Connection, count: Count) -> int | None:
    """Count one attempt as wrong before it is checked, so that calls at the same time cannot have more than allowed.

    Returns how many are left after it, or None if there was none left.
    """
    counted = (
        insert_new(connection, wrong_attempts)
        .values(attempts_key=count.key, day=count.day, wrong=1)
        .on_conflict_do_update(
            index_elements=["attempts_key", "day"],
            set_={"wrong": wrong_attempts.c.wrong + 1},
            where=wrong_attempts.c.wrong < count.most,
        )
        .returning(wrong_attempts.c.wrong)
    )
    wrong = connection.execute(counted).scalar_one_or_none()
    return None if wrong is None else count.most - int(wrong)


def left(connection: sa.Connection, count: Count) -> int:
    """How many wrong ones are still allowed."""
    wrong = connection.execute(sa.select(wrong_attempts.c.wrong).where(_is(count))).scalar_one_or_none()
    return count.most - (wrong or 0)


def give_back(connection: sa.Connection, count: Count) -> None:
    """It was right after all, or never checked. Earlier wrong ones stay counted."""
    connection.execute(sa.update(wrong_attempts).where(_is(count)).values(wrong=wrong_attempts.c.wrong - 1))


def forget_old(connection: sa.Connection, today: date) -> None:
    """Counts of earlier days have no effect any more."""
    connection.execute(sa.delete(wrong_attempts).where(wrong_attempts.c.day < today))


def _is(count: Count) -> sa.ColumnElement[bool]:
    return sa.and_(wrong_attempts.c.attempts_key == count.key, wrong_attempts.c.day == count.day)
