"""满意度: what callers thought of the service, one rating a call. A call that was asked and said nothing is unrated."""

from datetime import datetime
from enum import Enum

import sqlalchemy as sa

from bot.store.database import Database, insert_new
from bot.store.tables import Moment, metadata

ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("call_id", sa.String(64), primary_key=True),
    sa.Column("asked_at", Moment, nullable=False, index=True),
    sa.Column("grade", sa.String(16)),
)


class Grade(Enum):
    """The three grades of the hotline's survey."""

    SATISFIED = "satisfied"
    """满意"""

    FAIR = "fair"
    """基本满意"""

    DISSATISFIED = "dissatisfied"
    """不满意"""


async def ask_rating(database: Database, call_id: str, at: datetime) -> bool:
    """Note that this call is being asked: unrated until it answers. False if it was asked before. Raises StoreError."""

    def note(connection: sa.Connection) -> bool:
        row = insert_new(connection, ratings).values(call_id=call_id, asked_at=at, grade=None)
        noted = connection.execute(row.on_conflict_do_nothing().returning(ratings.c.call_id))
        return noted.one_or_none() is not None

    return await database.write(note)


async def rate(database: Database, call_id: str, grade: Grade) -> bool:
    """The caller's answer; the first one counts. False if there was one, or nobody asked. Raises StoreError."""

    def note(connection: sa.Connection) -> bool:
        unrated = sa.and_(ratings.c.call_id == call_id, ratings.c.grade.is_(None))
        return bool(connection.execute(sa.update(ratings).where(unrated).values(grade=grade.value)).rowcount)

    return await database.write(note)


async def rating_of(database: Database, call_id: str) -> tuple[bool, Grade | None]:
    """Whether this call was asked, and its grade if it answered. Raises StoreError."""

    def find(connection: sa.Connection) -> tuple[bool, Grade | None]:
        row = connection.execute(sa.select(ratings.c.grade).where(ratings.c.call_id == call_id)).one_or_none()
        return row is not None, Grade(row.grade) if row and row.grade else None

    return await database.read(find)
