"""After many logins no password is in any byte that they left; a planted one is found in each kind of place."""

import asyncio
import base64
import json
import logging
import secrets
import shutil

import pytest
import sqlalchemy as sa

from bot.backend.base import LoginStatus, PasswordChange
from bot.backend.demo import DemoBackend
from bot.backend.demo_customers import load_demo, read_customers
from bot.call.journal import Entry
from bot.errors import BackendError
from bot.sight.logs import call_logs, logs
from bot.store.call_writer import CallWriter
from bot.store.passwords import Passwords
from bot.store.work_orders import work_order_numbers
from tests.support.leaks import contents, leaks, spellings
from tests.unit.backend.test_demo_login import CUSTOMERS


@pytest.fixture
def chance(store):
    """Six digits that are nowhere yet, each time others."""
    there = [content for _, content in contents(store.files())]

    def digits():
        while True:
            made = f"{secrets.randbelow(10**6):06d}"
            if len(set(made)) > 3 and not any(made.encode() in content for content in there):
                return made

    return digits


@pytest.fixture
def customer(tmp_path_factory, chance):
    """A demo customer whose password nobody has written down, but for a file that is deleted before the search."""
    text = CUSTOMERS.read_text("utf-8")
    text = text[: text.index("  - name: 演示用户二")]
    [first] = read_customers(CUSTOMERS)[:1]
    password = chance()
    path = tmp_path_factory.mktemp("demo") / "customers.yml"
    path.write_text(text.replace(first.password, password), "utf-8")
    return read_customers(path)[0], path


async def test_no_password_is_left_in_database_log_journal_or_spool(store, customer, chance, tmp_path):
    person, file = customer
    wrong, new = [chance() for _ in range(4)], chance()
    with logs(tmp_path / "log", "bot", level="DEBUG", caller_text=True):
        asyncio.get_running_loop().set_debug(True)
        for name in ("sqlalchemy.engine", "sqlalchemy.pool"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        try:
            await _calls(store, person, file, wrong, new)
        finally:
            for name in ("sqlalchemy.engine", "sqlalchemy.pool"):
                logging.getLogger(name).setLevel(logging.WARNING)
    shutil.rmtree(file.parent)
    if store.server is None:
        assert (store.folder / "hotline.db-wal").stat().st_size > 0  # the search reads the write-ahead log too
    log = (tmp_path / "log" / "bot.jsonl").read_text("utf-8")
    assert "INSERT INTO logins" in log and "backend_away" in log
    numbers = (number.removesuffix("X") for number in (person.account, person.id_number, person.card))
    assert leaks([tmp_path, store.files()], person.password, *wrong, new, *numbers) == []


async def _calls(store, person, file, wrong, new):
    passwords = Passwords()
    load_demo(store.database, store.seal, passwords, file)
    backend = DemoBackend(store.database, store.seal, passwords)
    writer = CallWriter(store.database, store.seal, store.folder / "spool")
    entered = [(person.account, person.password), (person.id_number, person.password)]
    entered += [("810000000000", wrong[0]), *((person.card, each) for each in wrong[1:])]
    for number, (login, password) in enumerate(entered):
        with call_logs(f"call-{number}"):
            writer.call_started(f"call-{number}", channel="audiosocket", caller=person.phone)
            last_four = await backend.begin_login(f"call-{number}", login)
            outcome = await backend.verify_password(f"call-{number}", password)
            writer.keep(f"call-{number}", Entry(1.0, "pin", {"outcome": outcome.status.value, "last_four": last_four}))
            if outcome.status is LoginStatus.OK:
                await backend.personal_account(f"call-{number}")
            if number == 1:
                assert await backend.change_password("call-1", new) is PasswordChange.CHANGED
                assert await backend.refuses_password("call-1", new)
            logging.getLogger("bot.call").debug("login ended: %r", outcome)
    with store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE wrong_attempts RENAME TO away")
    try:
        await backend.verify_password("call-0", person.password)
    except BackendError as error:
        logging.getLogger("bot.call").exception("failed with %s", error.code)
        assert person.password not in "".join([str(error), repr(error), repr(error.__cause__)])
    with store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO wrong_attempts")
    assert await writer.flushed(within_seconds=20)
    writer.close()


@pytest.mark.parametrize("place", ["table", "journal line", "log"])
def test_a_planted_password_is_found_in_each_kind_of_place(store, chance, tmp_path, place):
    password = chance()
    match place:
        case "table":
            with store.database.writing() as connection:
                connection.execute(sa.insert(work_order_numbers).values(series=password, last=1))
        case "journal line":
            (tmp_path / "spool").mkdir()
            (tmp_path / "spool" / "journal-1-a.jsonl").write_text(json.dumps({"keys": list(password)}))
        case "log":
            (tmp_path / "bot.jsonl").write_text(json.dumps({"event": f"键 {password}"}))
    assert leaks([store.files() if place == "table" else tmp_path], password)


@pytest.mark.parametrize("name", spellings("402718"))
def test_the_search_knows_every_spelling(tmp_path, name):
    (tmp_path / "file").write_bytes(b"x\0" + spellings("402718")[name] + b"\0x")
    assert leaks([tmp_path], "402718")
    assert leaks([tmp_path], "139572") == []


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_the_search_finds_base64_wherever_the_digits_begin(tmp_path, before):
    (tmp_path / "file").write_bytes(base64.b64encode(f"{before}402718 and more".encode()))
    assert leaks([tmp_path], "402718")
