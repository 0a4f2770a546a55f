"""The rules of appointments (content/appointments.yml), and which half-days are still free."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

from actions.backend_door import appointment_book
from actions.branches import Branch, branches
from actions.content import ROOT, Entry, read
from actions.opening_hours import WEEKDAYS, opening
from bot.backend.appointments import Appointment, Business, Half

HALVES = {Half.MORNING: "上午", Half.AFTERNOON: "下午"}
NOON = time(12, 0)


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every appointment."""

    places: Mapping[Half, int]
    """How many fit into one half-day of one branch."""

    days_ahead: int
    least_repayment: Decimal
    amounts: list[Decimal]
    """What keys offer for an early repayment."""


def rules(root: Path = ROOT) -> Rules:
    """Read them. Raises ContentError."""
    content = read(root / "appointments.yml")
    places = content.entry("places")
    return Rules(
        places={half: places.whole(half.value) for half in Half},
        days_ahead=content.whole("days_ahead"),
        least_repayment=Decimal(content.whole("least_repayment")),
        amounts=[Decimal(amount) for amount in content.wholes("amounts")],
    )


def name_of_business(business: Business, root: Path = ROOT) -> str:
    """贷款, 提前还款, 提取."""
    return _entry(business, root).text("name")


def to_bring(business: Business, root: Path = ROOT) -> str:
    """What to bring along, as a sentence."""
    return _entry(business, root).text("bring")


def unclear(deed: str, root: Path = ROOT) -> str:
    """What a caller is told if nobody knows whether this was done: booked, changed, cancelled. Raises ContentError."""
    return read(root / "appointments.yml").entry("unclear").text(deed)


def branches_for(business: Business, root: Path = ROOT) -> list[Branch]:
    """Where this business is done, in file order."""
    needed = _entry(business, root).text("at")
    return [one for one in branches(root) if needed in one.business]


def open_halves(branch: Branch, day: date) -> list[Half]:
    """The halves of a day in which a branch is open."""
    intervals = opening(branch.hours, day, branch.key).intervals
    found = [Half.MORNING] if any(one.opens < NOON for one in intervals) else []
    return [*found, Half.AFTERNOON] if any(one.closes > NOON for one in intervals) else found


def first_and_last(today: date) -> tuple[date, date]:
    """From tomorrow on, so many days ahead."""
    return today + timedelta(days=1), today + timedelta(days=rules().days_ahead)


async def free_halves(branch: Branch, first: date, last: date) -> dict[date, list[Half]]:
    """The open half-days with a place left, by day; days without any are left out. Raises BackendError."""
    taken, places = await appointment_book().taken(branch.key, first, last), rules().places
    found = {}
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        halves = [half for half in open_halves(branch, day) if taken.get((day, half), 0) < places[half]]
        if halves:
            found[day] = halves
    return found


def day_words(day: date) -> str:
    """12月1日周二."""
    return f"{day.month}月{day.day}日周{WEEKDAYS[day.weekday()]}"


def visit_words(business: Business, branch: str, day: date, half: Half) -> str:
    """12月1日周二上午，到高新区服务大厅办理贷款."""
    name = next((one.name for one in branches() if one.key == branch), branch)
    return f"{day_words(day)}{HALVES[half]}，到{name}办理{name_of_business(business)}"


def told(appointment: Appointment) -> str:
    """The same of one that is booked."""
    return visit_words(appointment.business, appointment.branch, appointment.day, appointment.half)


def _entry(business: Business, root: Path) -> Entry:
    return read(root / "appointments.yml").entry("businesses").entry(business.value)
