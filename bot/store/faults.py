"""Turns what the database drivers raise into StoreError, once, at the store's edge.

Codes: store_locked (another process holds it), store_away (cannot be reached), store_full (no room on the disk),
store_damaged (the file is no database), store_refused (the database refused our statement: a fault of ours).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy.exc

from bot.errors import StoreError

SQLITE_CODES = {
    sqlite3.SQLITE_BUSY: "store_locked",
    sqlite3.SQLITE_LOCKED: "store_locked",
    sqlite3.SQLITE_FULL: "store_full",
    sqlite3.SQLITE_IOERR: "store_full",  # what SQLite says when its -wal or -shm file finds no room
    sqlite3.SQLITE_CORRUPT: "store_damaged",
    sqlite3.SQLITE_NOTADB: "store_damaged",
    sqlite3.SQLITE_CANTOPEN: "store_away",
    sqlite3.SQLITE_READONLY: "store_away",
}

POSTGRESQL_CODES = {
    "53100": "store_full",  # disk_full
    "55P03": "store_locked",  # lock_not_available
    "57014": "store_locked",  # query_canceled: our statement_timeout
    "40P01": "store_locked",  # deadlock_detected
    "40001": "store_locked",  # serialization_failure
}


@contextmanager
def store_errors() -> Iterator[None]:
    """Raise StoreError in place of a driver's error. Parameters are never part of the text."""
    try:
        yield
    except sqlalchemy.exc.TimeoutError as error:
        raise StoreError("store_away", "no free connection to the database") from error
    except sqlalchemy.exc.DBAPIError as error:
        code = _code(error)
        raise StoreError(code, f"the database failed ({code}): {type(error.orig).__name__}") from error
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise StoreError("store_refused", f"not a statement for the database: {type(error).__name__}") from error


def _code(error: sqlalchemy.exc.DBAPIError) -> str:
    origin = error.orig
    if isinstance(origin, sqlite3.Error):
        return SQLITE_CODES.get(getattr(origin, "sqlite_errorcode", 0) & 0xFF, "store_refused")
    if isinstance(origin, psycopg.Error):
        if origin.sqlstate in POSTGRESQL_CODES:
            return POSTGRESQL_CODES[origin.sqlstate]
        if origin.sqlstate is None and isinstance(origin, psycopg.OperationalError | psycopg.InterfaceError):
            return "store_away"  # the driver's own: no connection, or lost in the middle
        if origin.sqlstate and origin.sqlstate[:2] in ("08", "53", "57"):
            return "store_away"
    return "store_refused"
