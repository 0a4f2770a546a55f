"""The tests that there are, by name: documents name them as proofs."""

import re

from tests.conftest import ROOT

WRITTEN_TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^ *(?:async )?def (test_\w+)", path.read_text("utf-8"), re.M)
}
