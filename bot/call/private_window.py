"""The time in which keys are secrets: ear off, recording silent, every key belongs to the phase that asked."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Protocol

from bot.call.recorder import Recorder
from bot.channels.base import Caption, Channel

_STRAY_SECONDS = 4.0
"""A key so soon after the last digit of a complete secret is one digit too many."""

_QUARANTINE_SECONDS = 2.0
"""After the outcome of a secret that was never complete, keys may still be digits of it: they are swallowed, and
those that follow within this time."""

_LATE_SECONDS = 20.0
"""So long after the outcome of a secret that was never complete, a caller who had to look for it may still type it."""

ALONE_SECONDS = 1.0
"""Then a key counts only if no other one follows it within this time: a menu is answered with one key, a password is
typed with six."""


class HasEar(Protocol):
    """Something that can be made deaf."""

    deaf: bool


class PrivateWindow:
    """Opened before the first digit of a secret can fall, closed after its outcome was spoken."""

    def __init__(self, channel: Channel, ear: HasEar, recorder: Recorder) -> None:
        self._channel = channel
        self._ear = ear
        self._recorder = recorder
        self._key_at = 0.0
        self._quarantine_ends = 0.0
        self._late_ends = 0.0
        self.is_open = False
        self.secret_complete = False
        """Set by the phase that collects the secret: all its digits have come, later ones are strays."""

    async def open(self) -> None:
        """A secret is due."""
        if not self.is_open:
            self.is_open = True
            self.secret_complete = False
            self._ear.deaf = True
            self._recorder.silent = True
            await self._channel.show(Caption("state", "private"))

    async def close(self) -> None:
        """The outcome has been spoken; the ear opens again."""
        if self.is_open:
            self.is_open = False
            now = asyncio.get_running_loop().time()
            self._quarantine_ends = self._key_at + _STRAY_SECONDS if self.secret_complete else now + _QUARANTINE_SECONDS
            self._late_ends = 0.0 if self.secret_complete else now + _LATE_SECONDS
            self._ear.deaf = False
            self._recorder.silent = False
            await self._channel.show(Caption("state", "listening"))

    def swallow_strays(self) -> None:
        """Keys are falling that may belong to a secret nobody asked for yet: those that come now go nowhere."""
        self._quarantine_ends = asyncio.get_running_loop().time() + _QUARANTINE_SECONDS

    def swallows_key(self) -> bool:
        """A key was pressed: True if it may be a stray digit of a secret that is over, and must go nowhere."""
        now = self._key_at = asyncio.get_running_loop().time()
        if self.is_open or now >= self._quarantine_ends:
            return False
        self._quarantine_ends = now + _QUARANTINE_SECONDS
        return True

    @property
    def expects_late_digits(self) -> bool:
        """Whether a key that is not swallowed may still be the first digit of a secret that was given up."""
        return not self.is_open and asyncio.get_running_loop().time() < self._late_ends

    @contextlib.contextmanager
    def unrecorded(self) -> Iterator[None]:
        """While a number is entered and repeated: the recording is silent on both sides, the ear stays open."""
        self._recorder.silent = self._recorder.bot_silent = True
        try:
            yield
        finally:
            self._recorder.silent, self._recorder.bot_silent = self.is_open, False
