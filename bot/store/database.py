"""The database: SQLite by default, PostgreSQL by its URL, the same statements on both."""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import SettingsError, StoreError
from bot.store.faults import store_errors

T = TypeVar("T")


class Database:
    """Transactions for threads (`reading`, `writing`) and for the event loop (`read`, `write`).

    Making one connects to nothing. All failures are StoreError, on the loop half a second after `busy_seconds` at most.
    """

    def __init__(self, url: str, *, busy_seconds: float = 1.0) -> None:
        self.engine = _engine(url, busy_seconds)
        self._longest_seconds = busy_seconds + 0.5
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="store")

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One transaction that changes nothing."""
        with store_errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it or, after any exception, nothing."""
        writer = self.engine.execution_options(writes=True)
        with store_errors(), writer.begin() as connection:
            yield connection

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in a thread, in a transaction that changes nothing."""
        return await self._in_thread(self.reading, work)

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in a thread, all or nothing. After StoreError it may still have happened: make it repeatable."""
        return await self._in_thread(self.writing, work)

    async def _in_thread(self, transaction: Callable[[], Any], work: Callable[[sa.Connection], T]) -> T:
        def run() -> T:
            with transaction() as connection:
                return work(connection)

        begun = asyncio.get_running_loop().run_in_executor(self._threads, run)
        try:
            async with asyncio.timeout(self._longest_seconds):
                return await asyncio.shield(begun)
        except asyncio.CancelledError:
            # A hang-up. What was begun ends first: a log-out that overtook the login would leave it behind.
            await asyncio.wait({begun}, timeout=self._longest_seconds)
            raise
        except TimeoutError as error:
            # A stalled server keeps its thread until the operating system gives up; the caller does not wait for it.
            raise StoreError("store_away", f"no answer from the database in {self._longest_seconds} s") from error

    def close(self) -> None:
        """Close all connections; stalled ones are left behind."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()


def insert_new(connection: sa.Connection, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows on_conflict_…: SQLAlchemy has one for each database, with the same methods."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _engine(url: str, busy_seconds: float) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite_engine(parsed, busy_seconds)
        if parsed.get_backend_name() == "postgresql":
            return _postgresql_engine(parsed.set(drivername="postgresql+psycopg"), busy_seconds)
    except sa.exc.ArgumentError as error:
        raise SettingsError(
            "database_url", "database_url 不是有效的数据库地址，例如 sqlite:///var/hotline.db"
        ) from error
    raise SettingsError("database_url", f"不支持的数据库 {parsed.get_backend_name()}：请用 sqlite 或 postgresql")


def _sqlite_engine(url: sa.URL, busy_seconds: float) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise SettingsError("database_url", "SQLite 数据库必须是一个文件，例如 sqlite:///var/hotline.db")
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Made here, so that only its owner can read it; SQLite gives -wal and -shm the same mode.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise SettingsError("database_url", f"无法建立或打开数据库文件 {path}：{error.strerror}") from error
    engine = sa.create_engine(
        url, hide_parameters=True, connect_args={"timeout": busy_seconds}, pool_size=8, pool_timeout=busy_seconds
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A transaction that reads first and writes later fails at once when another one wrote in between, without
        # waiting its busy time; one that says IMMEDIATE waits for its turn.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql_engine(url: sa.URL, busy_seconds: float) -> sa.Engine:
    limit = f"{int(busy_seconds * 1000)}ms"
    return sa.create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,  # a server that came back is noticed without a failed call
        pool_size=8,
        pool_timeout=busy_seconds,
        connect_args={
            "connect_timeout": 2,  # seconds; the driver's smallest
            "options": f"-c statement_timeout={limit} -c lock_timeout={limit} -c timezone=UTC",
        },
    )
