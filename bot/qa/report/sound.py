"""The sound of each turn for the report, cut from the service's own recording, which is silent where secrets fall.

Turns with a password in them have no sound at all.
"""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.audio.frame import LINE_RATE
from bot.audio.wav import write_wav
from bot.call.turn import PASSWORD
from bot.mandarin import says_password
from bot.qa.results import CallResult
from bot.qa.transcript import Transcript, TurnTaken

AUDIO = "audio"
"""Folder beside the page."""

_BUCKETS = 160
_NOTHING = 60
"""Of 32768: quieter is silence."""

Both = npt.NDArray[np.int16]


def keep_sound(result: CallResult, call: Transcript, recording: Path, folder: Path, number: int) -> None:
    """Write a WAV for each turn that may be heard (caller left, hotline right), and note it in the result."""
    if not recording.is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    sound = _read(recording)
    starts = [round(turn.began_seconds * LINE_RATE) for turn in call.turns]
    for place, secret in enumerate(_secret(call)):
        piece = sound[starts[place] : starts[place + 1] if place + 1 < len(starts) else len(sound)]
        if secret or not len(piece) or np.abs(piece.astype(np.int32)).max() < _NOTHING:
            continue
        name = f"{number:05d}-{place:02d}.wav"
        write_wav(folder / name, piece[:, 0].tobytes(), piece[:, 1].tobytes())
        result.turns[place].audio = f"{AUDIO}/{name}"
        result.turns[place].waveform = waveform(piece)


def waveform(sound: Both) -> list[list[int]]:
    """How loud each side is, in steps of its length: 0 to 100, the loudest samples."""
    pieces = np.array_split(np.abs(sound.astype(np.int32)), min(_BUCKETS, len(sound)))
    peaks = np.array([piece.max(axis=0) for piece in pieces])
    return [[int(peak) for peak in np.ceil(side * 100 / 32768)] for side in peaks.T]


def _secret(call: Transcript) -> list[bool]:
    """Which turns hold a password: the line was private in them, or one was said aloud."""
    private, found = False, []
    for turn in call.turns:
        states = [caption.text for caption in turn.captions if caption.kind == "state"]
        found.append(private or "private" in states or _aloud(turn))
        private = states[-1] == "private" if states else private
    return found


def _aloud(turn: TurnTaken) -> bool:
    said = turn.step.words if turn.step is not None else ""
    return (
        says_password(said)
        or any(says_password(one.utterance.text) for one in turn.overheard)
        or (PASSWORD in turn.heard())
    )


def _read(recording: Path) -> Both:
    with wave.open(str(recording), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
