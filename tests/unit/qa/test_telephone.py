"""What a line and its surroundings do to a caller's sound, measured on the sound that arrives."""

import numpy as np
import pytest

from bot.audio.frame import FRAME_BYTES, SILENCE, frames_of, seconds_of
from bot.audio.loudness import TARGET_DBFS, active_level, levelled
from bot.audio.wav import decoded, line_audio
from bot.errors import ContentError
from bot.qa import codecs
from bot.qa.conditions import PIECES, STANDARD, STANDARD_NOISES, condition_of
from bot.qa.telephone import Telephone
from tests.audio.corpus import espeak, pcm


@pytest.fixture(scope="module")
def voice() -> bytes:
    """Somebody speaking, as loud as our own prompts."""
    return levelled(pcm(espeak("公积金贷款利率是多少，我想问一下怎么提取")))


async def speaks(text: str, voice: str) -> bytes:
    return levelled(pcm(espeak(text)))


async def over(written: str, sound: bytes, heard: bytes = SILENCE) -> list:
    telephone = await Telephone.under(condition_of(written), speaks)
    telephone.will_carry(sound)
    return [telephone.carry(frame, heard) for frame in frames_of(sound)]


def joined(frames: list) -> bytes:
    return b"".join(frame.samples for frame in frames)


def floats(samples: bytes) -> np.ndarray:
    return np.frombuffer(samples, "<i2").astype(float)


def likeness(a: bytes, b: bytes) -> float:
    """Of two sounds' short-time spectra, 1 if they are the same: codecs keep these and not the waveform."""
    length = min(len(a), len(b)) // 2 // 160 * 160
    spectra = [np.log1p(np.abs(np.fft.rfft(floats(x)[:length].reshape(-1, 160)))) for x in (a, b)]
    return float(np.corrcoef(spectra[0].ravel(), spectra[1].ravel())[0, 1])


async def test_a_clean_line_changes_nothing(voice):
    assert joined(await over("clean", voice)) == b"".join(frames_of(voice))


@pytest.mark.parametrize(
    ("line", "at_least"), [("alaw", 0.95), ("ulaw", 0.95), ("gsm", 0.75), ("amr", 0.7), ("amr:4.75", 0.6)]
)
async def test_codecs_change_the_voice_and_leave_it_recognisable(voice, line, at_least):
    heard = joined(await over(line, voice))
    assert heard != voice and len(heard) == len(b"".join(frames_of(voice)))
    late = {"amr": 40 * 2, "amr:4.75": 40 * 2}.get(line, 0)  # AMR looks 5 ms ahead
    assert likeness(heard[late:], voice) > at_least
    assert abs(active_level(heard) - active_level(voice)) < 2


def test_a_law_keeps_each_of_its_own_levels():
    once = codecs.g711_a(np.arange(-32768, 32768, 7, dtype="<i2").tobytes())
    assert codecs.g711_a(once) == once and len(np.unique(floats(once))) == 256


def test_a_codec_that_is_not_installed_names_its_package(monkeypatch):
    monkeypatch.setattr(codecs.ctypes, "CDLL", lambda name: (_ for _ in ()).throw(OSError(name)))
    with pytest.raises(ContentError, match="libgsm1"):
        codecs.gsm()


@pytest.mark.parametrize(("noise", "snr"), [("hiss", 15), ("street", 10), ("babble", 10), ("station", 5)])
async def test_a_noise_is_so_many_decibels_below_the_voice_and_goes_on_in_silence(voice, noise, snr):
    telephone = await Telephone.under(condition_of(f"{noise}:{snr}"), speaks)
    telephone.will_carry(voice)
    around = joined([telephone.carry(SILENCE, SILENCE) for _ in range(790)])
    level = 10 * np.log10(np.mean(floats(around) ** 2) / 32768**2)
    assert level == pytest.approx(active_level(voice) - snr, abs=1.0)


async def test_packets_are_lost_in_bursts_and_in_the_share_asked_for():
    frames = await over("loss:8", bytes(FRAME_BYTES * 20000))
    lost = np.array([frame.missing for frame in frames])
    bursts = np.count_nonzero(np.diff(lost.astype(int)) == 1)
    assert lost.mean() == pytest.approx(0.08, abs=0.015)
    assert lost.sum() / bursts == pytest.approx(3, abs=0.6)


async def test_our_own_voice_comes_back_as_far_below_as_asked(voice):
    telephone = await Telephone.under(condition_of("echo:20"), speaks)
    back = joined([telephone.carry(SILENCE, frame) for frame in frames_of(voice)])
    assert not any(back[: 4 * FRAME_BYTES])
    assert active_level(back) == pytest.approx(active_level(voice) - 20, abs=0.5)


async def test_a_low_voice_is_lower_and_an_overdriven_one_is_cut_off(voice):
    assert active_level(joined(await over("quiet:20", voice))) == pytest.approx(TARGET_DBFS - 20, abs=1)
    cut = floats(joined(await over("clip:15", voice)))
    assert np.mean(np.abs(cut) == 32767) > 0.02


async def test_the_same_line_does_the_same_each_time(voice):
    once, again = [joined(await over("gsm+loss:10+babble:5", voice)) for _ in range(2)]
    assert once == again and seconds_of(once) >= seconds_of(voice)


def test_every_standard_condition_can_be_written_and_read_back():
    for written in (*STANDARD, *STANDARD_NOISES):
        condition = condition_of(written)
        assert condition_of(str(condition)) == condition and "{" not in condition.told
    assert all(condition_of(name).told for name in PIECES)


def test_line_audio_is_read_from_a_law_files_as_before():
    assert codecs.g711_a(line_audio(decoded(a_law_file())[0], 8000)) == line_audio(decoded(a_law_file())[0], 8000)


def a_law_file() -> bytes:
    """All codes once."""
    data = bytes(range(256))
    head = (
        b"fmt "
        + (16).to_bytes(4, "little")
        + bytes([6, 0, 1, 0])
        + (8000).to_bytes(4, "little") * 2
        + bytes([1, 0, 8, 0])
    )
    body = b"WAVE" + head + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(body).to_bytes(4, "little") + body
