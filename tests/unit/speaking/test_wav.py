"""WAV files of every kind become line audio."""

import subprocess
import wave

import numpy as np
import pytest

from bot.audio.frame import seconds_of
from bot.audio.wav import read_wav, write_wav
from bot.errors import ContentError

TONE_HERTZ = 440


def tone_strength(samples: bytes) -> float:
    """Share of the energy at TONE_HERTZ."""
    heard = np.frombuffer(samples, "<i2").astype(float)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) ** 2
    at = round(TONE_HERTZ * len(heard) / 8000)
    return spectrum[at - 3 : at + 4].sum() / spectrum.sum()


@pytest.mark.parametrize(
    "made",
    [
        "-r 8000 -b 16 -e signed-integer",
        "-r 16000 -b 16 -e signed-integer",
        "-r 44100 -b 24 -e signed-integer",
        "-r 48000 -b 32 -e signed-integer",
        "-r 22050 -b 32 -e floating-point",
        "-r 16000 -b 64 -e floating-point",
        "-r 11025 -b 8 -e unsigned-integer",
        "-r 8000 -b 8 -e mu-law",
        "-r 8000 -b 8 -e a-law",
        "-r 48000 -b 16 -e signed-integer -c 2",
        "-r 48000 -b 24 -e signed-integer -c 6",
    ],
)
def test_any_encoding_rate_and_number_of_channels_is_read(tmp_path, made):
    file = tmp_path / "tone.wav"
    subprocess.run(
        ["sox", "-n", *made.split(), str(file), "synth", "1", "sine", str(TONE_HERTZ), "vol", "0.5"], check=True
    )
    samples = read_wav(file)
    assert seconds_of(samples) == pytest.approx(1, abs=0.001)
    assert tone_strength(samples) > 0.99
    middle = np.frombuffer(samples, "<i2")[1000:-1000]
    assert np.abs(middle.astype(int)).max() == pytest.approx(16384, rel=0.04)  # A-law has steps of 1024 here


def test_what_was_written_is_read_back(tmp_path):
    samples = np.arange(-8000, 8000, dtype="<i2").tobytes()
    write_wav(tmp_path / "mono.wav", samples)
    assert read_wav(tmp_path / "mono.wav") == samples


def test_both_sides_of_a_call_are_left_and_right_and_equally_long(tmp_path):
    caller, bot = np.full(100, 5, "<i2"), np.full(160, 7, "<i2")
    write_wav(tmp_path / "call.wav", caller.tobytes(), bot.tobytes())
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 160)
        sides = np.frombuffer(file.readframes(160), "<i2").reshape(-1, 2)
    assert (sides[:100, 0] == 5).all() and (sides[100:, 0] == 0).all() and (sides[:, 1] == 7).all()


def test_a_recording_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path):
    write_wav(tmp_path / "call.wav", bytes(16000))
    whole = (tmp_path / "call.wav").read_bytes()
    (tmp_path / "call.wav").write_bytes(whole[:8001])
    assert 0.4 < seconds_of(read_wav(tmp_path / "call.wav")) < 0.5


@pytest.mark.parametrize("content", [b"", b"RIFF", b"ID3 this is an mp3", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0"])
def test_what_is_no_wav_is_named_in_chinese(tmp_path, content):
    (tmp_path / "bad.wav").write_bytes(content)
    with pytest.raises(ContentError, match="bad.wav：不是能读的 WAV 文件"):
        read_wav(tmp_path / "bad.wav")


def test_a_missing_file_is_a_content_error(tmp_path):
    with pytest.raises(ContentError):
        read_wav(tmp_path / "none.wav")
