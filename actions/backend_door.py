"""The one place where actions get business data and the store, by the environment that the supervisor sets.

HOTLINE_DATABASE_URL           SQLAlchemy URL
HOTLINE_DATABASE_BUSY_SECONDS  how long a lock may be held; 1 if not given
HOTLINE_SECRET_KEY_FILE        the store's key file
HOTLINE_BACKEND__…             a centre's own system (bot/backend/centre.py); without them the demo's data
"""

import os
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from pathlib import Path

from actions.content import ROOT, read
from bot.backend.appointments import AppointmentBook
from bot.backend.base import Backend
from bot.backend.centre import Centre, CentreSettings, open_centre
from bot.backend.sms import Messages
from bot.errors import BackendError, SettingsError
from bot.store import ratings
from bot.store.calls import journal_of
from bot.store.database import Database
from bot.store.passwords import Passwords
from bot.store.sealing import Seal
from bot.store.work_orders import WorkOrder, WorkOrderKind, WorkOrders
from bot.store.working_days import published_in

DAY_ENDS = time(17, 0)
"""What comes in later counts as the next working day's. Our own convention, as the agents' hours end."""


def backend() -> Backend:
    """Login and accounts. Raises BackendError if the environment does not say where they are."""
    return centre().backend


def appointment_book() -> AppointmentBook:
    """The appointments. Raises BackendError if the environment does not say where they are."""
    return centre().appointments


def messages() -> Messages:
    """Text messages. Raises BackendError if the environment does not say where they are."""
    return centre().messages


@lru_cache(maxsize=1)
def centre() -> Centre:
    """All of these, made once. Raises BackendError."""
    try:
        return open_centre(CentreSettings.from_environment(os.environ), _database(), _seal(), Passwords())
    except SettingsError as wrong:
        raise BackendError("no_settings", str(wrong)) from wrong


async def close() -> None:
    """At the end of the action server."""
    if centre.cache_info().currsize:
        await centre().close()


async def record_call_back(call_id: str, reason: str, summary: str) -> str | None:
    """A work order: ring this caller back. Its number; None if neither the exchange nor the caller has told a number
    to ring.

    Raises StoreError, BackendError.
    """
    telephone = await caller_number(call_id) or await backend().collected_number(call_id, "phone")
    if not telephone:
        return None
    return (await _work_orders().create_call_back(call_id, reason, telephone, summary)).number


async def record_unclear(call_id: str, once_key: str, category: str, asked: str) -> WorkOrder:
    """A work order: find out whether the centre's system did what it was asked, and ring the caller back, if the
    caller or the exchange has told a number to ring.

    Raises StoreError, BackendError.
    """
    contact = await backend().collected_number(call_id, "phone") or await caller_number(call_id)
    text = f"业务系统没有回话，请核实有没有办成：{asked}。"
    return await _work_orders().create(
        once_key, WorkOrderKind.CALL_BACK, call_id=call_id, category=category, contact=contact, text=text
    )


@dataclass(frozen=True, slots=True)
class Matter:
    """What a caller brought forward, restated and confirmed."""

    kind: WorkOrderKind
    category: str
    text: str
    about: str
    to_calling_number: bool
    """Answered at the number that telephones."""

    to_given_number: bool
    """Answered at the telephone number that the caller gave on this call; with neither, not at all."""

    confidential: bool
    narrated: tuple[tuple[float, float], ...]
    """From and to, in seconds of the call's recording."""


async def record_matter(call_id: str, once_key: str, matter: Matter) -> WorkOrder:
    """A work order; the same `once_key` again gives the same order. Raises StoreError, BackendError."""
    contact = await caller_number(call_id) if matter.to_calling_number else ""
    if matter.to_given_number:
        contact = await backend().collected_number(call_id, "phone") or ""
    return await _work_orders().create(
        once_key,
        matter.kind,
        call_id=call_id,
        category=matter.category,
        contact=contact,
        text=matter.text,
        about=matter.about,
        confidential=matter.confidential,
        narrated=matter.narrated,
    )


async def work_order(number: str) -> WorkOrder | None:
    """The order with this number. Raises StoreError."""
    return await _work_orders().find(number)


async def caller_number(call_id: str) -> str:
    """The number that telephones; '' if the exchange did not tell it. Raises StoreError."""
    call = await journal_of(_database(), _seal(), call_id)
    return (call.caller or "") if call else ""


async def ask_rating(call_id: str, at: datetime) -> bool:
    """Note that this call is asked for a rating. False if it was before. Raises StoreError."""
    return await ratings.ask_rating(_database(), call_id, at)


async def rate(call_id: str, grade: ratings.Grade) -> bool:
    """Keep the call's rating; the first one counts. Raises StoreError."""
    return await ratings.rate(_database(), call_id, grade)


@lru_cache(maxsize=1)
def _database() -> Database:
    busy_seconds = float(os.environ.get("HOTLINE_DATABASE_BUSY_SECONDS", "1"))
    return Database(_from_environment("HOTLINE_DATABASE_URL"), busy_seconds=busy_seconds)


@lru_cache(maxsize=1)
def _seal() -> Seal:
    return Seal.from_file(Path(_from_environment("HOTLINE_SECRET_KEY_FILE")))


@lru_cache(maxsize=1)
def _work_orders() -> WorkOrders:
    limits = read(ROOT / "work_orders.yml").entry("working_days")
    by_kind = {kind: limits.whole(kind.name.lower()) for kind in WorkOrderKind}
    return WorkOrders(_database(), _seal(), published_in(ROOT / "holidays"), by_kind, day_ends=DAY_ENDS)


def _from_environment(name: str) -> str:
    found = os.environ.get(name)
    if not found:
        raise BackendError("no_settings", f"{name} is not set: the supervisor gives it to the action server")
    return found
