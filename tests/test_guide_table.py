"""docs/guide.md has a row for each of the guide's requirements, G1 to G16, and all that they name is there."""

import re

import pytest

from tests.conftest import ROOT
from tests.support.written_tests import WRITTEN_TESTS

TABLE = (ROOT / "docs" / "guide.md").read_text("utf-8")
ROWS = [line.strip("| ").split(" | ") for line in TABLE.splitlines() if line.startswith("| G")]


def test_every_requirement_has_its_row():
    assert [row[0] for row in ROWS] == [f"G{number}" for number in range(1, 17)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_requirement_has_a_proof_that_exists(row: list[str]):
    named = set(re.findall(r"`([^`]+)`", row[-1]))
    scripts = {name for name in named if (ROOT / "tests" / "calls" / name).is_file()}
    assert named and named - scripts <= WRITTEN_TESTS, named - scripts - WRITTEN_TESTS
