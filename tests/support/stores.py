"""A migrated store for tests, on either database."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.sealing import Seal, check_seal
from tests.support.postgres import PostgresServer, shared_server


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


def sqlite_store(folder: Path) -> Store:
    """On a new SQLite file."""
    return _migrated(f"sqlite:///{folder / 'hotline.db'}", folder, None)


def postgresql_store(folder: Path) -> Store:
    """On a new database of the shared PostgreSQL server."""
    server = shared_server()
    return _migrated(server.new_database(), folder, server)


def _migrated(url: str, folder: Path, server: PostgresServer | None) -> Store:
    database = Database(url)
    migrate(database)
    seal = Seal.from_file(folder / "secret.key")
    check_seal(database, seal)
    return Store(database, seal, folder, url, server)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    """The same test on both databases."""
    made = sqlite_store(tmp_path) if request.param == "sqlite" else postgresql_store(tmp_path)
    yield made
    made.database.close()
