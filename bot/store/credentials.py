"""Passwords as hashes, the numbers that lead to them, and wrong attempts per account and day."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from bot.store.database import insert_new
from bot.store.tables import metadata

credentials = sa.Table(
    "credentials",
    metadata,
    sa.Column("account_key", sa.String(64), primary_key=True),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("initial", sa.Boolean, nullable=False),
    sa.Column("phone_key", sa.String(64)),
)
"""`initial`: the password was handed out by the centre and never changed. `phone_key`: fingerprint of the registered
telephone; NULL if there is none."""

login_numbers = sa.Table(
    "login_numbers",
    metadata,
    sa.Column("fingerprint", sa.String(64), primary_key=True),
    sa.Column("account_key", sa.ForeignKey("credentials.account_key", ondelete="CASCADE"), nullable=False, index=True),
)
"""Account number, ID number and card all lead to one account. Only fingerprints are kept."""

wrong_attempts = sa.Table(
    "wrong_attempts",
    metadata,
    sa.Column("attempts_key", sa.String(64), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("wrong", sa.Integer, nullable=False),
)
"""`attempts_key`: the account's key, so that all its numbers share the count; the fingerprint of a number that nobody
has, so that an unknown number is locked just like a known one."""

ATTEMPTS_PER_DAY = 3
"""domain.md 3.3: three wrong passwords per account per day, then locked until the next day."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a password is checked against."""

    account_key: str
    password_hash: str
    initial: bool


def credential_of(connection: sa.Connection, fingerprint: str) -> Credential | None:
    """The credential that a number leads to; None for an unknown number."""
    joined = sa.join(login_numbers, credentials)
    row = connection.execute(
        sa.select(credentials.c.account_key, credentials.c.password_hash, credentials.c.initial)
        .select_from(joined)
        .where(login_numbers.c.fingerprint == fingerprint)
    ).one_or_none()
    return Credential(row.account_key, row.password_hash, row.initial) if row else None


def password_hash_of(connection: sa.Connection, account_key: str) -> str:
    """The hash of an account that is there."""
    query = sa.select(credentials.c.password_hash).where(credentials.c.account_key == account_key)
    return str(connection.execute(query).scalar_one())


def set_password(connection: sa.Connection, account_key: str, password_hash: str) -> None:
    """The account has a new password, which its owner chose."""
    new = {"password_hash": password_hash, "initial": False}
    connection.execute(sa.update(credentials).where(credentials.c.account_key == account_key).values(new))


def take_attempt(connection: sa.Connection, key: str, day: date) -> int | None:
    """Count one attempt as wrong before it is checked, so that calls at the same time cannot have more than three.

    Returns how many are left after it, or None if there was none left: locked.
    """
    counted = (
        insert_new(connection, wrong_attempts)
        .values(attempts_key=key, day=day, wrong=1)
        .on_conflict_do_update(
            index_elements=["attempts_key", "day"],
            set_={"wrong": wrong_attempts.c.wrong + 1},
            where=wrong_attempts.c.wrong < ATTEMPTS_PER_DAY,
        )
        .returning(wrong_attempts.c.wrong)
    )
    wrong = connection.execute(counted).scalar_one_or_none()
    return None if wrong is None else ATTEMPTS_PER_DAY - int(wrong)


def attempts_left(connection: sa.Connection, key: str, day: date) -> int:
    """How many wrong passwords are still allowed on this day."""
    mine = sa.and_(wrong_attempts.c.attempts_key == key, wrong_attempts.c.day == day)
    wrong = connection.execute(sa.select(wrong_attempts.c.wrong).where(mine)).scalar_one_or_none()
    return ATTEMPTS_PER_DAY - (wrong or 0)


def give_attempt_back(connection: sa.Connection, key: str, day: date) -> None:
    """It was right after all. Earlier wrong ones of the day stay counted."""
    mine = sa.and_(wrong_attempts.c.attempts_key == key, wrong_attempts.c.day == day)
    connection.execute(sa.update(wrong_attempts).where(mine).values(wrong=wrong_attempts.c.wrong - 1))


def forget_old_attempts(connection: sa.Connection, today: date) -> None:
    """Counts of earlier days have no effect any more."""
    connection.execute(sa.delete(wrong_attempts).where(wrong_attempts.c.day < today))


def has_initial_password(connection: sa.Connection) -> bool:
    """Whether any account still has the password it was handed out with."""
    return bool(connection.execute(sa.select(sa.exists().where(credentials.c.initial))).scalar_one())
