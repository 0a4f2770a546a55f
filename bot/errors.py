"""Everything that can go wrong in a call, as one tree.

* BotError: something of ours failed; the line says an apology and offers the keypad or a person
    * ChannelError: the way to the caller failed (socket, device, browser)
    * RecognitionError: the recogniser could not work
    * SynthesisError: no speech could be made from a text
    * DialogueError: Rasa was away, stalled, or answered nothing
    * BackendError: the business system was away or refused
        * UnclearDeed: it was asked to do something, and no answer says whether it did
    * StoreError: the database was away, locked or full
    * SettingsError: a setting or a model does not fit; the program does not start
    * ContentError: a content file is wrong; says file, line and how to mend it
* CallEnded: the caller (or the exchange) hung up. Not an error, not a BotError: it ends the call's coroutine
"""


class BotError(Exception):
    """Something of ours failed. `code` is short and stable (logs, metrics, tests); the text explains it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ChannelError(BotError):
    """Raised when the way to the caller fails."""


class RecognitionError(BotError):
    """Raised when the recogniser cannot work."""


class SynthesisError(BotError):
    """Raised when no speech can be made from a text."""


class DialogueError(BotError):
    """Raised when Rasa is away, stalls, or answers nothing."""


class BackendError(BotError):
    """Raised when the business system is away or refuses."""


class UnclearDeed(BackendError):
    """Raised when the business system was to do something and may have done it: no answer, or none that makes sense."""


class StoreError(BotError):
    """Raised when the database is away, locked or full."""


class SettingsError(BotError):
    """Raised at start when a setting, a model or a voice does not fit. The text is Chinese: operators read it."""


class ContentError(BotError):
    """Raised when a content file is wrong. The text is Chinese and names file, line and mend: editors read it."""


class CallEnded(Exception):
    """Raised wherever a phase waits once the caller has gone; caught once, in CallSession."""
