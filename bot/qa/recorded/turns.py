"""A recorded side of a call, cut into turns by the hotline's own voice detector."""

from collections.abc import Sequence

from bot.audio.dtmf import TonesToKeys
from bot.audio.frame import FRAME_SECONDS, SILENCE, Frame, frames_of
from bot.listening.base import Question
from bot.listening.endpointer import Endpointer, Turn, frames_in
from bot.listening.vad import Vad

_PAUSE_SECONDS = 0.8
"""A longer pause ends a turn. The hotline waits 0.6 s, and more after a hesitation: a caller's pause stays inside."""

_AROUND_SECONDS = 0.3
"""Of sound kept before the first voice; so much of the pause after the last."""

_WORTH_KEEPING = Question(minimum_speech_seconds=0.2, longest_turn_seconds=20.0)


def without_keys(side: bytes) -> bytes:
    """Line audio with silence where a key is heard: a tone is as good as the digit, and it may be a password's."""
    listens = TonesToKeys()
    heard = [Frame(frame) for frame in (*frames_of(side), SILENCE, SILENCE)]  # it holds two frames back
    return b"".join(one.samples for frame in heard for one in listens.hear(frame) if isinstance(one, Frame))


def voiced(side: bytes) -> list[bool]:
    """For each frame of line audio, whether somebody speaks in it."""
    detector = Vad()
    return [detector.is_voice(frame) for frame in frames_of(side)]


def turns_in(side: bytes, voice: Sequence[bool]) -> list[bytes]:
    """The turns of a side, each with a little of the silence around it."""
    frames = frames_of(side)
    around = frames_in(_AROUND_SECONDS)
    ears = Endpointer()
    ears.attend(_WORTH_KEEPING)
    found, begin, last = [], 0, 0
    for at, speaks in enumerate((*voice, *[False] * frames_in(_PAUSE_SECONDS))):
        turn = ears.hear(speaks, prompting=True, wait_seconds=_PAUSE_SECONDS)
        last = at if speaks else last
        if turn is Turn.STARTED:
            begin = at + 1 - ears.turn_frames
        elif turn in (Turn.ENDED, Turn.CUT):
            found.append(b"".join(frames[max(0, begin - around) : last + 1 + around]))
            ears.reset()
    return found


def first_voice_seconds(voice: Sequence[bool]) -> float | None:
    """When somebody begins to speak: a fifth of a second of voice within the next half; None if nobody does."""
    for at in range(len(voice)):
        if voice[at] and sum(voice[at : at + 25]) >= 10:
            return at * FRAME_SECONDS
    return None
