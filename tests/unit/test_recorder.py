"""What is taken out of a recording is out of the file, and nothing else is."""

import asyncio
import resource
import stat
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

from bot.audio.dtmf import find_keys
from bot.audio.frame import SILENCE, frames_of
from bot.call.recorder import Recorder
from tests.support.fake_exchange import tone

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


def test_only_its_owner_may_read_a_recording(tmp_path):
    async def record():
        recorder = Recorder(tmp_path / "call.wav", ThreadPoolExecutor(1))
        for _ in range(60):
            recorder.add(CALLER, BOT)
        await recorder.close()

    asyncio.run(record())
    assert stat.S_IMODE((tmp_path / "call.wav").stat().st_mode) == 0o600


@pytest.mark.parametrize("gap_frames", [1, 2, 3, 7])
@pytest.mark.parametrize("seconds", [0.05, 0.08, 0.2, 1.3])
def test_tones_of_keys_are_not_recorded_whenever_they_fall(tmp_path, seconds, gap_frames):
    voice = np.random.default_rng(1).normal(0, 2000, 8000).astype("<i2").tobytes()
    sound = voice + b"".join(tone(key, seconds) + bytes(320 * gap_frames) for key in "2869313#") + voice

    async def record():
        recorder = Recorder(tmp_path / "call.wav", ThreadPoolExecutor(1))
        for frame in frames_of(sound):
            recorder.add(frame, BOT)
        await recorder.close()

    asyncio.run(record())
    with wave.open(str(tmp_path / "call.wav")) as file:
        both = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)
    assert find_keys(sound) and find_keys(both[:, 0].tobytes()) == []
    assert both[:7680, 0].tobytes() == voice[: 2 * 7680] and (both[:, 1] == 0x2222).all()
    assert len(both) == 160 * len(list(frames_of(sound)))


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """Files of this process take so many bytes and no more, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_ends_the_recording_and_not_the_call(tmp_path):
    async def record():
        recorder = Recorder(tmp_path / "call.wav", ThreadPoolExecutor(1))
        with no_room_beyond(100_000):
            for _ in range(400):
                recorder.add(CALLER, BOT)
            await recorder.close()

    asyncio.run(record())
    kept = (tmp_path / "call.wav").read_bytes()
    assert 64_000 < len(kept) <= 100_000 and kept.count(b"\x11\x11\x22\x22") > 10_000


def test_a_recording_out_of_which_a_password_cannot_be_taken_is_deleted(tmp_path):
    async def record():
        recorder = Recorder(tmp_path / "call.wav", ThreadPoolExecutor(1))
        for _ in range(200):
            recorder.add(CALLER, BOT)
        recorder.silence_from(3.99)  # waits until the pieces before it are on the disk
        await asyncio.sleep(0.2)
        with no_room_beyond(1000):
            recorder.silence_from(1.0)
            await recorder.close()

    asyncio.run(record())
    assert not (tmp_path / "call.wav").exists()
