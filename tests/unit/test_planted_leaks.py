"""A hunt finds planted leaks: in each kind of place, in each way in which digits can be written."""

import json
import os
import socket
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from bot.audio.wav import write_wav
from bot.mandarin import spoken
from bot.store.call_writer import CallWriter
from bot.store.calls import KeptEntry
from bot.store.sealing import Seal
from tests.hunt.left import TRAFFIC
from tests.hunt.search import JOURNAL_KEYS, KEYS_IN, SEALED, Hunt, likelihood
from tests.support.fake_exchange import tone
from tests.support.leaks import spellings
from tests.support.loopback import Loopback
from tests.support.stores import sqlite_store
from tests.unit.store.test_privacy import listed

PLANTED, OTHER = "286931", "750314"

IN_FILES = {
    "logs and consoles": ("log/bot.jsonl", "log/rasa.log", "run.txt"),
    "journal's spool": ("spool/journal-1-a.jsonl",),
    "speech cache": ("speech-cache/0f.sound",),
    "QA reports and transcripts": ("qa/index.html", "qa/results.jsonl", "qa/junit.xml"),
    "recordings": ("recordings/a.wav",),
    "Asterisk's logs and files": ("asterisk/run/log/messages",),
    "MixMonitor's recordings": ("asterisk/run/monitor/a.wav",),
    "temporary and other files": ("tmp/pip-1/x", "core"),
}


@pytest.mark.parametrize("place", IN_FILES)
def test_planted_in_a_file_it_is_found_in_every_writing(tmp_path: Path, place: str):
    for name in IN_FILES[place]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for writing, written in spellings(PLANTED).items():
            path.write_bytes(b'{"event": "\xe6\x8c\x89\xe9\x94\xae ' + written + b' "}\n')
            hunt = hunt_in(tmp_path)
            assert {hit.digits for hit in hunt.hits if hit.place == place} == {PLANTED}, (name, writing)


@pytest.mark.parametrize("where", ["row", "write-ahead log", "deleted row"])
def test_planted_in_the_database_it_is_found_in_every_writing(tmp_path: Path, where: str):
    for writing, written in spellings(PLANTED).items():
        path = tmp_path / "hotline.db"
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA secure_delete=OFF")
        database.execute("CREATE TABLE kept (what BLOB)")
        database.execute("INSERT INTO kept VALUES (?)", (b"entered " + written + b" at the second try",))
        if where == "deleted row":
            database.execute("DELETE FROM kept")
        if where != "write-ahead log":
            database.close()
        hits = hunt_in(tmp_path).hits
        assert any(hit.name.endswith("hotline.db-wal" if where == "write-ahead log" else ".db") for hit in hits), (
            writing
        )
        database.close()
        for left_over in tmp_path.iterdir():
            left_over.unlink()


@pytest.mark.parametrize("column", ["call_entries.sealed_facts", "work_orders.sealed_text"])
def test_planted_in_a_sealed_column_it_is_found_in_every_text(tmp_path: Path, column: str):
    table, name = column.split(".")
    seal = Seal.from_file(tmp_path / "secret.key")
    for writing, written in spellings(PLANTED).items():
        text = written.decode(errors="replace")
        if "\ufffd" in text or "\0" in text:
            continue  # only text is sealed
        text = json.dumps({"key": "1", "text": text}, ensure_ascii=False)
        database = sqlite3.connect(tmp_path / "hotline.db")
        database.execute(f"CREATE TABLE {table} (call_id TEXT, position INT, kind TEXT, {name} BLOB)")
        database.execute(f"INSERT INTO {table} VALUES ('a', 1, 'said', ?)", (seal.seal(text),))
        database.commit()
        database.close()
        assert any(hit.place == SEALED + column for hit in hunt_in(tmp_path).hits), writing
        (tmp_path / "hotline.db").unlink()


async def test_planted_digit_by_digit_among_the_journals_keys_it_is_found(tmp_path: Path):
    store = sqlite_store(tmp_path)
    writer = CallWriter(store.database, store.seal, tmp_path / "spool")
    for key in PLANTED:
        writer.keep("call", KeptEntry(1.0, "key", {"key": key}))
    assert await writer.flushed()
    writer.close()
    store.database.close()
    assert [hit.place for hit in hunt_in(tmp_path).hits] == [JOURNAL_KEYS]


def test_planted_in_a_sealed_line_of_the_spool_it_is_found(tmp_path: Path):
    seal = Seal.from_file(tmp_path / "secret.key")
    line = {"what": "entry", "sealed_facts": seal.seal(json.dumps({"text": PLANTED})).decode()}
    (tmp_path / "journal-1-a.jsonl").write_text(json.dumps(line) + "\n")
    assert [hit.place for hit in hunt_in(tmp_path).hits] == ["journal's spool, opened"]


