"""The beat at which audio goes out: 50 frames a second, by deadlines, so that no delay adds up."""

import asyncio

from bot.audio.frame import FRAME_SECONDS


class Pacer:
    """Tells a sender when to make the next frame.

    `lead_seconds` is how far ahead of the caller's ear we may be: a frame or two hide a hiccup of ours in the caller's
    jitter buffer; more would delay an interruption. After a stall it catches up with at most three frames at once
    (60 ms): what was missed beyond that, the caller has already heard as a gap, and a burst would only be thrown away.
    """

    def __init__(self, lead_seconds: float = FRAME_SECONDS) -> None:
        self._lead_seconds = lead_seconds
        self._due: float | None = None

    async def tick(self) -> None:
        """Call after each frame sent; returns when it is time for the next."""
        now = asyncio.get_running_loop().time()
        if self._due is None:
            self._due = now - self._lead_seconds
        # After the frame just sent, two more may be late, so three go out together; the fourth waits.
        self._due = max(self._due + FRAME_SECONDS, now - 1.5 * FRAME_SECONDS)
        await asyncio.sleep(max(0.0, self._due - now))

    def ahead_seconds(self) -> float:
        """How long what was sent still plays (0 if nothing was sent, or all has been heard)."""
        if self._due is None:
            return 0.0
        return max(0.0, self._due + self._lead_seconds - asyncio.get_running_loop().time())
