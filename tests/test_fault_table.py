"""docs/faults.md names the test of each row: they are all there."""

import re

import pytest

from tests.conftest import ROOT
from tests.support.written_tests import WRITTEN_TESTS

TABLE = (ROOT / "docs" / "faults.md").read_text("utf-8")
ROWS = [line for line in TABLE.splitlines() if line.startswith("| ") and not line.startswith("| what |")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[:40])
def test_every_row_has_a_test_that_exists(row: str):
    named = re.findall(r"`(test_\w+)`", row)
    assert named and set(named) <= WRITTEN_TESTS, set(named) - WRITTEN_TESTS
