"""The store fixture: each test runs on SQLite and on PostgreSQL."""

from tests.support.stores import store

__all__ = ["store"]
