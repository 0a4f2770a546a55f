"""The same tests for the demo back end on both databases, and for a centre's own system behind HTTP."""

from contextlib import ExitStack

import pytest

from bot.backend.call_numbers import CallNumbers
from bot.backend.circuit_breaker import CircuitBreaker
from bot.backend.demo import DemoBackend
from bot.backend.demo_appointments import DemoAppointments
from bot.backend.http import HttpBackend
from bot.backend.http_appointments import HttpAppointments
from bot.backend.http_sms import HttpMessages
from bot.backend.http_wire import Wire
from tests.support.centre_server import centre_server
from tests.support.stores import postgresql_store, quick_passwords, sqlite_store

STORES = {"sqlite": sqlite_store, "postgresql": postgresql_store, "http": sqlite_store}


def pytest_generate_tests(metafunc):
    """Tests of what every back end promises run on HTTP, too; those that make hash after hash only in long runs, as
    test_http_wire.py logs in as well."""
    if "store" in metafunc.fixturenames:
        costly = metafunc.module.__name__.endswith(("test_demo_login", "test_password_change"))
        http = [pytest.param("http", marks=pytest.mark.long if costly else ())]
        also = http if "through_door" in metafunc.fixturenames else []
        metafunc.parametrize("store", ["sqlite", "postgresql", *also], indirect=True)


@pytest.fixture(scope="session")
def passwords():
    return quick_passwords()


@pytest.fixture
def store(request, tmp_path):
    """The store behind the back end. 'http': that of the centre's own system, and ours as well."""
    made = STORES[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture
async def through_door(request, store):
    """Gives what the tests speak to: the demo's part itself, or the same part behind a real HTTP server."""
    if request.node.callspec.params["store"] != "http":
        yield lambda part: part
        return
    with ExitStack() as closing:
        server = closing.enter_context(centre_server(store))
        wire = Wire(server.settings(answer_seconds=20.0, longest_seconds=40.0).system(), never_resting())

        def served(part):
            numbers = CallNumbers(store.database, store.seal, now=part._now)
            if isinstance(part, DemoBackend):
                server.backend = part
                return HttpBackend(wire, numbers)
            if isinstance(part, DemoAppointments):
                server.appointments = part
                return HttpAppointments(wire, numbers)
            server.messages = part
            return HttpMessages(wire, numbers)

        yield served
        await wire.close()


def never_resting():
    return CircuitBreaker(lambda error: False)
