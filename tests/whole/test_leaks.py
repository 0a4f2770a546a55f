"""After calls in which passwords are entered in every way, the digits are searched in everything that was left.

Every password is random (or a demo customer's own); at DEBUG level, with what Rasa and the actions tell each other
captured, the store and the spool opened with their key, recordings passed through a detector of tones.
"""

import asyncio
import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.audio.wav import write_wav
from bot.backend.demo_customers import DemoCustomer, read_customers
from bot.store.call_writer import CallWriter
from bot.store.calls import KeptCall, KeptEntry
from bot.store.sealing import Seal
from tests.conftest import ROOT
from tests.support.caller_voice import CallerVoice
from tests.support.fake_exchange import FakeCall, FakeExchange, tone
from tests.support.hunt import Hunt
from tests.support.left_behind import LeftBehind
from tests.support.loopback import Loopback
from tests.support.phone_server import page_on
from tests.support.service import RunningService
from tests.support.stores import sqlite_store

CUSTOMERS_FILE = ROOT / "content" / "demo" / "customers.yml"
CUSTOMERS = [
    customer
    for customer in read_customers(CUSTOMERS_FILE)
    if customer.status == "01" and len(set(customer.password)) > 3  # 000000 is in many a number
]
WRITTEN = CUSTOMERS_FILE.read_text("utf-8")
AT_ONCE = 6
DECOYS = 200


def random_digits() -> str:
    """Six digits that are no demo customer's, and in no number of theirs."""
    while True:
        digits = f"{secrets.randbelow(10**6):06d}"
        if len(set(digits)) > 3 and digits not in WRITTEN:
            return digits


@dataclass
class Plot:
    """What one caller does with a password, and what becomes of it."""

    name: str
    enters: "Callable[[Login], Coroutine[Any, Any, None]]"
    outcomes: list[str]
    right: bool = False


@dataclass
class Login:
    """One caller at the question for the password."""

    call: FakeCall
    customer: DemoCustomer
    password: str
    caller: CallerVoice

    async def answer(self, keys: str) -> None:
        """Press keys as fast as a telephone can, and hear what is said to it begin."""
        pressed_at = await self.call.press(keys, each_seconds=0.04, gap_seconds=0.04)
        await self.call.wait_until_spoken(after=pressed_at + 0.15)

    async def to_the_number(self) -> None:
        """From the greeting to the question for the number."""
        await self.call.wait_until_spoken()
        for key in "21":
            await self.answer(key)

    async def to_the_password(self) -> None:
        """From the greeting to the question for the password."""
        await self.to_the_number()
        await self.answer(self.customer.account + "#")


async def once(login: Login) -> None:
    await login.to_the_password()
    await login.answer(login.password)


async def by_id_number(login: Login) -> None:
    await login.to_the_number()
    await login.answer(login.customer.id_number.replace("X", "*"))
    await login.answer(login.password)


async def typed_ahead(login: Login) -> None:
    await login.to_the_number()
    await login.answer(f"{login.customer.account}#{login.password}")


async def a_digit_too_many(login: Login) -> None:
    await login.to_the_password()
    await login.answer(login.password + login.password[0])


async def cleared_and_again(login: Login) -> None:
    await login.to_the_password()
    await login.call.press(login.password[:4] + "*", each_seconds=0.04, gap_seconds=0.04)
    await login.answer(login.password)


async def paused_in_the_middle(login: Login) -> None:
    """The second half comes after the phase has lost patience, and after it a whole password."""
    await login.to_the_password()
    await login.call.press(login.password[:3])
    await login.call.wait(6.5)
    await login.call.press(login.password[3:])
    await login.call.press(login.password[3:] + login.password[:3])
    await login.call.wait(3.0)


async def hung_up_at_the_last_digit(login: Login) -> None:
    await login.to_the_password()
    await login.call.press(login.password, each_seconds=0.03, gap_seconds=0.03)


async def hung_up_in_the_middle(login: Login) -> None:
    await login.to_the_password()
    await login.call.press(login.password[:5], each_seconds=0.03, gap_seconds=0.03)


