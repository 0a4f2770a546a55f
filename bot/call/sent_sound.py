"""Which frame of ours sounded when a frame of the caller's was made: what may come back in it as echo."""

from collections import deque

from bot.audio.frame import FRAME_SECONDS, SILENCE

_KEPT_FRAMES = 50
"""A second: heard frames wait no longer than that in a socket before they are thrown away."""

_DRIFT = 0.005
"""The caller's clock may be slower than ours: of a lag, this share is taken back with each frame."""


class SentSound:
    """Puts both directions on one clock.

    While a busy machine holds us up, the caller's frames wait in the socket and come all at once; those that we owe go
    out together as well. By the moment of their arrival they would be paired with the wrong ones, and our own voice
    would be taken for the caller's. So frames of a burst count as made one after the other, 20 ms apart.
    """

    def __init__(self) -> None:
        self._sent: deque[tuple[float, bytes]] = deque(maxlen=_KEPT_FRAMES)
        self._sounds_from = self._heard_at = float("-inf")

    def send(self, frame: bytes, now: float) -> None:
        """One frame goes out, at this second of the loop's clock; it sounds when those before it are over."""
        self._sounds_from = max(now, self._sounds_from + FRAME_SECONDS)
        self._sent.append((self._sounds_from, frame))

    def beside(self, now: float) -> bytes:
        """What sounded beside the frame of the caller's that arrives now: SILENCE if nothing did."""
        due = self._heard_at + FRAME_SECONDS
        self._heard_at = now if due > now or now - due > _KEPT_FRAMES * FRAME_SECONDS else due + _DRIFT * (now - due)
        for since, frame in reversed(self._sent):
            if since <= self._heard_at:
                return frame if self._heard_at - since < 1.5 * FRAME_SECONDS else SILENCE
        return SILENCE
