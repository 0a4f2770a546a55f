"""Which frame of ours sounded when a frame of the caller's was made: what may come back in it as echo."""

from collections import deque

from bot.audio.frame import FRAME_SECONDS, SILENCE

_KEPT_FRAMES = 50
"""A second: heard frames wait no longer than that in a socket before they are thrown away."""

_DRIFT = 0.005
"""The caller's clock may be slower than ours: of a lag, this share is taken back with each frame."""

_SLACK_SECONDS = 2 * FRAME_SECONDS
"""What a frame may be early or late without moving the following ones: the echo would seem to move with them."""


class SentSound:
    """Puts both directions on one clock.

    While a busy machine holds us up, the caller's frames wait in the socket and come all at once; those that we owe go
    out together as well. By the moment of their arrival they would be paired with the wrong ones, and our own voice
    would be taken for the caller's. So frames of a burst count as made one after the other, 20 ms apart; and frame
    follows frame on both sides for as long as their clocks do not come apart.
    """

    def __init__(self) -> None:
        self._sent: deque[tuple[float, bytes]] = deque(maxlen=_KEPT_FRAMES)
        """What nothing was heard beside yet, with the second from which it sounds."""
        self._sounds_from = self._heard_at = float("-inf")
        self._waits = True

    def send(self, frame: bytes, now: float) -> None:
        """One frame goes out, at this second of the loop's clock; it sounds when those before it are over."""
        self._sounds_from = max(now, self._sounds_from + FRAME_SECONDS)
        self._sent.append((self._sounds_from, frame))

    def beside(self, now: float) -> bytes:
        """What sounded beside the frame of the caller's that arrives now: SILENCE if nothing did."""
        due = self._heard_at + FRAME_SECONDS
        self._heard_at = now if due > now or now - due > _KEPT_FRAMES * FRAME_SECONDS else due + _DRIFT * (now - due)
        if self._late_seconds() > _SLACK_SECONDS:
            while self._late_seconds() > FRAME_SECONDS / 2:
                self._sent.popleft()
        early = 0.0 if self._waits else -_SLACK_SECONDS
        self._waits = not self._sent or self._late_seconds() < early
        return SILENCE if self._waits else self._sent.popleft()[1]

    def _late_seconds(self) -> float:
        """How long before the caller's frame was made the next of ours began to sound."""
        return self._heard_at - self._sent[0][0] if self._sent else 0.0
