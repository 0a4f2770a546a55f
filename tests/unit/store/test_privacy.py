"""docs/privacy.md is the list of what is kept about people: it must be true."""

import re
from pathlib import Path

import sqlalchemy as sa

import bot.store.appointments
import bot.store.attempts
import bot.store.calls
import bot.store.collected_numbers
import bot.store.credentials
import bot.store.demo_accounts
import bot.store.logins
import bot.store.ratings
import bot.store.sealing
import bot.store.sms
import bot.store.work_orders  # noqa: F401  (all tables are in the metadata now)
from bot.store.tables import metadata

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "privacy.md"

NOT_ABOUT_A_PERSON = {
    "calls": {"call_id", "channel", "called", "started_at", "ended_at", "ended_by"},
    "call_entries": {"call_id", "position", "at_seconds", "kind"},
    "seals": {"id", "fingerprint"},
    "logins": {"call_id", "status", "attempts_left", "expires_at", "kind"},
    "collected_numbers": {"call_id", "kind", "expires_at"},
    "credentials": {"initial"},
    "wrong_attempts": {"day", "wrong"},
    "demo_loads": {"id", "file_hash"},
    "work_orders": {
        *("number", "once_key", "kind", "category", "created_at", "due_on", "due_provisional", "state", "call_id"),
        *("confidential", "narrated", "closed_at"),
    },
    "appointments": {
        *("number", "once_key", "business", "branch", "day", "half", "state", "created_at", "call_id"),
    },
    "appointment_places": {"branch", "day", "half", "taken"},
    "sms_outbox": {"once_key", "day", "state", "tries", "due_at", "call_id"},
    "sms_subscriptions": {"topic"},
    "demo_sms": {"once_key", "sent_at"},
    "ratings": {"call_id", "asked_at", "grade"},
    "work_order_numbers": {"series", "last"},
}


def listed(heading):
    section = DOCUMENT.read_text("utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(\w+\.\w+)` \|", section, re.MULTILINE))


def test_the_encrypted_columns_are_those_listed_and_hold_bytes():
    sealed = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.startswith("sealed_") or isinstance(column.type, sa.LargeBinary)
    }
    assert sealed == listed("Encrypted columns")
    assert all(
        isinstance(metadata.tables[name.split(".")[0]].c[name.split(".")[1]].type, sa.LargeBinary) for name in sealed
    )


def test_every_other_column_is_listed_or_known_not_to_be_about_a_person():
    others = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if not column.name.startswith("sealed_") and column.name not in NOT_ABOUT_A_PERSON.get(table.name, set())
    }
    assert others == listed("Readable columns about a person")