async def with_tones_in_the_sound(login: Login) -> None:
    """The exchange sends each key as a message, and its tone gets through all the same."""
    await login.to_the_password()
    for digit in login.password:
        await login.call.play(tone(digit, 0.08) + bytes(800))
        login.call.send_raw(b"\x03\0\1" + digit.encode())


async def spoken_aloud(login: Login) -> None:
    await login.to_the_password()
    numerals = "零幺二三四五六七八九"
    await login.call.play(await login.caller.says("".join(numerals[int(digit)] for digit in login.password)))
    await login.answer(login.password)


PLOTS = [
    Plot("right", once, ["ok"], right=True),
    Plot("right, by ID number", by_id_number, ["ok"], right=True),
    Plot("right, typed ahead", typed_ahead, ["ok"], right=True),
    Plot("right, spoken aloud too", spoken_aloud, ["ok"], right=True),
    Plot("right, with tones in the sound", with_tones_in_the_sound, ["ok"], right=True),
    Plot("right, a digit too many", a_digit_too_many, ["ok"], right=True),
    Plot("wrong", once, ["wrong"]),
    Plot("wrong, by ID number", by_id_number, ["wrong"]),
    Plot("wrong, typed ahead", typed_ahead, ["wrong"]),
    Plot("wrong, a digit too many", a_digit_too_many, ["wrong"]),
    Plot("wrong, cleared and again", cleared_and_again, ["wrong"]),
    Plot("wrong, with tones in the sound", with_tones_in_the_sound, ["wrong"]),
    Plot("wrong, spoken aloud too", spoken_aloud, ["wrong"]),
    Plot("a pause in the middle", paused_in_the_middle, ["wrong"]),
    Plot("hung up at the last digit", hung_up_at_the_last_digit, []),
    Plot("hung up in the middle", hung_up_in_the_middle, []),
]


@dataclass
class Calls:
    """What was entered, and where the calls left their traces."""

    service: RunningService
    exchange: FakeExchange
    caller: CallerVoice
    passwords: list[str] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    _next: int = 0

    def login(self, call: FakeCall, right: bool) -> Login:
        """Another customer, with the right password or a random one."""
        customer = CUSTOMERS[self._next % len(CUSTOMERS)]
        self._next += 1
        password = customer.password if right else random_digits()
        self.passwords.append(password)
        self.numbers.update((customer.account, customer.id_number))
        return Login(call, customer, password, self.caller)

    def caller_number(self) -> str:
        number = f"1380000{secrets.randbelow(10**4):04d}"
        self.numbers.add(number)
        return number

    async def play(self, plot: Plot, left: LeftBehind) -> None:
        """A call that goes as plotted; if Rasa was too slow in it (a busy machine), one more."""
        for _ in range(3):
            try:
                kept = await self._played(plot, left)
            except AssertionError:  # the caller waited in vain
                continue
            if [e.facts["outcome"] for e in kept.entries if e.kind == "pin"] == plot.outcomes or not plot.outcomes:
                return
        raise AssertionError(f"{plot.name}: no call went as it should")

    async def _played(self, plot: Plot, left: LeftBehind) -> KeptCall:
        async with self.exchange.call(caller=self.caller_number()) as call:
            await plot.enters(self.login(call, plot.right))
            if plot.outcomes:
                await left.whole_journal(str(call.uuid), last="pin")
                await call.wait(0.5)
        return await left.whole_journal(str(call.uuid))

    async def with_rasa_stalled(self) -> None:
        """Rasa stops while the password is entered."""
        async with self.exchange.call(caller=self.caller_number()) as call:
            login = self.login(call, True)
            await login.to_the_password()
            self.service.kill("rasa", signal.SIGSTOP)
            try:
                await login.answer(login.password)
                await call.wait(0.5)
                await call.press(login.password, each_seconds=0.04, gap_seconds=0.04)  # in despair
                await call.wait(0.5)
            finally:
                self.service.kill("rasa", signal.SIGCONT)

    async def with_the_bot_killed(self) -> None:
        """Everything is lost at the last digit."""
        async with self.exchange.call(caller=self.caller_number()) as call:
            login = self.login(call, False)
            await login.to_the_password()
            await call.press(login.password, each_seconds=0.03, gap_seconds=0.03)
            self.service.kill("bot")
            await asyncio.wait_for(call.ended, 5)
        self.service.wait_until(lambda: self.service.is_up("bot"), 120, "the bot did not come back")

    async def at_the_browser_phone(self) -> None:
        """Keys, and the digits written into the text box against all advice."""
        customer = CUSTOMERS[self._next]
        login = self.login(None, True)  # type: ignore[arg-type]
        async with page_on(f"http://127.0.0.1:{self.service.web_port}") as page:
            shown: list[str] = []

            async def read() -> None:
                async for message in page:
                    if isinstance(message.data, str):
                        shown.append(message.data)

            reading = asyncio.create_task(read())

            async def until(words: str) -> None:
                async with asyncio.timeout(30):
                    while not any(words in text for text in shown):
                        await asyncio.sleep(0.05)

            await until("caption")
            for keys, words in (("2", "个人账户"), ("1", "账号"), (customer.account + "#", "private")):
                shown.clear()
                for key in keys:
                    await page.send_json({"type": "key", "key": key})
                await until(words)
            await page.send_json({"type": "text", "text": login.password})
            for key in login.password:
                await page.send_json({"type": "key", "key": key})
            await until(customer.account[-4:])
            reading.cancel()


