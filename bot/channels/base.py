"""What every channel promises to the line."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from bot.audio.frame import Frame
from bot.events import CallerTyped, DigitPressed

Incoming = Frame | DigitPressed | CallerTyped


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as far as the channel knows."""

    number: str = ""
    """Caller's telephone number; masked wherever it is written down. "" if unknown."""

    called: str = "12329"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Caption:
    """Something a screen may show beside the sound. Channels without a screen ignore it."""

    kind: str
    """'said' (by the bot), 'heard' (from the caller, final), 'partial' (from the caller, not yet final),
    'note' (stays on screen: an order number), 'state' (listening, private, speaking, on_hold)."""

    text: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the telephone exchange does with the caller once the bot lets go of the line."""

    kind: str
    """'hangup' or 'agent'."""

    reason: str = ""
    """Why a person is needed; travels to the agent (SIP header). One of the dialogue's hand-off reasons."""

    queue: str = ""


class Channel(Protocol):
    """One call's sound, both ways."""

    kind: str
    """'browser', 'audiosocket', 'microphone' or 'script': in the journal, metrics and Rasa's channel name."""

    call_id: str
    caller: Caller

    detects_keys: bool
    """True if keys arrive as messages (DigitPressed). False: the line listens for tones in the audio."""

    takes_back_calls: bool
    """True if an exchange is behind it that can connect a person after `close(NextStep('agent'))`."""

    def incoming(self) -> AsyncIterator[Incoming]:
        """Frames every 20 ms and keys, in order, until the caller hangs up (then the iterator ends).

        Raises ChannelError if the way to the caller breaks.
        """
        ...

    async def send(self, samples: bytes) -> None:
        """Send one frame (320 bytes) to the caller. Paced: returns when it is time to make the next frame,
        so a loop `while True: await send(next_frame())` runs at 50 frames a second, at most 60 ms ahead."""
        ...

    async def show(self, caption: Caption) -> None:
        """Show a caption, where there is a screen."""
        ...

    async def close(self, next_step: NextStep) -> None:
        """Let go of the line: everything sent has been played; then hang up or give the caller back."""
        ...
