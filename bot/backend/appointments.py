"""Appointments as the field speaks of them (预约): booked, changed and cancelled after a login, or found by number.

Implementations: demo_appointments.py for the demo centre, http_appointments.py for a centre's own system.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Protocol

from pydantic import StringConstraints

from bot.backend.records import LastFour


class Business(Enum):
    """What the appointment is for."""

    LOAN = "loan"
    """贷款办理"""

    REPAYMENT = "repayment"
    """提前还款"""

    WITHDRAWAL = "withdrawal"
    """提取"""


class Half(Enum):
    """The half of a day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An appointment as a caller wants it."""

    business: Business
    branch: str
    """Key in content/branches.yml."""

    day: date
    half: Half
    contact: str
    """'registered': the account's telephone; 'phone': the one the caller gave on this call."""

    amount: Decimal | None = None
    """Of an early repayment, in yuan; None: all of it, or no repayment."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment that is booked, or was."""

    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{4}-[0-9]{4}$")]
    """As it is told to the caller: 2611-2450-0012 (bot.order_number)."""

    business: Business
    branch: str
    day: date
    half: Half
    contact_last_four: LastFour
    amount: Decimal | None
    booked: bool
    """False: cancelled."""


class AppointmentBook(Protocol):
    """The appointments of one centre. Every method may raise BackendError, with one of the codes named below,
    or of http_wire.py."""

    async def taken(self, branch: str, first: date, last: date) -> Mapping[tuple[date, Half], int]:
        """How many are booked at a branch in these days; half-days without any are left out."""
        ...

    async def registered_phone(self, call_id: str) -> str:
        """Last four of the telephone registered for the account logged in; '' if none. Codes: not_logged_in."""
        ...

    async def book(self, call_id: str, once_key: str, wanted: Wanted, places: int, today: date) -> Appointment:
        """Book for the person logged in, if fewer than `places` are taken in that half-day.

        The same `once_key` again gives what it booked before. Codes: not_logged_in, no_phone, appointment_full,
        appointment_again (an open one of this business), appointment_busy (another one in this half-day).
        """
        ...

    async def mine(self, call_id: str, today: date) -> list[Appointment]:
        """The open ones of the person logged in, soonest first. Codes: not_logged_in."""
        ...

    async def find(self, call_id: str, number: str) -> Appointment | None:
        """The appointment with this number, None if there is none.

        Only for the person logged in whose it is, or for a call from its contact telephone. Codes: not_yours.
        """
        ...

    async def change(self, call_id: str, number: str, branch: str, day: date, half: Half, places: int) -> Appointment:
        """Move it; the number stays. Codes: not_yours, no_appointment, appointment_full, appointment_busy."""
        ...

    async def cancel(self, call_id: str, number: str) -> Appointment:
        """Cancel it; one cancelled already stays so. Codes: not_yours, no_appointment."""
        ...
