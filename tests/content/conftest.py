"""A call for tests of actions."""

import pytest

from tests.content.conversation import Conversation


@pytest.fixture
def call():
    """A call on a Tuesday morning, in working hours."""
    return Conversation(slots={"date": "2026-11-24T10:00:00"})
