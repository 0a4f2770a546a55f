"""What all tests share: which kinds of surroundings there are, and loud skips when one is missing."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


_OUT_OF_TIME = ["TimeoutError", "秒内没有合成", "no answer from", "store_locked", r"assert [\d.]+ < [\d.]+$"]
"""How a test fails that other programs kept from the processors."""

_ANY_PACE = {"deadline": None, "suppress_health_check": list(HealthCheck)}
_MANY = int(os.environ.get("FUZZ_EXAMPLES", "2000"))
settings.register_profile("short", derandomize=True, max_examples=25, **_ANY_PACE)
settings.register_profile("long", max_examples=_MANY, print_blob=True, **_ANY_PACE)


def pytest_configure(config: pytest.Config) -> None:
    """What is tried with made-up input is the same few examples everywhere, and with -m long many new ones."""
    settings.load_profile("long" if config.getoption("markexpr") == "long" else "short")


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """With STRICT=1 a skip is a failure: nothing may be missing."""
    if os.environ.get("STRICT") != "1" or call.excinfo is None or not call.excinfo.errisinstance(pytest.skip.Exception):
        return
    try:
        raise AssertionError(f"STRICT=1 allows no skip: {call.excinfo.value}")
    except AssertionError as failure:
        call.excinfo = pytest.ExceptionInfo.from_exception(failure)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Calls in real time get two more tries, other tests if they ran out of time: other programs may hold the
    processors for seconds. Thrice is a fault."""
    for item in items:
        if config.getoption("markexpr") == "long" and item.path.is_relative_to(ROOT / "tests" / "fuzz"):
            item.add_marker(pytest.mark.long)
        if item.path.is_relative_to(ROOT / "tests" / "whole") or item.path.is_relative_to(ROOT / "tests" / "channels"):
            item.add_marker(pytest.mark.flaky(reruns=2))
        else:
            item.add_marker(pytest.mark.flaky(reruns=2, only_rerun=_OUT_OF_TIME))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and rigs beside the project; tests that need it skip without it."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: recordings, telephone rig")
    return SHARED
