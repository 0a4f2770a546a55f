"""Leaves a system alone that has just failed several times: callers hear so at once instead of waiting for it again."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.errors import BackendError

FAILURES_IN_A_ROW = 3
RESTS_SECONDS = 10.0


class CircuitBreaker:
    """Counts failures in a row. After enough of them nothing is asked for a while; then one request tries whether all
    is well again, while the others are still refused.
    """

    def __init__(
        self,
        is_trouble: Callable[[BackendError], bool],
        *,
        failures_in_a_row: int = FAILURES_IN_A_ROW,
        rests_seconds: float = RESTS_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`is_trouble`: whether an error is the system's trouble; a refusal is an answer and shows that it works."""
        self._is_trouble = is_trouble
        self._failures_in_a_row = failures_in_a_row
        self._rests_seconds = rests_seconds
        self._clock = clock
        self._failures = 0
        self._closed_until = 0.0
        self._trying = False

    @contextmanager
    def request(self) -> Iterator[None]:
        """Around each request. Raises BackendError('backend_paused') instead of making it while the system rests."""
        if self._rests():
            raise BackendError("backend_paused", "the business system failed several times in a row and is left alone")
        self._trying = self._failures >= self._failures_in_a_row
        try:
            yield
        except BackendError as error:
            self._failed() if self._is_trouble(error) else self._worked()
            raise
        except BaseException:  # the caller hung up: nothing is known of the system
            self._trying = False
            raise
        self._worked()

    def _rests(self) -> bool:
        if self._failures < self._failures_in_a_row:
            return False
        return self._trying or self._clock() < self._closed_until

    def _failed(self) -> None:
        self._failures += 1
        self._trying = False
        self._closed_until = self._clock() + self._rests_seconds

    def _worked(self) -> None:
        self._failures = 0
        self._trying = False
