"""What all tests share: which kinds of surroundings there are, and loud skips when one is missing."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """With STRICT=1 a skip is a failure: nothing may be missing."""
    if os.environ.get("STRICT") != "1" or call.excinfo is None or not call.excinfo.errisinstance(pytest.skip.Exception):
        return
    try:
        raise AssertionError(f"STRICT=1 allows no skip: {call.excinfo.value}")
    except AssertionError as failure:
        call.excinfo = pytest.ExceptionInfo.from_exception(failure)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Calls in real time get two more tries: other programs may hold the processors for seconds. Thrice is a fault."""
    for item in items:
        if item.path.is_relative_to(ROOT / "tests" / "whole") or item.path.is_relative_to(ROOT / "tests" / "channels"):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and rigs beside the project; tests that need it skip without it."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: recordings, telephone rig")
    return SHARED
