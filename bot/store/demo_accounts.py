"""The invented customers of the demo: one sealed record each."""

import sqlalchemy as sa

from bot.store.tables import metadata

demo_accounts = sa.Table(
    "demo_accounts",
    metadata,
    sa.Column("account_key", sa.ForeignKey("credentials.account_key", ondelete="CASCADE"), primary_key=True),
    sa.Column("sealed_record", sa.LargeBinary, nullable=False),
)

demo_loads = sa.Table(
    "demo_loads",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("file_hash", sa.String(64), nullable=False),
)
"""One row: which customers file was loaded last, so that an unchanged one is not loaded again."""


def sealed_record(connection: sa.Connection, account_key: str) -> bytes | None:
    """The record of one account."""
    query = sa.select(demo_accounts.c.sealed_record).where(demo_accounts.c.account_key == account_key)
    return connection.execute(query).scalar_one_or_none()


def any_demo_account(connection: sa.Connection) -> bool:
    """Whether demo customers are in this database."""
    return bool(connection.execute(sa.select(sa.exists().where(demo_accounts.c.account_key.is_not(None)))).scalar_one())
