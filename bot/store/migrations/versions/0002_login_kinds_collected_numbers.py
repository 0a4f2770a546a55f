"""Persons and units log in; numbers given for other purposes are kept for the call; who telephones, for throttles."""

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Logins under way keep what they have: they were persons', of callers unknown."""
    op.add_column("logins", sa.Column("kind", sa.String(8), nullable=False, server_default="person"))
    op.add_column("logins", sa.Column("caller_key", sa.String(64)))
    op.add_column("credentials", sa.Column("phone_key", sa.String(64)))
    op.create_table(
        "collected_numbers",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("call_id", "kind", name="pk_collected_numbers"),
    )
