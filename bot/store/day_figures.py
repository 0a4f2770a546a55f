"""What one day's calls came to, counted from journal, ratings and work orders (indicators: guide 3.2 is missing; domain
notes 2.3 give the set in use elsewhere)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from bot.store.calls import call_entries, calls
from bot.store.database import Database
from bot.store.ratings import Grade, ratings
from bot.store.sealing import Seal
from bot.store.work_orders import WorkOrderKind, work_orders
from bot.store.working_days import BEIJING

ASKS_FOR_PERSON = frozenset({"utter_human_coming", "utter_human_off_hours"})
"""Said when a caller wants a person; off hours nobody is handed over, but a person was asked for."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day, midnight to midnight in the centre's time. A share is None where there is nothing to divide by."""

    day: date
    calls: int
    """呼入总量: calls answered."""

    person_wanted: int
    """转人工量: calls that asked for a person or were given to one."""

    orders: dict[WorkOrderKind, int]
    """Work orders made on this day."""

    due: int
    """Work orders whose last day this was."""

    closed_in_time: int
    """Of these, closed by the end of that day."""

    asked: int
    """Calls that were asked for a rating."""

    grades: dict[Grade, int]
    """Their answers."""

    @property
    def self_served(self) -> int:
        """自助服务量: calls that ended without a person."""
        return self.calls - self.person_wanted

    @property
    def self_served_share(self) -> float | None:
        """自助分流率."""
        return _share(self.self_served, self.calls)

    @property
    def in_time_share(self) -> float | None:
        """按时办结率."""
        return _share(self.closed_in_time, self.due)

    @property
    def rated(self) -> int:
        """How many gave a grade."""
        return sum(self.grades.values())

    @property
    def rated_share(self) -> float | None:
        """参评率: rated of those asked."""
        return _share(self.rated, self.asked)

    @property
    def satisfied_share(self) -> float | None:
        """满意率: 满意 and 基本满意 of those rated."""
        return _share(self.grades[Grade.SATISFIED] + self.grades[Grade.FAIR], self.rated)


def day_figures(database: Database, seal: Seal, day: date) -> DayFigures:
    """Count one day. Raises StoreError."""
    begins = datetime.combine(day, time(), BEIJING)
    ends = begins + timedelta(days=1)

    def within(moment: "sa.Column[datetime]") -> sa.ColumnElement[bool]:
        return sa.and_(moment >= begins, moment < ends)

    with database.reading() as connection:
        due = sa.select(work_orders.c.closed_at).where(work_orders.c.due_on == day)
        closed = [row.closed_at for row in connection.execute(due)]
        made = _counted(connection, work_orders.c.kind, within(work_orders.c.created_at))
        given = _counted(connection, ratings.c.grade, within(ratings.c.asked_at))
        return DayFigures(
            day=day,
            calls=connection.execute(sa.select(sa.func.count()).where(within(calls.c.started_at))).scalar_one(),
            person_wanted=len(set(_wanting_person(connection, seal, within))),
            orders={kind: made.get(kind.value, 0) for kind in WorkOrderKind},
            due=len(closed),
            closed_in_time=sum(at is not None and at < ends for at in closed),
            asked=sum(given.values()),
            grades={grade: given.get(grade.value, 0) for grade in Grade},
        )


def _counted(
    connection: sa.Connection, column: "sa.Column[str]", condition: sa.ColumnElement[bool]
) -> dict[str | None, int]:
    counted = sa.select(column, sa.func.count()).where(condition).group_by(column)
    return {value: number for value, number in connection.execute(counted)}


def _wanting_person(
    connection: sa.Connection, seal: Seal, within: Callable[["sa.Column[datetime]"], sa.ColumnElement[bool]]
) -> Iterator[str]:
    """Ids of the calls that were handed over or asked for a person off hours."""
    mine = sa.and_(call_entries.c.call_id == calls.c.call_id, within(calls.c.started_at))
    telling = sa.select(call_entries).where(mine, call_entries.c.kind.in_(("hand_off", "said")))
    for entry in connection.execute(telling):
        said = entry.kind == "said" and json.loads(seal.open(entry.sealed_facts)).get("utterance")
        if entry.kind == "hand_off" or said in ASKS_FOR_PERSON:
            yield entry.call_id


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
