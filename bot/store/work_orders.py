"""Work orders (工单): what a person must do after the call. Saved as a whole or not at all, found by a number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

import sqlalchemy as sa

from bot.errors import StoreError
from bot.order_number import MOST_A_DAY, in_fours, order_number
from bot.store.database import Database, insert_new
from bot.store.sealing import Seal
from bot.store.tables import Moment, metadata
from bot.store.working_days import BEIJING, WorkCalendar

work_orders = sa.Table(
    "work_orders",
    metadata,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("once_key", sa.String(100), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("category", sa.String(32), nullable=False),
    sa.Column("sealed_contact", sa.LargeBinary, nullable=False),
    sa.Column("contact_last_four", sa.String(4), nullable=False),
    sa.Column("sealed_text", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Moment, nullable=False, index=True),
    sa.Column("due_on", sa.Date, nullable=False, index=True),
    sa.Column("due_provisional", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("call_id", sa.String(64), nullable=False, index=True),
    sa.Column("sealed_about", sa.LargeBinary),
    sa.Column("confidential", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("narrated", sa.JSON(none_as_null=True)),
    sa.Column("closed_at", Moment),
)

work_order_numbers = sa.Table(
    "work_order_numbers",
    metadata,
    sa.Column("series", sa.String(12), primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)
"""The last number given in each series (day and kind, e.g. 2611241)."""


class WorkOrderKind(Enum):
    """What the caller wants."""

    COMPLAINT = "TS"
    """投诉"""

    SUGGESTION = "JY"
    """建议"""

    ENQUIRY = "ZX"
    """咨询留言"""

    CALL_BACK = "HD"
    """回电: nobody could be reached in the call"""

    @property
    def digit(self) -> int:
        """Its place in the number; appointments take digits from 5 on."""
        return {"TS": 1, "JY": 2, "ZX": 3, "HD": 4}[self.value]

    @property
    def told(self) -> str:
        """As callers and those who deal with the orders know it."""
        return {"TS": "投诉", "JY": "建议", "ZX": "咨询", "HD": "回电"}[self.value]


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One work order."""

    number: str
    """As it is told to the caller: 2611-2410-0015 (bot.order_number)."""

    kind: WorkOrderKind
    category: str
    """What it is about, e.g. a topic or the reason of a hand-off; never personal."""

    contact: str
    """Telephone number; empty if the caller gave none."""

    text: str
    created_at: datetime
    due_on: date
    due_provisional: bool
    """The year's holidays were not published when it was computed."""

    state: str
    """open, in_progress, done."""

    call_id: str
    about: str = ""
    """Whom or what it is about, in the caller's words."""

    confidential: bool = False
    """The caller wishes that nobody outside learns who they are."""

    narrated: tuple[tuple[float, float], ...] = ()
    """Where in the call's recording the caller tells it: from and to, in seconds."""

    closed_at: datetime | None = None


