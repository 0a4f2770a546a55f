"""How late the callers' own process was: what of a gap is not the service's."""

import asyncio
from bisect import bisect_left, bisect_right

_TICK_SECONDS = 0.01


class OwnClock:
    """Runs beside the callers and notes when the machine did not let them run."""

    def __init__(self) -> None:
        self._until: list[float] = []
        self._late: list[float] = []

    @property
    def worst_seconds(self) -> float:
        """The longest time that the callers stood still."""
        return max(self._late, default=0.0)

    async def watch(self) -> None:
        """Task: measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _TICK_SECONDS
            await asyncio.sleep(_TICK_SECONDS)
            self._until.append(loop.time())
            self._late.append(loop.time() - due)

    def stood_still(self, since: float, until: float) -> float:
        """Seconds within this time in which the callers could not have taken a frame."""
        first, last = bisect_left(self._until, since), bisect_right(self._until, until + _TICK_SECONDS)
        pieces = zip(self._until[first:last], self._late[first:last], strict=True)
        return sum(max(0.0, min(end, until) - max(end - late, since)) for end, late in pieces)
