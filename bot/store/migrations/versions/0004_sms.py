"""Text messages: the outbox, who wants to be told what, and what the demo delivered."""

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sms_outbox",
        sa.Column("once_key", sa.String(120), nullable=False),
        sa.Column("phone_key", sa.String(64), nullable=False),
        sa.Column("sealed_phone", sa.LargeBinary, nullable=False),
        sa.Column("phone_last_four", sa.String(4), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("once_key", name="pk_sms_outbox"),
    )
    op.create_index("ix_sms_outbox_phone_key", "sms_outbox", ["phone_key"])
    op.create_index("ix_sms_outbox_due_at", "sms_outbox", ["due_at"])
    op.create_table(
        "sms_subscriptions",
        sa.Column("account_key", sa.String(64), nullable=False),
        sa.Column("topic", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("account_key", "topic", name="pk_sms_subscriptions"),
    )
    op.create_table(
        "demo_sms",
        sa.Column("once_key", sa.String(120), nullable=False),
        sa.Column("phone_last_four", sa.String(4), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary, nullable=False),
        sa.Column("sent_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("once_key", name="pk_demo_sms"),
    )
