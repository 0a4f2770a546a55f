"""A call for tests of actions, and the centre's store behind it."""

import pytest

from tests.content.centre import close_centre, forget_made_once
from tests.content.conversation import Conversation
from tests.support.stores import sqlite_store, store

__all__ = ["call", "centre", "store"]


@pytest.fixture
def call():
    """A call on a Tuesday morning, in working hours."""
    return Conversation(slots={"date": "2026-11-24T10:00:00"})


def behind_actions(store, monkeypatch):
    """This store is the one that actions see."""
    monkeypatch.setenv("HOTLINE_DATABASE_URL", store.url)
    monkeypatch.setenv("HOTLINE_SECRET_KEY_FILE", str(store.folder / "secret.key"))
    forget_made_once()


@pytest.fixture
def centre(tmp_path, monkeypatch):
    """A new store, for actions as for the line."""
    made = sqlite_store(tmp_path)
    behind_actions(made, monkeypatch)
    yield made
    close_centre(made)
