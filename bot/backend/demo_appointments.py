"""The demo centre's appointments, in our own store."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from bot.backend.appointments import Appointment, Business, Half, Wanted
from bot.backend.persons import Persons
from bot.backend.store_errors import backend_errors
from bot.errors import BackendError
from bot.store import appointments as kept
from bot.store import collected_numbers
from bot.store.database import Database
from bot.store.sealing import Seal
from bot.store.working_days import BEIJING

REFUSALS = ("appointment_full", "appointment_again", "appointment_busy")


class DemoAppointments:
    """`AppointmentBook` on the store."""

    def __init__(
        self, database: Database, seal: Seal, *, now: Callable[[], datetime] = lambda: datetime.now(BEIJING)
    ) -> None:
        self._database = database
        self._seal = seal
        self._now = now
        self._persons = Persons(seal, now)

    async def taken(self, branch: str, first: date, last: date) -> Mapping[tuple[date, Half], int]:
        """How many are booked at a branch in these days."""
        with backend_errors(*REFUSALS):
            found = await self._database.read(lambda connection: kept.taken(connection, branch, first, last))
        return {(day, Half(half)): many for (day, half), many in found.items()}

    async def registered_phone(self, call_id: str) -> str:
        """Last four of the telephone registered for the account logged in."""
        with backend_errors(*REFUSALS):
            number = await self._database.read(lambda connection: self._persons.registered_phone(connection, call_id))
        return number[-4:]

    async def book(self, call_id: str, once_key: str, wanted: Wanted, places: int, today: date) -> Appointment:
        """One transaction: the place is taken and the appointment written, or nothing happened."""

        def write(connection: sa.Connection) -> Appointment:
            account = self._persons.account(connection, call_id)
            if before := kept.find_once(connection, once_key):
                return self._appointment(before)
            contact = self._contact(connection, call_id, wanted.contact)
            kept.release_past(connection, account, today)
            visit = kept.Visit(wanted.branch, wanted.day, wanted.half.value)
            kept.take_place(connection, visit, places)
            # Only now does this transaction hold the half-day: the same request may have just been served.
            if before := kept.find_once(connection, once_key):
                kept.give_place_back(connection, visit)
                return self._appointment(before)
            row = {
                "once_key": once_key,
                "account_key": account,
                "business": wanted.business.value,
                "branch": wanted.branch,
                "day": wanted.day,
                "half": wanted.half.value,
                "sealed_contact": self._seal.seal(contact),
                "contact_last_four": contact[-4:],
                "sealed_amount": None if wanted.amount is None else self._seal.seal(str(wanted.amount)),
                "open_key": f"{account}:{wanted.business.value}",
                "busy_key": _busy_key(account, wanted.day, wanted.half),
                "call_id": call_id,
            }
            return self._written(connection, kept.write_new(connection, row, today, self._now()))

        with backend_errors(*REFUSALS):
            return await self._database.write(write)

    async def mine(self, call_id: str, today: date) -> list[Appointment]:
        """The open ones of the person logged in, soonest first."""

        def find(connection: sa.Connection) -> list[Appointment]:
            account = self._persons.account(connection, call_id)
            return [self._appointment(row) for row in kept.open_ones(connection, account, today)]

        with backend_errors(*REFUSALS):
            return await self._database.read(find)

    async def find(self, call_id: str, number: str) -> Appointment | None:
        """The appointment with this number, for whom it is."""

        def find(connection: sa.Connection) -> Appointment | None:
            row = kept.find_number(connection, number)
            if row is None:
                return None
            self._check_whose(connection, call_id, row)
            return self._appointment(row)

        with backend_errors(*REFUSALS):
            return await self._database.read(find)

    async def change(self, call_id: str, number: str, branch: str, day: date, half: Half, places: int) -> Appointment:
        """The new place is taken before the old one is given back; both or neither."""

        def write(connection: sa.Connection) -> Appointment:
            row = self._booked(connection, call_id, number)
            before, after = kept.Visit(row.branch, row.day, row.half), kept.Visit(branch, day, half.value)
            if before != after:
                kept.take_place(connection, after, places)
                kept.move(connection, row.number, after, _busy_key(row.account_key, day, half))
                kept.give_place_back(connection, before)
            return self._written(connection, row.number)

        with backend_errors(*REFUSALS):
            return await self._database.write(write)

    async def cancel(self, call_id: str, number: str) -> Appointment:
        """Its place is free again."""

        def write(connection: sa.Connection) -> Appointment:
            row = self._booked(connection, call_id, number, cancelled_too=True)
            if row.state == "booked":
                kept.cancel(connection, row.number)
                kept.give_place_back(connection, kept.Visit(row.branch, row.day, row.half))
            return self._written(connection, row.number)

        with backend_errors(*REFUSALS):
            return await self._database.write(write)

    def _booked(self, connection: sa.Connection, call_id: str, number: str, *, cancelled_too: bool = False) -> Any:
        row = kept.find_number(connection, number)
        if row is None or (row.state != "booked" and not cancelled_too):
            raise BackendError("no_appointment", "there is no such appointment any more")
        self._check_whose(connection, call_id, row)
        return row

    def _check_whose(self, connection: sa.Connection, call_id: str, row: Any) -> None:
        """Its person is logged in, or the call comes from its contact telephone."""
        login = self._persons.login(connection, call_id)
        if login is not None and login.account_key == row.account_key:
            return
        if self._persons.caller(connection, call_id) != self._seal.open(row.sealed_contact):
            raise BackendError("not_yours", "another person's appointment, as far as this call shows")

    def _contact(self, connection: sa.Connection, call_id: str, which: str) -> str:
        if which == "registered":
            number = self._persons.registered_phone(connection, call_id)
        else:
            sealed = collected_numbers.find(connection, call_id, "phone", self._now())
            number = self._seal.open(sealed) if sealed else ""
        if not number:
            raise BackendError("no_phone", "there is no telephone number to write down")
        return number

    def _written(self, connection: sa.Connection, number: str) -> Appointment:
        return self._appointment(kept.find_number(connection, number))

    def _appointment(self, row: Any) -> Appointment:
        return Appointment(
            number=row.number,
            business=Business(row.business),
            branch=row.branch,
            day=row.day,
            half=Half(row.half),
            contact_last_four=row.contact_last_four,
            amount=Decimal(self._seal.open(row.sealed_amount)) if row.sealed_amount else None,
            booked=row.state == "booked",
        )


def _busy_key(account: str, day: date, half: Half) -> str:
    return f"{account}:{day:%y%m%d}:{half.value}"
