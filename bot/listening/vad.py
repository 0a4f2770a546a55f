"""Voice or not, frame by frame."""

import webrtcvad

from bot.audio.frame import LINE_RATE


class Vad:
    """One call's voice detector."""

    def __init__(self) -> None:
        self._engine = webrtcvad.Vad(3)

    def is_voice(self, samples: bytes) -> bool:
        """Whether a 20 ms frame of line audio holds a voice."""
        return bool(self._engine.is_speech(samples, LINE_RATE))

    def reset(self) -> None:
        """Forget what was heard."""