class WorkOrders:
    """Creates and finds them."""

    def __init__(
        self,
        database: Database,
        seal: Seal,
        calendar: Callable[[], WorkCalendar],
        limits: Mapping[WorkOrderKind, int],
        *,
        day_ends: time,
        now: Callable[[], datetime] = lambda: datetime.now(BEIJING),
    ) -> None:
        """`calendar`: as published at the time of asking. `limits`: working days per kind. `day_ends`: what comes
        later counts as the next working day's."""
        self._database = database
        self._seal = seal
        self._calendar = calendar
        self._limits = limits
        self._day_ends = day_ends
        self._now = now

    async def create(
        self,
        once_key: str,
        kind: WorkOrderKind,
        *,
        call_id: str,
        category: str,
        contact: str,
        text: str,
        about: str = "",
        confidential: bool = False,
        narrated: Sequence[tuple[float, float]] = (),
    ) -> WorkOrder:
        """Save one. The same `once_key` again (a repeated request) gives the order that exists, unchanged."""
        now = self._now().astimezone(BEIJING)
        due = self._calendar().due(now, self._limits[kind], self._day_ends)
        series = f"{now:%y%m%d}{kind.digit}"

        def save(connection: sa.Connection) -> WorkOrder:
            if existing := self._find(connection, work_orders.c.once_key == once_key):
                return existing
            serial = next_serial(connection, series)
            # Only now does this transaction hold the series: another one with the same key may have just ended.
            if existing := self._find(connection, work_orders.c.once_key == once_key):
                return existing
            order = WorkOrder(
                number=order_number(now.date(), kind.digit, serial),
                kind=kind,
                category=category,
                contact=contact,
                text=text,
                created_at=now,
                due_on=due.day,
                due_provisional=due.provisional,
                state="open",
                call_id=call_id,
                about=about,
                confidential=confidential,
                narrated=tuple(narrated),
            )
            connection.execute(sa.insert(work_orders).values(self._row(order, once_key)))
            return order

        return await self._database.write(save)

    async def create_call_back(self, call_id: str, reason: str, caller_number: str, summary: str) -> WorkOrder:
        """A person is to phone the caller back. One per call and reason, however often it is asked for."""
        return await self.create(
            f"call_back:{call_id}:{reason}",
            WorkOrderKind.CALL_BACK,
            call_id=call_id,
            category=reason,
            contact=caller_number,
            text=summary,
        )

    async def note_progress(self, number: str, state: str) -> None:
        """A person works on it ('in_progress') or has finished it ('done', which closes it); the number in any writing.

        Raises StoreError.
        """
        closed_at = self._now() if state == "done" else None
        mine = sa.update(work_orders).where(work_orders.c.number == in_fours(number))
        change = mine.values(state=state, closed_at=closed_at)
        await self._database.write(lambda connection: connection.execute(change))

    async def find(self, number: str) -> WorkOrder | None:
        """The order with this number, however it is written: in fours or as it was keyed."""
        written = in_fours(number)
        return await self._database.read(lambda connection: self._find(connection, work_orders.c.number == written))

    async def unfinished(self) -> list[WorkOrder]:
        """All that nobody has finished yet, the earliest due first."""

        def find(connection: sa.Connection) -> list[WorkOrder]:
            waiting = sa.select(work_orders).where(work_orders.c.state != "done")
            by_time = waiting.order_by(work_orders.c.due_on, work_orders.c.created_at)
            return [self._order(row) for row in connection.execute(by_time)]

        return await self._database.read(find)

    async def of_call(self, call_id: str) -> list[WorkOrder]:
        """All orders of one call, oldest first."""

        def find(connection: sa.Connection) -> list[WorkOrder]:
            mine = sa.select(work_orders).where(work_orders.c.call_id == call_id).order_by(work_orders.c.created_at)
            return [self._order(row) for row in connection.execute(mine)]

        return await self._database.read(find)

    def _find(self, connection: sa.Connection, condition: sa.ColumnElement[bool]) -> WorkOrder | None:
        row = connection.execute(sa.select(work_orders).where(condition)).one_or_none()
        return self._order(row) if row else None

    def _row(self, order: WorkOrder, once_key: str) -> dict[str, object]:
        return {
            "number": order.number,
            "once_key": once_key,
            "kind": order.kind.value,
            "category": order.category,
            "sealed_contact": self._seal.seal(order.contact),
            "contact_last_four": order.contact[-4:],
            "sealed_text": self._seal.seal(order.text),
            "created_at": order.created_at,
            "due_on": order.due_on,
            "due_provisional": order.due_provisional,
            "state": order.state,
            "call_id": order.call_id,
            "sealed_about": self._seal.seal(order.about) if order.about else None,
            "confidential": order.confidential,
            "narrated": [list(span) for span in order.narrated] or None,
        }

    def _order(self, row: "sa.Row[tuple[object, ...]]") -> WorkOrder:
        return WorkOrder(
            row.number,
            WorkOrderKind(row.kind),
            row.category,
            self._seal.open(row.sealed_contact),
            self._seal.open(row.sealed_text),
            row.created_at.astimezone(BEIJING),
            row.due_on,
            row.due_provisional,
            row.state,
            row.call_id,
            self._seal.open(row.sealed_about) if row.sealed_about else "",
            row.confidential,
            tuple((begins, ends) for begins, ends in row.narrated or ()),
            row.closed_at.astimezone(BEIJING) if row.closed_at else None,
        )


def next_serial(connection: sa.Connection, series: str) -> int:
    """The next free serial of a series; held by this transaction until it ends. Raises StoreError when used up."""
    counted = (
        insert_new(connection, work_order_numbers)
        .values(series=series, last=1)
        .on_conflict_do_update(index_elements=["series"], set_={"last": work_order_numbers.c.last + 1})
        .returning(work_order_numbers.c.last)
    )
    serial = int(connection.execute(counted).scalar_one())
    if serial > MOST_A_DAY:
        raise StoreError("order_numbers_used_up", f"more than {MOST_A_DAY} orders of one kind on one day")
    return serial
