"""The journal reaches the database whole, whatever happens to the database or to us."""

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.call.journal import CallJournal, Entry
from bot.store.call_writer import CallWriter
from bot.store.calls import call_entries, calls, journal_of
from bot.store.database import Database
from bot.store.spool import Spool
from tests.support.stores import ON_POSTGRESQL

ROOT = Path(__file__).resolve().parents[3]
STARTED = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def writer(store):
    made = CallWriter(store.database, store.seal, store.folder / "spool", retry_seconds=0.1)
    yield made
    made.close(within_seconds=0.5)


def said(number):
    return Entry(number / 10, "said", {"utterance": f"utter_{number}", "text": "您的余额是12071.20元"})


async def said_in(store, call_id):
    kept = await journal_of(store.database, store.seal, call_id)
    return [entry.facts["utterance"] for entry in kept.entries]


async def test_a_call_is_kept_with_its_entries_in_order(store, writer):
    writer.call_started("c1", channel="audiosocket", caller="13800001234", called="12329", at=STARTED)
    journal = CallJournal(lambda: 0.0, lambda entry: writer.keep("c1", entry))
    journal.note("heard", text="查余额", confidence=0.9)
    journal.note("pin", outcome="ok")
    writer.call_ended("c1", by="caller", at=STARTED)
    assert await writer.flushed()
    kept = await journal_of(store.database, store.seal, "c1")
    assert (kept.channel, kept.caller, kept.called, kept.started_at) == ("audiosocket", "13800001234", "12329", STARTED)
    assert (kept.ended_by, kept.ended_at) == ("caller", STARTED)
    assert [(entry.kind, dict(entry.facts)) for entry in kept.entries] == [
        ("heard", {"text": "查余额", "confidence": 0.9}),
        ("pin", {"outcome": "ok"}),
    ]
    assert await journal_of(store.database, store.seal, "another") is None


async def test_entries_of_calls_at_the_same_time_do_not_mix(store, writer):
    for number in range(200):
        writer.keep(f"c{number % 4}", said(number))
    for call in range(4):
        writer.call_started(f"c{call}", channel="browser")
    assert await writer.flushed()
    for call in range(4):
        assert await said_in(store, f"c{call}") == [f"utter_{number}" for number in range(call, 200, 4)]


async def test_keeping_an_entry_does_not_wait_for_a_locked_database_and_nothing_is_lost(store, writer):
    writer.call_started("c1", channel="browser")
    locked, done = threading.Event(), threading.Event()

    def hold():
        with Database(store.url).writing() as connection:
            if store.server:
                connection.exec_driver_sql("LOCK TABLE call_entries IN ACCESS EXCLUSIVE MODE")
            locked.set()
            done.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    await asyncio.to_thread(locked.wait, 5)
    began = time.perf_counter()
    for number in range(100):
        writer.keep("c1", said(number))
    took = time.perf_counter() - began
    assert took < 0.1
    assert not await writer.flushed(within_seconds=1.5)
    assert writer.waiting >= 100
    done.set()
    holder.join()
    assert await writer.flushed()
    assert await said_in(store, "c1") == [f"utter_{number}" for number in range(100)]


@ON_POSTGRESQL
async def test_postgresql_pulled_out_and_put_back_costs_no_entry(store, tmp_path):
    writer = CallWriter(store.database, store.seal, tmp_path / "spool", retry_seconds=0.1)
    writer.call_started("c1", channel="browser")
    for number in range(10):
        writer.keep("c1", said(number))
    assert await writer.flushed()
    await asyncio.to_thread(store.server.stop)
    try:
        for number in range(10, 20):
            writer.keep("c1", said(number))
        assert not await writer.flushed(within_seconds=0.5)
    finally:
        await asyncio.to_thread(store.server.start)
    for number in range(20, 30):
        writer.keep("c1", said(number))
    assert await writer.flushed(within_seconds=20)
    assert await said_in(store, "c1") == [f"utter_{number}" for number in range(30)]
    writer.close()


@ON_POSTGRESQL
async def test_a_postgresql_that_stalls_holds_up_neither_the_call_nor_the_spool(store, tmp_path):
    database = Database(store.url)  # as patient as the service
    writer = CallWriter(database, store.seal, tmp_path / "spool", retry_seconds=0.1)
    writer.keep("c1", said(0))
    assert await writer.flushed()
    with database.reading() as connection:
        backend = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    servers = [store.server.process_id, backend]
    for server in servers:
        os.kill(server, signal.SIGSTOP)
    try:
        writer.keep("c1", said(1))
        began = time.perf_counter()
        with pytest.raises(Exception, match="no answer from the database"):
            await database.read(lambda connection: connection.execute(sa.select(calls)).all())
        assert time.perf_counter() - began < 2
        [spool] = (tmp_path / "spool").glob("journal-*.jsonl")
        assert len(spool.read_bytes().splitlines()) == 1
    finally:
        for server in servers:
            os.kill(server, signal.SIGCONT)
    writer.call_started("c1", channel="browser")
    assert await writer.flushed(within_seconds=20)
    assert await said_in(store, "c1") == ["utter_0", "utter_1"]
    writer.close()