@pytest.mark.parametrize("side", ["caller", "bot", "both mixed", "broken off"])
@pytest.mark.parametrize("name", ["recordings/a.wav", "qa/audio/a.wav", "asterisk/run/monitor/a.wav"])
def test_planted_as_tones_it_is_found(tmp_path: Path, name: str, side: str):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    sound = bytes(8000) + b"".join(tone(key, 0.08) + bytes(1600) for key in PLANTED)
    match side:
        case "caller" | "broken off":
            write_wav(path, sound, bytes(len(sound)))
        case "bot":
            write_wav(path, bytes(len(sound)), sound)
        case "both mixed":
            write_wav(path, sound)
    if side == "broken off":  # sizes in the header are 0 until a recorder finishes
        file = path.read_bytes()
        path.write_bytes(file[:4] + bytes(4) + file[8:40] + bytes(4) + file[44:-1])
    assert [hit.digits for hit in hunt_in(tmp_path).hits if hit.place.startswith(KEYS_IN)] == [PLANTED]


def test_planted_in_memory_files_and_deleted_files_it_is_found_in_every_writing(tmp_path: Path):
    for writing, written in spellings(PLANTED).items():
        memory = os.memfd_create("sentence")
        os.write(memory, written)
        with (tmp_path / "deleted").open("wb") as deleted:
            deleted.write(OTHER.encode())
            deleted.flush()
            os.unlink(deleted.name)
            hunt = Hunt([PLANTED, OTHER])
            hunt.take_open_files([os.getpid()])
        os.close(memory)
        assert {hit.digits for hit in hunt.hits} == {PLANTED, OTHER}, writing


def test_planted_in_what_goes_over_the_loopback_network_it_is_found():
    for writing in ("plain", "spoken 幺, JSON escapes", "base64 +1"):
        written = spellings(PLANTED)[writing]
        with socket.create_server(("127.0.0.1", 0)) as server, Loopback(server.getsockname()[1]) as loopback:
            with socket.create_connection(server.getsockname()) as client:
                client.sendall(b"POST / HTTP/1.1\r\n\r\n" + written)
                taken, _ = server.accept()
                assert taken.recv(100)
                taken.close()
        hunt = Hunt([PLANTED])
        hunt.take(TRAFFIC, loopback.traffic(), TRAFFIC)
        assert hunt.hits, writing


def test_planted_in_the_name_of_a_file_it_is_found(tmp_path: Path):
    (tmp_path / f"{PLANTED}.wav").write_bytes(b"")
    assert [hit.place for hit in hunt_in(tmp_path).hits] == ["names of files"]


ACCOUNT, BALANCE = "810071081737", Decimal("12071.20")


@pytest.mark.parametrize(
    "text",
    [
        *("12071.20", "12071.2元", "12,071.20", spoken("12071.20元"), json.dumps(spoken("12071.20元"))),
        *(" ".join(ACCOUNT), spoken(f"账号{ACCOUNT}"), json.dumps(spoken(f"账号{ACCOUNT}")), f"x{ACCOUNT}"),
    ],
)
def test_planted_numbers_and_balances_are_found_and_where(tmp_path: Path, text: str):
    (tmp_path / "rasa.log").write_text(text, "utf-8")
    hunt = hunt_in(tmp_path)
    assert {hit.place for hit in hunt.numbers} == {"logs and consoles"}
    assert {hit.digits for hit in hunt.numbers} <= {ACCOUNT, "12071.20"}


def test_a_balance_in_an_encrypted_column_that_is_not_listed_is_told_by_the_columns_name(tmp_path: Path):
    seal = Seal.from_file(tmp_path / "secret.key")
    database = sqlite3.connect(tmp_path / "hotline.db")
    database.execute("CREATE TABLE calls (sealed_notes BLOB)")
    database.execute("INSERT INTO calls VALUES (?)", (seal.seal("余额12071.20元"),))
    database.commit()
    database.close()
    assert [hit.place for hit in hunt_in(tmp_path).numbers] == ["column calls.sealed_notes"]
    assert "calls.sealed_notes" not in listed("Encrypted columns")


def test_chance_hits_are_counted_wherever_digits_run_on():
    hunt = Hunt([PLANTED], [OTHER])
    hunt.take("bot.jsonl", b"at 1764012345.286931 in 286931 and 12869310 and 7503140")
    assert hunt.by_chance == {PLANTED: 3, OTHER: 1}
    assert [hit.how for hit in hunt.hits] == ["plain", "plain"], "what clocks made is no leak"


def test_more_than_chance_is_told_from_chance():
    by_chance = [7] * 12 + [0] * 188  # twelve of 200 decoys are somewhere
    assert likelihood(by_chance, by_chance) > 0.5
    assert likelihood([1] * 18 + [0] * 182, by_chance) > 0.1
    assert likelihood([1] * 37 + [0] * 163, by_chance) < 0.001, "a place that keeps every eighth password"


def hunt_in(folder: Path) -> Hunt:
    key = folder / "secret.key"
    hunt = Hunt([PLANTED, OTHER], numbers=[ACCOUNT], amounts=[BALANCE])
    hunt.take_folder(folder, Seal.from_file(key) if key.exists() else None)
    return hunt
