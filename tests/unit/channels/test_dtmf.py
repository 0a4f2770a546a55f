"""Keys heard as tones: whatever a telephone line does to them, and never in speech."""

import random
import shutil
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import pytest

from bot.audio.dtmf import TonesToKeys, find_keys, may_hold_keys
from bot.audio.frame import Frame, frames_of
from bot.events import DigitPressed
from tests.support.fake_exchange import tone

ALL_KEYS = "0123456789*#"


def typed(keys: str, seconds: float = 0.05, gap_seconds: float = 0.05, snr_db: float = 30.0, **shape: float) -> bytes:
    """Keys with noise, at any place in the 20 ms raster, through G.711."""
    chance = random.Random(12329)
    level = shape.setdefault("low_dbfs", -16.0)
    parts = [bytes(800)]
    for key in keys:
        parts += [tone(key, seconds, **shape), bytes(2 * (int(8000 * gap_seconds) + chance.randrange(160)))]
    audio = np.frombuffer(b"".join(parts), "<i2").astype(float)
    noise = np.random.default_rng(12329).normal(0, 10 ** ((level - snr_db) / 20) * 32768, len(audio))
    return mu_law(audio + noise)


def mu_law(audio: np.ndarray) -> bytes:
    """There and back."""
    x = np.clip(audio / 32768, -1, 1)
    coded = np.round(np.sign(x) * np.log1p(255 * abs(x)) / np.log(256) * 127) / 127
    return bytes((np.sign(coded) * (256 ** abs(coded) - 1) / 255 * 32767).astype("<i2"))


def keys_in(samples: bytes) -> str:
    return "".join(key for _, key in find_keys(samples))


@pytest.mark.parametrize(
    "shape",
    [
        {"seconds": 0.1, "gap_seconds": 0.1},
        {"seconds": 0.04, "gap_seconds": 0.04},
        {"twist_db": 4.0},
        {"twist_db": -8.0},
        {"detune": 0.015},
        {"detune": -0.015},
        {"snr_db": 15.0},
        {"seconds": 0.1, "snr_db": 10.0},
        {"low_dbfs": -36.0, "snr_db": 25.0},
        {"seconds": 2.0},
    ],
    ids=str,
)
def test_every_key_is_heard_once(shape: dict[str, float]) -> None:
    assert keys_in(typed(ALL_KEYS, **shape)) == ALL_KEYS
    assert all(may_hold_keys(typed(key, **shape)) for key in ALL_KEYS)


def test_the_same_key_twice_is_two_keys() -> None:
    assert keys_in(typed("1100##")) == "1100##"


@pytest.mark.parametrize(
    "shape", [{"seconds": 0.02, "gap_seconds": 0.1}, {"detune": 0.035}, {"twist_db": 14.0}], ids=str
)
def test_what_no_telephone_sends_is_no_key(shape: dict[str, float]) -> None:
    assert keys_in(typed(ALL_KEYS, **shape)) == ""


@pytest.mark.parametrize("seconds", [0.04, 0.1, 0.3])
def test_no_trace_of_a_tone_stays_in_the_audio_and_the_time_line_is_kept(seconds: float) -> None:
    tones = TonesToKeys()
    audio = typed("135792", seconds, snr_db=90.0)
    out = [heard for samples in frames_of(audio) for heard in tones.hear(Frame(samples))]
    frames = [heard for heard in out if isinstance(heard, Frame)]
    assert [heard.digit for heard in out if isinstance(heard, DigitPressed)] == list("135792")
    assert len(frames) == len(frames_of(audio)) - 2  # held back
    left = np.frombuffer(b"".join(frame.samples for frame in frames), "<i2")
    assert np.abs(left).max() < 10
    assert sum(frame.missing for frame in frames) * 0.02 > 6 * seconds


def test_speech_passes_untouched_and_gives_no_key(shared: Path, tmp_path: Path) -> None:
    """Minutes of the training part (talk-off)."""
    if not shutil.which("ffmpeg"):
        pytest.skip("no ffmpeg to read the recordings of ../shared/speech")
    with tarfile.open(shared / "speech" / "common-voice-zh-CN-train.tar") as tar:
        members = [member for member in tar if member.name.endswith(".opus")][:100]
        tar.extractall(tmp_path, members, filter="data")
    (tmp_path / "list").write_text("".join(f"file '{member.name}'\n" for member in members))
    command = "ffmpeg -v error -f concat -safe 0 -i list -ar 8000 -ac 1 -f s16le -"
    speech = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=True).stdout
    assert len(speech) > 16000 * 400
    assert find_keys(speech) == []
    tones = TonesToKeys()
    out = b"".join(frame.samples for s in frames_of(speech[:1_600_000]) for frame in tones.hear(Frame(s)))
    assert out == speech[: len(out)]
