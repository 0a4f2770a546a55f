"""What is taken out of a recording is out of the file, and nothing else is."""

import asyncio
import wave
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bot.audio.frame import SILENCE
from bot.call.recorder import Recorder

CALLER, BOT = b"\x11\x11" * (len(SILENCE) // 2), b"\x22\x22" * (len(SILENCE) // 2)


@pytest.mark.parametrize("frames", [30, 70, 175, 410])
@pytest.mark.parametrize("seconds_ago", [0.0, 0.5, 2.5, 60.0])
def test_a_caller_is_silent_from_then_to_now_on_disk_as_in_memory(tmp_path, frames, seconds_ago):
    began = max(0.0, frames * 0.02 - seconds_ago)

    async def record():
        recorder = Recorder(tmp_path / "call.wav", ThreadPoolExecutor(1))
        for _ in range(frames):
            recorder.add(CALLER, BOT)
        recorder.silence_from(began)
        for _ in range(60):
            recorder.add(CALLER, BOT)
        await recorder.close()

    asyncio.run(record())
    with wave.open(str(tmp_path / "call.wav")) as file:
        both = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)
    assert len(both) == (frames + 60) * 160
    kept = np.ones(frames + 60, dtype=bool)
    kept[round(began / 0.02) : frames] = False
    assert ((both[:, 0] != 0) == kept.repeat(160)).all()
    assert (both[:, 1] == 0x2222).all()
