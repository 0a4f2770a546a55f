"""Ratings; work orders that were narrated (about whom, confidential, where in the recording); when they were closed."""

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Orders that exist were not narrated, and none of them is closed."""
    op.create_table(
        "ratings",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("grade", sa.String(16)),
        sa.PrimaryKeyConstraint("call_id", name="pk_ratings"),
    )
    op.create_index("ix_ratings_asked_at", "ratings", ["asked_at"])
    op.add_column("work_orders", sa.Column("sealed_about", sa.LargeBinary))
    op.add_column("work_orders", sa.Column("confidential", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("work_orders", sa.Column("narrated", sa.JSON))
    op.add_column("work_orders", sa.Column("closed_at", Moment))
    op.create_index("ix_work_orders_created_at", "work_orders", ["created_at"])
    op.create_index("ix_work_orders_due_on", "work_orders", ["due_on"])
