"""Appointments in a centre's own system, over HTTP (docs/backend.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter

from bot.backend.appointments import Appointment, Half, Wanted
from bot.backend.call_numbers import CallNumbers
from bot.backend.http_wire import Wire
from bot.backend.records import LastFour
from bot.errors import BackendError
from bot.order_number import in_fours


@dataclass(frozen=True, slots=True)
class _Taken:
    """How many are booked in one half-day."""

    day: date
    half: Half
    taken: int


TAKEN = TypeAdapter(list[_Taken])
LAST_FOUR = TypeAdapter(LastFour)
ONE = TypeAdapter(Appointment)
ONE_OR_NONE: TypeAdapter[Appointment | None] = TypeAdapter(Appointment | None)
SOME = TypeAdapter(list[Appointment])


class HttpAppointments:
    """`AppointmentBook` over the wire."""

    def __init__(self, wire: Wire, numbers: CallNumbers) -> None:
        self._wire = wire
        self._numbers = numbers

    async def taken(self, branch: str, first: date, last: date) -> Mapping[tuple[date, Half], int]:
        """How many are booked at a branch in these days."""
        asked = {"branch": branch, "first": first.isoformat(), "last": last.isoformat()}
        return {(one.day, one.half): one.taken for one in await self._wire.ask("appointments/taken", asked, TAKEN)}

    async def registered_phone(self, call_id: str) -> str:
        """Last four of the telephone registered for the account logged in."""
        return await self._wire.ask("appointments/phone", {"call": call_id}, LAST_FOUR)

    async def book(self, call_id: str, once_key: str, wanted: Wanted, places: int, today: date) -> Appointment:
        """The same `once_key` again gives what it booked before."""
        asked = {
            "call": call_id,
            "business": wanted.business.value,
            "branch": wanted.branch,
            "day": wanted.day.isoformat(),
            "half": wanted.half.value,
            "phone": None if wanted.contact == "registered" else await self._phone(call_id),
            "amount": None if wanted.amount is None else str(wanted.amount),
            "places": places,
            "today": today.isoformat(),
        }
        return await self._wire.tell("appointments/book", asked, ONE, once_key)

    async def mine(self, call_id: str, today: date) -> list[Appointment]:
        """The open ones of the person logged in, soonest first."""
        return await self._wire.ask("appointments/mine", {"call": call_id, "today": today.isoformat()}, SOME)

    async def find(self, call_id: str, number: str) -> Appointment | None:
        """The appointment with this number, for whom it is."""
        return await self._wire.ask("appointments/find", await self._one(call_id, number), ONE_OR_NONE)

    async def change(self, call_id: str, number: str, branch: str, day: date, half: Half, places: int) -> Appointment:
        """Move it; the number stays."""
        to = {"branch": branch, "day": day.isoformat(), "half": half.value, "places": places}
        return await self._wire.tell("appointments/change", {**await self._one(call_id, number), **to}, ONE)

    async def cancel(self, call_id: str, number: str) -> Appointment:
        """Cancel it."""
        return await self._wire.tell("appointments/cancel", await self._one(call_id, number), ONE)

    async def _one(self, call_id: str, number: str) -> dict[str, object]:
        """Which one, and from which telephone the call comes: a contact telephone may ask without a login."""
        return {"call": call_id, "number": in_fours(number), "caller": await self._numbers.calling(call_id)}

    async def _phone(self, call_id: str) -> str:
        number = await self._numbers.given(call_id, "phone")
        if not number:
            raise BackendError("no_phone", "no telephone number was given on this call")
        return number
