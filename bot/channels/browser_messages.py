"""What the page of the browser phone may say beside sound (docs/browser-protocol.md)."""

import json
from dataclasses import dataclass

from bot.events import KEYS, CallerTyped, DigitPressed

LONGEST_TEXT = 200
"""Characters a caller may write at once."""


class BrokenMessage(ValueError):
    """What came is not a message of the protocol. Never carries the message: it may hold a password's digit."""


@dataclass(frozen=True, slots=True)
class MicrophoneTurned:
    """The page has a microphone that is open (or not): without one its silence is not the caller's."""

    on: bool


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    """The caller pressed 挂断, or closed the page."""


@dataclass(frozen=True, slots=True)
class PageAlive:
    """The page asks whether we are still there."""


Message = DigitPressed | CallerTyped | MicrophoneTurned | CallerHungUp | PageAlive


def read_message(text: str) -> Message:
    """Understand one JSON message of the page. Raises BrokenMessage."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise BrokenMessage("not JSON") from None
    match message:
        case {"type": "key", "key": str(key)} if len(key) == 1 and key in KEYS:
            return DigitPressed(key)
        case {"type": "text", "text": str(written)} if 0 < len(words := _one_line(written)) <= LONGEST_TEXT:
            return CallerTyped(words)
        case {"type": "microphone", "on": bool(on)}:
            return MicrophoneTurned(on)
        case {"type": "hang_up"}:
            return CallerHungUp()
        case {"type": "alive"}:
            return PageAlive()
    raise BrokenMessage("unknown message")


def _one_line(written: str) -> str:
    """Without control characters, line breaks and lone surrogates: what a person can read aloud."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in written).split())
