"""A migrated store for tests, on either database."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.passwords import Passwords
from bot.store.sealing import Seal, check_seal
from tests.support.postgres import PostgresServer, shared_server

PATIENT_SECONDS = 20.0
"""For a lock or an answer: other programs may hold the processors, and a refusal would be read as the tested one."""


@dataclass
class Store:
    """One database with its key and its folder."""

    database: Database
    seal: Seal
    folder: Path
    url: str
    server: PostgresServer | None
    """The server behind it; None for SQLite."""

    def files(self) -> Path:
        """The folder in which the database keeps its bytes."""
        return self.server.files if self.server else self.folder

    def close(self) -> None:
        """And take the database off the server: searches of all that it keeps take as long as it keeps much."""
        self.database.close()
        if self.server:
            self.server.drop(self.url)


@lru_cache(maxsize=1)
def quick_passwords() -> Passwords:
    """Hashes that cost little, where nobody measures how long a login takes."""
    return Passwords(memory_kib=64)


def sqlite_store(folder: Path) -> Store:
    """On a new SQLite file."""
    shutil.copyfile(_migrated_file(), folder / "hotline.db")
    return _sealed(f"sqlite:///{folder / 'hotline.db'}", folder, None)


def postgresql_store(folder: Path) -> Store:
    """On a new database of the shared PostgreSQL server."""
    server = shared_server()
    return _sealed(server.new_database(_migrated_database()), folder, server)


@lru_cache(maxsize=1)
def _migrated_file() -> Path:
    """Migrated once for all tests; each works on a copy."""
    folder = Path(tempfile.mkdtemp(prefix="hotline-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _migrate(f"sqlite:///{folder / 'hotline.db'}")
    return folder / "hotline.db"


@lru_cache(maxsize=1)
def _migrated_database() -> str:
    """The same on PostgreSQL: its name, to copy from."""
    url = shared_server().new_database()
    _migrate(url)
    return str(make_url(url).database)


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


def _sealed(url: str, folder: Path, server: PostgresServer | None) -> Store:
    database = Database(url, busy_seconds=PATIENT_SECONDS)
    seal = Seal.from_file(folder / "secret.key")
    check_seal(database, seal)
    return Store(database, seal, folder, url, server)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    """The same test on both databases."""
    made = sqlite_store(tmp_path) if request.param == "sqlite" else postgresql_store(tmp_path)
    yield made
    made.close()


ON_POSTGRESQL = pytest.mark.parametrize("store", ["postgresql"], indirect=True)
"""Where something happens to the server."""
