"""A call at this machine's own devices: PulseAudio with two null sinks as microphone and loudspeaker."""

import os
import pty
import shutil
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.support.fake_exchange import read_wav

Environment = dict[str, str]


@pytest.fixture(scope="module")
def sound_card(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """The environment in which there is a microphone (`vmic`) and a loudspeaker (`vspk`)."""
    audio = shared / "telephony" / "audio"
    absent = [name for name in ("pulseaudio", "pactl", "parec", "paplay") if not shutil.which(name)]
    if not (audio / "start-pulse.sh").is_file() or absent:
        pytest.skip(f"no sound card of nothing: ../shared/telephony/audio, {', '.join(absent) or 'pulseaudio'} needed")
    environment = {**os.environ, "RIG_PULSE": str(tmp_path_factory.mktemp("pulse"))}
    script = f". {audio}/start-pulse.sh >&2 && env -0"
    started = subprocess.run(["bash", "-c", script], env=environment, stdout=subprocess.PIPE, timeout=30)
    environment |= dict(line.split("=", 1) for line in started.stdout.decode().split("\0") if "=" in line)
    if started.returncode or subprocess.run(["pactl", "info"], env=environment, capture_output=True).returncode:
        pytest.skip("PulseAudio would not start")
    yield environment
    subprocess.run(["bash", str(audio / "stop-pulse.sh")], env=environment, timeout=30)


class Terminal:
    """A call running at a terminal of its own."""

    def __init__(self, environment: Environment, folder: Path) -> None:
        self.shown = ""
        self._terminal, slave = pty.openpty()
        command = [sys.executable, "-m", "tests.support.microphone_call", str(folder)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)

    def wait_for(self, text: str) -> None:
        until = time.monotonic() + 20
        while text not in self.shown:
            assert time.monotonic() < until, self.shown
            self._read()

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def end(self) -> int:
        """Wait for the process; all it has shown is in `shown`."""
        try:
            code = self.process.wait(20)
        finally:
            self.process.kill()
        self._read()
        os.close(self._terminal)
        return code

    def _read(self) -> None:
        try:
            self.shown += os.read(self._terminal, 4096).decode(errors="replace")
        except OSError:
            pass  # the other side has closed


def test_sound_goes_both_ways_keys_arrive_and_none_is_shown(
    sound_card: Environment, tmp_path: Path, shared: Path
) -> None:
    said = tmp_path / "said.wav"
    parec = "parec -d vspk.monitor --rate=8000 --channels=1 --format=s16le --file-format=wav"
    recording = subprocess.Popen([*parec.split(), str(said)], env=sound_card)
    call = Terminal(sound_card, tmp_path)
    call.wait_for("电话已接通")
    time.sleep(0.5)
    spoken = shared / "telephony" / "out" / "say8.wav"
    subprocess.run(["paplay", "-d", "vmic", str(spoken)], env=sound_card, timeout=30, check=True)
    call.type("135792")
    time.sleep(0.3)
    call.type("#")
    assert call.end() == 0, call.shown
    recording.terminate()
    recording.wait(5)

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
    call = Terminal(sound_card, tmp_path)
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
    call = Terminal(environment, tmp_path)
    assert call.end() == 1
    assert "找不到麦克风" in call.shown or "缺少声音库" in call.shown, call.shown
    assert "Traceback" not in call.shown


def best_correlation(part: np.ndarray, whole: np.ndarray) -> float:
    size = 1 << (len(part) + len(whole)).bit_length()
    found = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)[: len(whole) - len(part)]
    at = int(np.argmax(found))
    piece = whole[at : at + len(part)]
    return float(part @ piece / (np.linalg.norm(part) * np.linalg.norm(piece) or 1.0))
