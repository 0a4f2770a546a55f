"""After calls in which passwords are entered in every way, the digits are searched in everything that was left.

A short hunt; test_the_hunt.py has the long one. Every password is random; at DEBUG level, with what Rasa and the
actions tell each other captured, the store and the spool opened with their key, recordings passed through a detector
of tones. tests/unit/test_planted_leaks.py proves that such a search finds what there is.
"""

import pytest

from tests.hunt.left import TRAFFIC, Left, Size, left_by_calls
from tests.hunt.search import JOURNAL_KEYS, KEYS_IN, SEALED
from tests.hunt.table import p_value, tables
from tests.support.service import RunningService
from tests.unit.store.test_privacy import listed


@pytest.fixture(scope="module")
def left(service: RunningService, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """Some thirty calls, and everything they left."""
    left = left_by_calls(service, tmp_path_factory, Size(1, short=True))
    print("\n" + tables(left))
    return left


def test_the_hunt_has_everything_before_it(left: Left):
    for place in (
        *("database, its write-ahead log", "rows of the database", f"{SEALED}call_entries.sealed_facts", JOURNAL_KEYS),
        *("logs and consoles", "recordings", "speech cache", "QA reports and transcripts", "metrics", TRAFFIC),
        *("files in memory, deleted files", "what browsers were told", "names of files"),
    ):
        assert place in left.hunt, place
    assert left.hunt.files_in[KEYS_IN + "recordings"] > 15
    assert sum(left.entered.calls.values()) > 25


def test_no_password_was_left_anywhere(left: Left):
    assert [str(hit) for hit in left.hunt.hits] == []


def test_the_raw_bytes_hold_no_more_of_them_than_of_passwords_nobody_typed(left: Left):
    assert p_value(left) > 0.001


def test_full_numbers_and_balances_are_in_the_listed_encrypted_columns_and_nowhere_else(left: Left):
    allowed = {SEALED + column for column in listed("Encrypted columns")} | {"journal's spool, opened"}
    shown = {TRAFFIC, "what browsers were told"}  # a balance on its way to the caller
    found = [hit for hit in left.hunt.numbers if hit.place not in allowed]
    assert [str(hit) for hit in found if hit.how != "amount" or hit.place not in shown] == []


def test_no_number_that_was_keyed_is_even_in_the_encrypted_journal(left: Left):
    journal = (f"{SEALED}call_entries.sealed_facts", JOURNAL_KEYS)
    assert [str(hit) for hit in left.hunt.numbers if hit.place in journal and hit.how != "amount"] == []


def test_nobody_else_on_the_machine_may_read_what_was_left(left: Left):
    assert left.readable == []


def test_the_calls_went_as_plotted(left: Left):
    assert len(left.entered.otherwise) <= 0.05 * sum(left.entered.calls.values()), left.entered.otherwise
