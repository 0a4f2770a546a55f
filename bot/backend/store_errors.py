"""What a failure of our own store means to whoever asked the back end."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import BackendError, StoreError


@contextmanager
def backend_errors(*refusals: str) -> Iterator[None]:
    """What a back end keeps in the store fails with it: as backend_away, but for these refusals, which are answers."""
    try:
        yield
    except StoreError as error:
        if error.code in refusals:
            raise BackendError(error.code, str(error)) from error
        raise BackendError("backend_away", f"the back end's store failed: {error.code}") from error
