"""One tiny Rasa for the whole session: real training, real server, real actions."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.dialogue.processes import ROOT
from bot.dialogue.rasa_client import RasaClient
from tests.support.rasa_server import RasaServer, rasa_server

TINY = Path(__file__).parent / "tiny_project"


@pytest.fixture(scope="session")
def tiny_rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaServer]:
    """Rasa over tests/dialogue/tiny_project."""
    logs = tmp_path_factory.mktemp("rasa")
    with rasa_server(logs, TINY, "tiny_actions", ROOT / "var" / "tests" / "tiny-rasa") as server:
        yield server


@pytest.fixture
async def rasa(tiny_rasa: RasaServer) -> AsyncIterator[RasaClient]:
    """A client that waits longer than a caller would: this machine is shared."""
    client = RasaClient(tiny_rasa.url, longest_answer_seconds=20.0)
    yield client
    await client.close()
