"""A call at this machine's own devices: PulseAudio with two null sinks as microphone and loudspeaker."""

import os
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.support.fake_exchange import read_wav
from tests.support.sound_card import Environment, Terminal, played_sound, sound_card, speak_into_microphone

__all__ = ["sound_card"]


def microphone_call(environment: Environment, folder: Path) -> Terminal:
    return Terminal(environment, sys.executable, "-m", "tests.support.microphone_call", str(folder))


def test_sound_goes_both_ways_keys_arrive_and_none_is_shown(
    sound_card: Environment, tmp_path: Path, shared: Path
) -> None:
    said = tmp_path / "said.wav"
    spoken = shared / "telephony" / "out" / "say8.wav"
    with played_sound(sound_card, said):
        call = microphone_call(sound_card, tmp_path)
        call.wait_for("电话已接通")
        time.sleep(0.5)
        speak_into_microphone(sound_card, spoken)
        call.type("135792")
        time.sleep(0.3)
        call.type("#")
        assert call.end() == 0, call.shown

    order = (tmp_path / "order").read_text()
    assert order.replace("f", "").replace("m", "") == "135792#"
    shown = [line for line in call.shown.split("戴耳机。")[1].splitlines() if not line.startswith("ALSA lib")]
    assert not set("135792#") & set("".join(shown))
    speech, heard = (np.frombuffer(read_wav(path), "<i2").astype(float) for path in (spoken, tmp_path / "heard.wav"))
    assert best_correlation(speech[16000:48000], heard) > 0.9
    with wave.open(str(said)) as file:
        played = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    sounding = np.abs(played) > 1000
    assert 1.8 < np.ptp(np.flatnonzero(sounding)) / 8000 < 2.3
    assert sounding.sum() / 8000 > 1.5  # no holes in the tone


def test_q_hangs_up_and_the_terminal_is_as_before(sound_card: Environment, tmp_path: Path) -> None:
    call = microphone_call(sound_card, tmp_path)
    call.wait_for("电话已接通")
    call.type("q")
    assert call.end() == 0, call.shown


def test_the_devices_are_listed(sound_card: Environment) -> None:
    listed = subprocess.run(
        [sys.executable, "-c", "from bot.channels.microphone import list_devices; print(list_devices())"],
        cwd=ROOT, env=sound_card, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert "pulse（麦克风、扬声器" in listed.stdout, listed


def test_without_any_device_the_caller_is_told_in_chinese(tmp_path: Path) -> None:
    if Path("/dev/snd").exists():
        pytest.skip("this machine has a sound card")
    environment = {**os.environ, "PULSE_SERVER": "unix:/nonexistent"}
    call = microphone_call(environment, tmp_path)
    assert call.end() == 1
    assert "找不到麦克风" in call.shown or "缺少声音库" in call.shown, call.shown
    assert "Traceback" not in call.shown


def best_correlation(part: np.ndarray, whole: np.ndarray) -> float:
    size = 1 << (len(part) + len(whole)).bit_length()
    found = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)[: len(whole) - len(part)]
    at = int(np.argmax(found))
    piece = whole[at : at + len(part)]
    return float(part @ piece / (np.linalg.norm(part) * np.linalg.norm(piece) or 1.0))


def test_a_preview_is_heard_from_the_loudspeaker(sound_card: Environment, tmp_path: Path) -> None:
    said = tmp_path / "said.wav"
    command = [sys.executable, "-m", "bot", "preview", "您好，请问您要办理什么业务？"]
    with played_sound(sound_card, said):
        shown = subprocess.run(command, cwd=ROOT, env=sound_card, capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0 and "这段文字" in shown.stdout, shown
    played = np.frombuffer(read_wav(said), "<i2").astype(float)
    assert np.ptp(np.flatnonzero(np.abs(played) > 1000)) / 8000 > 1.5
