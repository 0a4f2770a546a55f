"""Which side of a stereo recording is the caller: the hotline speaks first, so it is the other one.

One recorder writes all its calls alike; the calls of a folder vote.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.audio.frame import FRAME_BYTES, FRAME_SECONDS
from bot.qa.recorded.turns import first_voice_seconds, voiced

LEFT, RIGHT = 0, 1
SIDE_NAMES = ("左", "右")

_ASKED_SECONDS = 60.0
"""By then somebody has spoken."""

_SOONER_SECONDS = 0.3
_SAME_BELOW_DB = 40.0
"""Two sides that differ by less are one sound written twice: a mixed recording."""


@dataclass(frozen=True)
class Guess:
    """How the calls vote."""

    left: int
    """For so many the left side is the caller."""

    right: int

    @property
    def caller(self) -> int | None:
        """The side; None where they do not agree: at least three quarters must."""
        most = max(self.left, self.right)
        if not most or 4 * most < 3 * (self.left + self.right):
            return None
        return LEFT if self.left > self.right else RIGHT


def guess(calls: Sequence[Sequence[bytes]]) -> Guess:
    """The votes of stereo calls; one where nobody or both speak at first has none."""
    votes = [0, 0]
    for sides in calls:
        left, right = (first_voice_seconds(voiced(side[: _bytes_of(_ASKED_SECONDS)])) for side in sides)
        if left is None or right is None or abs(left - right) < _SOONER_SECONDS:
            continue
        votes[RIGHT if left < right else LEFT] += 1
    return Guess(*votes)


def are_one(sides: Sequence[bytes]) -> bool:
    """Whether both sides hold the same sound: both speakers in each."""
    left, right = (np.frombuffer(side, "<i2").astype(np.float64) for side in sides)
    power = float(np.square(left).sum() + np.square(right).sum())
    return float(np.square(left - right).sum()) <= power * 10 ** (-_SAME_BELOW_DB / 10)


def _bytes_of(seconds: float) -> int:
    return round(seconds / FRAME_SECONDS) * FRAME_BYTES
