"""Transactions, migrations and failures, on both databases."""

import asyncio
import stat
import threading
import time

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import bot.store.appointments
import bot.store.attempts
import bot.store.call_writer
import bot.store.collected_numbers
import bot.store.credentials
import bot.store.demo_accounts
import bot.store.logins
import bot.store.ratings
import bot.store.sealing
import bot.store.sms
import bot.store.work_orders  # noqa: F401  (all tables are in the metadata now)
from bot.clock import run_in_audio_time
from bot.errors import SettingsError, StoreError
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.sealing import Seal, check_seal
from bot.store.tables import metadata
from bot.store.work_orders import work_order_numbers
from tests.support.stores import ON_POSTGRESQL, sqlite_store


def add(name):
    return lambda connection: connection.execute(sa.insert(work_order_numbers).values(series=name, last=1))


def names(connection):
    return sorted(connection.execute(sa.select(work_order_numbers.c.series)).scalars())


def test_the_migrations_make_the_very_tables_that_the_code_uses(store):
    with store.database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_again_changes_nothing(store):
    with store.database.writing() as connection:
        add("kept")(connection)
    migrate(store.database)
    with store.database.reading() as connection:
        assert names(connection) == ["kept"]


async def test_a_write_that_fails_in_the_middle_leaves_nothing(store):
    def half(connection):
        add("a")(connection)
        raise RuntimeError("the caller hung up")

    with pytest.raises(RuntimeError, match="hung up"):
        await store.database.write(half)
    assert await store.database.read(names) == []


async def test_many_writers_at_once_all_succeed(store):
    await asyncio.gather(*(store.database.write(add(f"s{number}")) for number in range(20)))
    assert len(await store.database.read(names)) == 20


async def test_what_a_hang_up_interrupts_is_finished_before_what_comes_next(store):
    begun, may_end = threading.Event(), threading.Event()

    def slow(connection):
        begun.set()
        may_end.wait(5)
        add("begun")(connection)

    writing = asyncio.create_task(store.database.write(slow))
    await asyncio.to_thread(begun.wait, 5)
    writing.cancel()
    asyncio.get_running_loop().call_later(0.2, may_end.set)
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await store.database.read(names) == ["begun"]


async def test_a_statement_that_the_database_refuses_is_named_without_its_values(store):
    await store.database.write(add("81007108"))
    with pytest.raises(StoreError) as refused:
        await store.database.write(add("81007108"))
    assert refused.value.code == "store_refused"
    assert "81007108" not in str(refused.value)


async def test_a_locked_database_is_an_error_within_two_seconds_and_works_again_afterwards(store):
    locked, done = threading.Event(), threading.Event()

    def hold():
        with Database(store.url).writing() as connection:
            if store.server:
                connection.exec_driver_sql("LOCK TABLE work_order_numbers IN ACCESS EXCLUSIVE MODE")
            locked.set()
            done.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(5)
    service = Database(store.url)  # as patient as the service
    began = time.perf_counter()
    with pytest.raises(StoreError) as failed:
        await service.write(add("a"))
    took = time.perf_counter() - began
    done.set()
    holder.join()
    assert failed.value.code == "store_locked"
    assert took < 2
    await service.write(add("a"))
    assert await service.read(names) == ["a"]
    service.close()


@ON_POSTGRESQL
async def test_a_server_that_went_away_is_an_error_at_once_and_is_used_again_when_it_is_back(store):
    await store.database.write(add("before"))
    await asyncio.to_thread(store.server.stop)
    try:
        began = time.perf_counter()
        with pytest.raises(StoreError) as failed:
            await store.database.read(names)
        assert failed.value.code == "store_away"
        assert time.perf_counter() - began < 2
    finally:
        await asyncio.to_thread(store.server.start)
    assert await store.database.read(names) == ["before"]
    store.database.close()


async def test_a_full_sqlite_says_so_and_keeps_what_it_had(tmp_path):
    store = sqlite_store(tmp_path)
    await store.database.write(add("before"))

    def fill(connection):
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        try:
            for number in range(2000):
                add(f"s{number}")(connection)
        finally:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    with pytest.raises(StoreError) as full:
        await store.database.write(fill)
    assert full.value.code == "store_full"
    assert await store.database.read(names) == ["before"]


def test_in_audio_time_the_clock_stands_still_while_the_database_works(store):
    async def call():
        loop = asyncio.get_running_loop()
        ticks = asyncio.create_task(asyncio.sleep(0.05))
        await store.database.write(lambda connection: time.sleep(0.3))
        assert loop.time() < 0.05
        await ticks

    run_in_audio_time(call())


def test_sqlite_files_are_for_their_owner_only(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'sub' / 'hotline.db'}")
    migrate(database)
    files = list((tmp_path / "sub").iterdir())
    assert len(files) >= 2 and all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


@pytest.mark.parametrize("url", ["nonsense", "mysql://here/db", "sqlite://", "sqlite:////proc/none/hotline.db"])
def test_a_wrong_address_is_explained_in_chinese(url):
    with pytest.raises(SettingsError, match="数据库"):
        Database(url)


async def test_a_file_that_is_no_database_is_called_damaged(tmp_path):
    (tmp_path / "hotline.db").write_bytes(b"something else entirely" * 100)
    with pytest.raises(StoreError) as damaged:
        await Database(f"sqlite:///{tmp_path / 'hotline.db'}").read(names)
    assert damaged.value.code == "store_damaged"


def test_a_key_file_is_made_once_and_must_stay_private(tmp_path):
    path = tmp_path / "secret.key"
    first = Seal.from_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Seal.from_file(path).open(first.seal("810071081737")) == "810071081737"
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        Seal.from_file(path)
    path.chmod(0o600)
    path.write_text("short")
    with pytest.raises(SettingsError, match="不完整"):
        Seal.from_file(path)


def test_a_database_refuses_another_installations_key(store):
    check_seal(store.database, store.seal)
    other = Seal.from_file(store.folder / "other.key")
    with pytest.raises(SettingsError, match="不匹配"):
        check_seal(store.database, other)
    with pytest.raises(StoreError):
        other.open(store.seal.seal("x"))
    assert other.fingerprint("x") != store.seal.fingerprint("x")
