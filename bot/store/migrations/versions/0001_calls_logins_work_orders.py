"""The first schema: journal, logins and passwords, work orders, demo accounts."""

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    _journal()
    _identity()
    _work_orders()


def _journal() -> None:
    op.create_table(
        "calls",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("sealed_caller", sa.LargeBinary),
        sa.Column("caller_last_four", sa.String(4), nullable=False),
        sa.Column("called", sa.String(32), nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.Column("ended_by", sa.String(32)),
        sa.PrimaryKeyConstraint("call_id", name="pk_calls"),
    )
    op.create_index("ix_calls_started_at", "calls", ["started_at"])
    op.create_table(
        "call_entries",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("at_seconds", sa.Float, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("sealed_facts", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "position", name="pk_call_entries"),
    )


def _identity() -> None:
    op.create_table(
        "seals",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seals"),
    )
    op.create_table(
        "logins",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("last_four", sa.String(4), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts_left", sa.Integer, nullable=False),
        sa.Column("account_key", sa.String(64)),
        sa.Column("expires_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_logins"),
    )
    op.create_table(
        "credentials",
        sa.Column("account_key", sa.String(64), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("initial", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("account_key", name="pk_credentials"),
    )
    op.create_table(
        "login_numbers",
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("account_key", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_login_numbers"),
        sa.ForeignKeyConstraint(
            ["account_key"], ["credentials.account_key"], name="fk_login_numbers_account_key", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_login_numbers_account_key", "login_numbers", ["account_key"])
    op.create_table(
        "wrong_attempts",
        sa.Column("attempts_key", sa.String(64), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("attempts_key", "day", name="pk_wrong_attempts"),
    )
    op.create_table(
        "demo_accounts",
        sa.Column("account_key", sa.String(64), nullable=False),
        sa.Column("sealed_record", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("account_key", name="pk_demo_accounts"),
        sa.ForeignKeyConstraint(
            ["account_key"], ["credentials.account_key"], name="fk_demo_accounts_account_key", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "demo_loads",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("file_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_demo_loads"),
    )


def _work_orders() -> None:
    op.create_table(
        "work_orders",
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("once_key", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("sealed_contact", sa.LargeBinary, nullable=False),
        sa.Column("contact_last_four", sa.String(4), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("due_provisional", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_work_orders"),
        sa.UniqueConstraint("once_key", name="uq_work_orders_once_key"),
    )
    op.create_index("ix_work_orders_call_id", "work_orders", ["call_id"])
    op.create_table(
        "work_order_numbers",
        sa.Column("series", sa.String(12), nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_work_order_numbers"),
    )
