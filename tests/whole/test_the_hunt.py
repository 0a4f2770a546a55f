"""Two hundred calls over every channel, a password entered in every way; then every byte they left is searched.

`python -m pytest -m long tests/whole/test_the_hunt.py -s` prints what docs/hunt.md shows. HUNT_CALLS: how many, 66 at
least. Without ../shared/telephony the calls through Asterisk are left out, and a skip says so.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, SHARED
from tests.hunt.left import Left, Size, left_by_calls
from tests.hunt.search import JOURNAL_KEYS, SEALED
from tests.hunt.table import p_value, tables
from tests.support.asterisk import Asterisk, missing_for_asterisk
from tests.support.service import RunningService, running_service
from tests.unit.store.test_privacy import listed

pytestmark = pytest.mark.long

ROUNDS = max(1, round(int(os.environ.get("HUNT_CALLS", "200")) / 66))
CHANCE = 0.001
"""A hunt without a leak fails so often."""


@pytest.fixture(scope="module")
def hunted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A service of its own: its customers are strangers. Of wrong passwords from one telephone, and from pages, there
    are more than an honest line would let through."""
    limits = ("WRONG_PER_CALLER_A_DAY", "WRONG_WITHOUT_NUMBER_AN_HOUR", "WRONG_ON_THE_LINE_AN_HOUR")
    settings = {"HOTLINE_LOG_CALLER_TEXT": "true"} | {f"HOTLINE_LOGIN__{limit}": "5000" for limit in limits}
    with running_service(tmp_path_factory.mktemp("hunted"), **settings) as service:
        yield service


@pytest.fixture(scope="module")
def asterisk(hunted: RunningService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asterisk | None]:
    """An exchange that records every call, or None."""
    if missing_for_asterisk(SHARED):
        yield None
        return
    folder = tmp_path_factory.mktemp("asterisk")
    exchange = Asterisk(SHARED / "telephony", folder, hunted.audio_port, hunted.http_port, monitors=True)
    exchange.start()
    yield exchange
    exchange.stop()


@pytest.fixture(scope="module")
def left(hunted: RunningService, asterisk: Asterisk | None, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """All calls, and everything they left."""
    left = left_by_calls(hunted, tmp_path_factory, Size(ROUNDS), asterisk)
    print("\n" + tables(left))
    Path(os.environ.get("HUNT_TABLE", os.devnull)).write_text(tables(left) + "\n", "utf-8")
    return left


def test_every_channel_was_called(left: Left):
    channels = {channel for _, channel in left.entered.calls}
    assert {"AudioSocket", "browser", "script"} <= channels
    if reason := missing_for_asterisk(SHARED):
        pytest.skip(f"no calls through a real telephone exchange: {reason}")
    assert "Asterisk" in channels and "MixMonitor's recordings" in left.hunt


def test_no_password_is_anywhere_in_any_writing(left: Left):
    assert [str(hit) for hit in left.hunt.hits] == []


def test_the_raw_bytes_hold_no_more_of_them_than_of_passwords_that_nobody_typed(left: Left):
    assert p_value(left) > CHANCE


def test_full_numbers_and_balances_are_in_the_listed_encrypted_columns_and_nowhere_else(left: Left):
    allowed = {SEALED + column for column in listed("Encrypted columns")} | {"journal's spool, opened"}
    on_their_way = {"traffic between bot, Rasa and actions", "what browsers were told"}
    found = [hit for hit in left.hunt.numbers if hit.place not in allowed]
    assert [str(hit) for hit in found if hit.how != "amount" or hit.place not in on_their_way] == []
    assert any(hit.how == "amount" and hit.place in allowed for hit in left.hunt.numbers), "they are there"


def test_no_number_that_was_keyed_is_even_in_the_encrypted_journal(left: Left):
    journal = (f"{SEALED}call_entries.sealed_facts", JOURNAL_KEYS)
    assert [str(hit) for hit in left.hunt.numbers if hit.place in journal and hit.how != "amount"] == []


def test_a_process_that_was_ended_left_no_core_dump(left: Left, hunted: RunningService):
    assert [path for folder in (ROOT, hunted.folder) for path in folder.glob("core*") if path.is_file()] == []


def test_nobody_else_on_the_machine_may_read_what_was_left(left: Left):
    assert left.readable == []


def test_the_calls_went_as_plotted(left: Left):
    assert len(left.entered.otherwise) <= 0.05 * sum(left.entered.calls.values()), left.entered.otherwise
