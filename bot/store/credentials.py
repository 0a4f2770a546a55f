"""Passwords as hashes, and the numbers that lead to them."""

from dataclasses import dataclass

import sqlalchemy as sa

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


@dataclass(frozen=True, slots=True)
class Credential:
    """What a password is checked against."""

    account_key: str
    password_hash: str
    initial: bool
    phone_key: str | None


def credential_of(connection: sa.Connection, fingerprint: str) -> Credential | None:
    """The credential that a number leads to; None for an unknown number."""
    joined = sa.join(login_numbers, credentials)
    row = connection.execute(
        sa.select(credentials).select_from(joined).where(login_numbers.c.fingerprint == fingerprint)
    ).one_or_none()
    return Credential(row.account_key, row.password_hash, row.initial, row.phone_key) if row else None


def password_hash_of(connection: sa.Connection, account_key: str) -> str:
    """The hash of an account that is there."""
    query = sa.select(credentials.c.password_hash).where(credentials.c.account_key == account_key)
    return str(connection.execute(query).scalar_one())


def set_password(connection: sa.Connection, account_key: str, password_hash: str) -> None:
    """The account has a new password, which its owner chose."""
    new = {"password_hash": password_hash, "initial": False}
    connection.execute(sa.update(credentials).where(credentials.c.account_key == account_key).values(new))


def has_initial_password(connection: sa.Connection) -> bool:
    """Whether any account still has the password it was handed out with."""
    return bool(connection.execute(sa.select(sa.exists().where(credentials.c.initial))).scalar_one())
