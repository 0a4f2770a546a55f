"""The demo centre on a new database, for the actions as for the line."""

import asyncio

from actions import backend_door
from bot.backend.base import LoginKind
from bot.backend.demo_customers import load_demo
from tests.support.stores import quick_passwords, sqlite_store

MADE_ONCE = (backend_door.centre, backend_door._database, backend_door._seal, backend_door._work_orders)


def open_centre(folder, monkeypatch, customers_file):
    """Its store; close it afterwards with `close_centre`."""
    store = sqlite_store(folder)
    load_demo(store.database, store.seal, quick_passwords(), customers_file)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", store.url)
    monkeypatch.setenv("HOTLINE_SECRET_KEY_FILE", str(folder / "secret.key"))
    forget_made_once()
    return store


def close_centre(store):
    forget_made_once()
    store.database.close()


def forget_made_once():
    for made_once in MADE_ONCE:
        made_once.cache_clear()


def types(call, number, password, kind=LoginKind.PERSON):
    """What the line does in its number and password phases; then it tells the dialogue, which goes on."""
    backend = backend_door.backend()
    asyncio.run(backend.begin_login(call.call_id, number, kind))
    asyncio.run(backend.verify_password(call.call_id, password))
