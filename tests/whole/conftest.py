"""One service for all whole calls, and a caller's voice."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.caller_voice import CallerVoice
from tests.support.fake_exchange import FakeExchange
from tests.support.listener import Listener
from tests.support.service import RunningService, running_service


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """The service as make run starts it."""
    with running_service(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture
def exchange(service: RunningService) -> FakeExchange:
    """A telephone exchange in front of it."""
    return FakeExchange(service.audio_port, service.http_port)


@pytest_asyncio.fixture
async def caller(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CallerVoice]:
    """Someone to speak."""
    voice = CallerVoice(tmp_path_factory.mktemp("caller"))
    yield voice
    await voice.close()


@pytest_asyncio.fixture
async def listener(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Listener]:
    """Someone who knows how the hotline's sentences sound."""
    ear = Listener(tmp_path_factory.mktemp("listener"))
    yield ear
    await ear.close()
