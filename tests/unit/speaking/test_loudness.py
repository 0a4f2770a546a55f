"""One loudness for everything that is said."""

import numpy as np
import pytest

from bot.audio.loudness import active_level, levelled, trimmed


def tone(seconds: float, peak: float) -> bytes:
    at = np.arange(int(seconds * 8000)) / 8000
    return np.round(np.sin(at * 2 * np.pi * 500) * peak * 32767).astype("<i2").tobytes()


@pytest.mark.parametrize("peak", [0.01, 0.1, 0.9])
def test_quiet_and_loud_recordings_come_out_alike(peak):
    assert active_level(levelled(tone(1, peak))) == pytest.approx(-20, abs=0.1)


def test_pauses_do_not_count():
    with_pauses = tone(1, 0.1) + bytes(16000 * 3) + tone(1, 0.1)
    assert active_level(with_pauses) == pytest.approx(active_level(tone(1, 0.1)), abs=0.1)


def test_louder_means_louder_and_peaks_are_never_clipped():
    clicks = bytearray(tone(1, 0.1))
    clicks[8000:8002] = (32000).to_bytes(2, "little", signed=True)
    louder = np.frombuffer(levelled(bytes(clicks), 12), "<i2").astype(int)
    assert np.abs(louder).max() <= 32767
    assert (np.abs(louder) >= 32767).sum() <= 1
    assert active_level(levelled(tone(1, 0.1), 6)) == pytest.approx(-14, abs=0.2)


def test_silence_stays_silence():
    assert levelled(bytes(1600)) == bytes(1600)
    assert active_level(bytes(1600)) == -np.inf
    assert levelled(b"") == b""


def test_silence_around_speech_is_cut_to_a_little():
    samples = trimmed(bytes(16000) + tone(0.5, 0.1) + bytes(32000))
    assert len(samples) / 16000 == pytest.approx(0.62, abs=0.01)
    assert trimmed(bytes(16000)) == b""