KILLED = """
import os, signal, sys, time
from pathlib import Path
from bot.call.journal import Entry
from bot.store.call_writer import CallWriter
from bot.store.database import Database
from bot.store.sealing import Seal
url, folder = sys.argv[1], Path(sys.argv[2])
database = Database(url, busy_seconds=0.2)
writer = CallWriter(database, Seal.from_file(folder / "secret.key"), folder / "spool")
writer.call_started("c1", channel="browser")
for number in range(500):
    writer.keep("c1", Entry(number / 10, "said", {"utterance": f"utter_{number}"}))
    time.sleep(0.002)
writer.keep("c1", Entry(50.0, "said", {"utterance": "the last"}))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("locked", [False, True], ids=["database well", "database locked"])
async def test_a_process_killed_in_the_middle_of_a_call_loses_at_most_its_last_entry(store, locked):
    holder = Database(store.url).writing()
    if locked:
        connection = holder.__enter__()
        if store.server:
            connection.exec_driver_sql("LOCK TABLE calls IN ACCESS EXCLUSIVE MODE")
    command = [sys.executable, "-c", KILLED, store.url, str(store.folder)]
    ended = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    if locked:
        holder.__exit__(None, None, None)
    writer = CallWriter(store.database, store.seal, store.folder / "spool")
    for _ in range(100):
        if list((store.folder / "spool").glob("*.jsonl")) == [writer._spool.path]:
            break
        await asyncio.sleep(0.1)
    kept = await said_in(store, "c1")
    assert kept[:500] == [f"utter_{number}" for number in range(500)]
    assert len(kept) in (500, 501)
    writer.close()


@ON_POSTGRESQL
async def test_what_a_closing_process_could_not_bring_is_loaded_at_the_next_start(store, tmp_path):
    await asyncio.to_thread(store.server.stop)
    try:
        writer = CallWriter(store.database, store.seal, tmp_path / "spool", retry_seconds=0.1)
        writer.call_started("c1", channel="browser")
        writer.keep("c1", said(0))
        await asyncio.to_thread(writer.close, 0.5)
    finally:
        await asyncio.to_thread(store.server.start)
    [left] = (tmp_path / "spool").glob("*.jsonl")
    again = CallWriter(store.database, store.seal, tmp_path / "spool", retry_seconds=0.1)
    again.keep("c2", said(1))
    assert await again.flushed(within_seconds=20)
    assert await said_in(store, "c1") == ["utter_0"]
    assert not left.exists()
    again.close()
    assert list((tmp_path / "spool").iterdir()) == []


async def test_the_spool_and_the_tables_show_neither_numbers_nor_what_was_said(store, writer):
    holder = Database(store.url).writing()
    connection = holder.__enter__()
    if store.server:
        connection.exec_driver_sql("LOCK TABLE calls, call_entries IN ACCESS EXCLUSIVE MODE")
    writer.call_started("c1", channel="browser", caller="13800001234")
    writer.keep("c1", said(0))
    await writer.flushed(within_seconds=0.3)
    [spool] = (store.folder / "spool").glob("journal-*.jsonl")
    spooled = spool.read_bytes()
    holder.__exit__(None, None, None)
    assert await writer.flushed()
    with store.database.reading() as connection:
        rows = repr([*connection.execute(sa.select(calls)), *connection.execute(sa.select(call_entries))]).encode()
    assert b'"kind": "said"' in spooled and b"'said'" in rows
    for secret in (b"1380000123", "余额".encode(), b"12071", b"\\u4f59"):
        assert secret not in spooled and secret not in rows


async def test_a_line_that_no_database_would_take_is_set_aside_and_holds_up_nothing(store):
    folder = store.folder / "spool"
    folder.mkdir()
    ended = json.dumps({"what": "ended", "call_id": "c1", "by": "x"})  # it lacks its time
    (folder / "journal-1-of-an-older-release.jsonl").write_text(f"not json\n{ended}\n[]\n")
    writer = CallWriter(store.database, store.seal, folder)
    writer.call_started("c1", channel="browser")
    writer.keep("c1", said(0))
    writer.keep("c1", Entry(1.0, "\0", {}))  # PostgreSQL takes no NUL
    writer.keep("c1", said(2))
    assert await writer.flushed()
    kept = await journal_of(store.database, store.seal, "c1")
    assert [entry.facts["utterance"] for entry in kept.entries if entry.facts] == ["utter_0", "utter_2"]
    refused = (folder / "refused.jsonl").read_text().splitlines()
    assert refused[:3] == ["not json", ended, "[]"]
    assert len(refused) == (4 if store.server else 3)
    writer.close()
    assert [path.name for path in folder.iterdir()] == ["refused.jsonl"]


def test_a_spool_without_room_keeps_its_whole_lines_only(tmp_path):
    spool = Spool.new(tmp_path)
    spool.append(b"a" * 100)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150, before[1]))
    try:
        with pytest.raises(OSError):
            spool.append(b"b" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    spool.append(b"c")
    assert spool.first_lines(10) == [b"a" * 100, b"c"]
    spool.consumed([b"a" * 100])
    assert spool.first_lines(10) == [b"c"]
    spool.close()


def test_a_torn_last_line_is_not_read_and_a_living_process_keeps_its_spool(tmp_path):
    spool = Spool.new(tmp_path)
    spool.append(b"whole")
    os.write(spool._file, b'{"what": "ent')
    assert spool.first_lines(10) == [b"whole"]
    assert Spool.left_behind(tmp_path) == []
    os.close(spool._file)  # its process died
    [left] = Spool.left_behind(tmp_path)
    assert left.first_lines(10) == [b"whole"]
    left.consumed([b"whole"])
    left.close()
    assert list(tmp_path.iterdir()) == []