@dataclass
class Left:
    """Everything to search."""

    hunt: Hunt
    passwords: list[str]
    numbers: set[str]


@pytest.fixture(scope="module")
def left(service: RunningService, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """Some twenty calls, and everything they left."""
    return left_by_calls(service, tmp_path_factory, rounds=1)


def left_by_calls(service: RunningService, folders: pytest.TempPathFactory, rounds: int) -> Left:
    """The calls, then the collection of everything they left."""
    ports = [urlsplit(service.environment[name]).port for name in ("HOTLINE_RASA__URL", "HOTLINE_RASA__ACTIONS_URL")]
    scripts = ScriptedCalls(folders.mktemp("scripts"))
    try:
        with Loopback(*map(int, filter(None, ports))) as loopback:
            calls = asyncio.run(_calls(service, folders.mktemp("caller"), rounds))
        scripts.wait()
    finally:
        scripts.process.kill()
    hunt = Hunt()
    hunt.take_open_files(service.pids())
    hunt.take_folder(service.folder, Seal.from_file(service.folder / "secret.key"))
    hunt.take_folder(scripts.folder)
    hunt.take("metrics", service.metrics().encode())
    hunt.take("traffic between bot, Rasa and actions", loopback.traffic())
    return Left(hunt, calls.passwords + scripts.passwords, calls.numbers)


async def _calls(service: RunningService, folder: Path, rounds: int) -> Calls:
    calls = Calls(service, FakeExchange(service.audio_port, service.http_port), CallerVoice(folder))
    room = asyncio.Semaphore(AT_ONCE)
    with LeftBehind(service) as left:

        async def play(plot: Plot) -> None:
            async with room:
                await calls.play(plot, left)

        for _ in range(rounds):
            left.unlock_accounts()
            async with asyncio.TaskGroup() as tasks:
                for plot in PLOTS:
                    tasks.create_task(play(plot))
        await calls.at_the_browser_phone()
        await calls.with_rasa_stalled()
        await calls.with_the_bot_killed()
    await calls.caller.close()
    return calls


SCRIPTED = {
    "timed out after five digits": "- press: '{five}'\n- wait: 45",
    "three times wrong": "- press: '{password}'\n" + "- press: '{account}#'\n- press: '{password}'\n" * 2,
}


class ScriptedCalls:
    """Calls by `python -m bot call`, beside the others; their transcripts and recordings stay."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords: list[str] = []
        self._paths = [
            self._script(name, steps, customer)
            for (name, steps), customer in zip(SCRIPTED.items(), reversed(CUSTOMERS), strict=False)
        ]
        (folder / "tmp").mkdir()
        settings = {
            "HOTLINE_RUN_DIR": str(folder),
            "HOTLINE_LOG_LEVEL": "DEBUG",
            "HOTLINE_SPEAKING__CACHE": str(folder / "cache"),
            "TMPDIR": str(folder / "tmp"),
        }
        wanted = ["--json", "--save", str(folder / "saved.wav")]
        with (folder / "transcript.json").open("wb") as transcript, (folder / "messages.txt").open("wb") as messages:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "call", *map(str, self._paths), *wanted],
                cwd=ROOT,
                env=os.environ | settings,
                stdout=transcript,
                stderr=messages,
            )

    def wait(self) -> None:
        """Until they are over, and went as they should."""
        code = self.process.wait(300)
        told = (self.folder / "transcript.json").read_text("utf-8")
        assert code == 0, told + (self.folder / "messages.txt").read_text("utf-8")
        outcomes = [pin["outcome"] for call in json.loads(told) for pin in _pins(call)]
        assert outcomes == ["no_password", "wrong", "wrong", "locked"], outcomes
        for path in self._paths:  # where the passwords are meant to be
            path.unlink()

    def _script(self, name: str, steps: str, customer: DemoCustomer) -> Path:
        password, account = random_digits(), customer.account
        self.passwords.append(password)
        head = f"name: {name}\ndate: 2026-11-24\nsteps:\n- press: '2'\n- press: '1'\n- press: '{account}#'\n"
        path = self.folder / f"{name}.yml"
        path.write_text(head + steps.format(password=password, five=password[:5], account=account) + "\n", "utf-8")
        return path


def _pins(call: Any) -> list[dict[str, Any]]:
    """The facts of its password phases, wherever the transcript keeps them."""
    if isinstance(call, dict):
        if call.get("kind") == "pin":
            return [call.get("facts", call)]
        return [pin for value in call.values() for pin in _pins(value)]
    return [pin for value in call for pin in _pins(value)] if isinstance(call, list) else []


def test_the_hunt_has_everything_before_it(left: Left):
    for part in ("hotline.db", "rows", "bot.jsonl", "rasa.log", "actions.log", "run.txt", ".wav, keys", "speech-cache"):
        assert part in left.hunt, part
    traffic = left.hunt.raw["traffic between bot, Rasa and actions"]
    assert b"pin_finished" in traffic and b'"events"' in traffic, "the conversation as Rasa remembers it"
    assert "memfd:" in left.hunt and "transcript.json" in left.hunt
    assert len(left.passwords) >= len(PLOTS) + 3 + len(SCRIPTED)
    print(f"{len(left.passwords)} passwords, {left.hunt.megabytes:.0f} MB, {len(traffic) / 1e6:.1f} MB of it traffic")


def test_no_password_was_left_anywhere(left: Left):
    assert [hit for password in set(left.passwords) for hit in left.hunt.leaks_of(password)] == []


def test_the_raw_bytes_hold_no_more_of_them_than_of_passwords_nobody_typed(left: Left):
    typed = set(left.passwords)
    decoys = {random_digits() for _ in range(DECOYS)} - typed
    by_chance = left.hunt.chance_hits(decoys) * len(typed) / len(decoys)
    found = left.hunt.chance_hits(typed)
    print(f"{found} by chance, {by_chance:.1f} expected from {len(decoys)} decoys")
    assert found <= by_chance + 4 * sqrt(by_chance) + 3


def test_no_number_of_a_customer_or_caller_is_outside_the_encrypted_columns(left: Left):
    opened = (", rows", ", opened", ".wav")
    numbers = {number.removesuffix("X") for number in left.numbers}
    assert [hit for number in sorted(numbers) for hit in left.hunt.leaks_of(number, outside=opened)] == []


def test_what_was_keyed_is_not_even_in_the_encrypted_journal(left: Left):
    [rows] = [content for name, content in left.hunt.raw.items() if name.endswith("hotline.db, rows")]
    journal = Hunt()
    journal.take("journal", b"\n".join(line for line in rows.splitlines() if line.startswith(b"call_entries")))
    assert len(journal.raw["journal"]) > 10_000
    assert [hit for number in left.numbers for hit in journal.leaks_of(number.removesuffix("X"))] == []


@pytest.mark.long
def test_two_hundred_calls_leave_no_password(service: RunningService, tmp_path_factory: pytest.TempPathFactory):
    left = left_by_calls(service, tmp_path_factory, rounds=12)
    assert len(left.passwords) >= 190
    print(f"{len(left.passwords)} passwords, {left.hunt.megabytes:.0f} MB")
    assert [hit for password in set(left.passwords) for hit in left.hunt.leaks_of(password)] == []
    test_the_raw_bytes_hold_no_more_of_them_than_of_passwords_nobody_typed(left)


PLANTED = "286931"


def in_a_row(folder: Path) -> None:
    database = sqlite3.connect(folder / "hotline.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE kept (what TEXT)")
    database.execute("INSERT INTO kept VALUES (?)", (f"entered {PLANTED} at the second try",))
    database.commit()


async def in_the_sealed_journal(folder: Path, kind: str, facts: list[dict[str, str]]) -> None:
    store = sqlite_store(folder)
    writer = CallWriter(store.database, store.seal, folder / "spool")
    for fact in facts:
        writer.keep("call", KeptEntry(1.0, kind, fact))
    assert await writer.flushed()
    writer.close()
    store.database.close()


def in_a_log(folder: Path) -> None:
    (folder / "bot.jsonl").write_text(f'{{"event": "pressed {" ".join(PLANTED)}"}}\n')


def in_json_escapes(folder: Path) -> None:
    (folder / "rasa.log").write_text(json.dumps({"text": "密码是二八六九三一"}))


def in_tones(folder: Path) -> None:
    sound = b"".join(tone(key, 0.08) + bytes(1600) for key in PLANTED)
    write_wav(folder / "call.wav", bytes(16000) + sound, bytes(16000))


def in_the_speech_cache(folder: Path) -> None:
    (folder / "0f.sound").write_bytes(os.urandom(32) + PLANTED.encode("utf-16-le") + os.urandom(400))


def in_a_sealed_spool(folder: Path) -> None:
    seal = Seal.from_file(folder / "secret.key")
    line = {"what": "entry", "sealed_facts": seal.seal(json.dumps({"text": PLANTED})).decode()}
    (folder / "journal-1-a.jsonl").write_text(json.dumps(line) + "\n")


@pytest.mark.parametrize(
    "plant", [in_a_row, in_a_log, in_json_escapes, in_tones, in_the_speech_cache, in_a_sealed_spool]
)
def test_a_planted_password_is_found(tmp_path: Path, plant: Callable[[Path], None]):
    plant(tmp_path)
    assert hunt_in(tmp_path).leaks_of(PLANTED)
    assert not hunt_in(tmp_path).leaks_of("750314")


@pytest.mark.parametrize("how", ["in words", "digit by digit"])
async def test_a_password_planted_in_the_sealed_journal_is_found(tmp_path: Path, how: str):
    if how == "in words":
        await in_the_sealed_journal(tmp_path, "heard", [{"text": "二八六九三一"}])
    else:
        await in_the_sealed_journal(tmp_path, "key", [{"key": key} for key in PLANTED])
    assert hunt_in(tmp_path).leaks_of(PLANTED)


def test_a_password_planted_in_memory_files_and_deleted_files_is_found(tmp_path: Path):
    handle = os.memfd_create("sentence")
    os.write(handle, PLANTED.encode())
    with (tmp_path / "deleted").open("wb") as deleted:
        deleted.write(b"750314")
        deleted.flush()
        os.unlink(deleted.name)
        hunt = Hunt()
        hunt.take_open_files([os.getpid()])
    os.close(handle)
    assert hunt.leaks_of(PLANTED) and hunt.leaks_of("750314")


def test_a_password_sent_over_the_loopback_network_is_found():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server, Loopback(server.getsockname()[1]) as loopback:
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(json.dumps({"text": PLANTED}).encode())
            taken, _ = server.accept()
            assert taken.recv(100)
            taken.close()
    hunt = Hunt()
    hunt.take("traffic", loopback.traffic())
    assert hunt.leaks_of(PLANTED)


def test_chance_hits_are_counted_wherever_digits_run_on():
    hunt = Hunt()
    hunt.take("log", b"at 1764012345.286931 in 286931 and 12869310")
    assert hunt.chance_hits([PLANTED]) == 3
    assert hunt.leaks_of(PLANTED) == ["log: plain"], "one of them is more than chance"


def hunt_in(folder: Path) -> Hunt:
    key = folder / "secret.key"
    hunt = Hunt()
    hunt.take_folder(folder, Seal.from_file(key) if key.exists() else None)
    return hunt
