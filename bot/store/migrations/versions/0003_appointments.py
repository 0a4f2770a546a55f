"""Appointments and how many places of each half-day are taken."""

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "appointments",
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("once_key", sa.String(120), nullable=False),
        sa.Column("account_key", sa.String(64), nullable=False),
        sa.Column("business", sa.String(16), nullable=False),
        sa.Column("branch", sa.String(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("half", sa.String(10), nullable=False),
        sa.Column("sealed_contact", sa.LargeBinary, nullable=False),
        sa.Column("contact_last_four", sa.String(4), nullable=False),
        sa.Column("sealed_amount", sa.LargeBinary),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("open_key", sa.String(90)),
        sa.Column("busy_key", sa.String(90)),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_appointments"),
        sa.UniqueConstraint("once_key", name="uq_appointments_once_key"),
        sa.UniqueConstraint("open_key", name="uq_appointments_open_key"),
        sa.UniqueConstraint("busy_key", name="uq_appointments_busy_key"),
    )
    op.create_index("ix_appointments_account_key", "appointments", ["account_key"])
    op.create_table(
        "appointment_places",
        sa.Column("branch", sa.String(32), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("half", sa.String(10), nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("branch", "day", "half", name="pk_appointment_places"),
    )
