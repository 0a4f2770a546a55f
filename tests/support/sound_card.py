"""A sound card made of nothing (PulseAudio with two null sinks), and a program that runs at a terminal beside it."""

import os
import pty
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT

Environment = dict[str, str]


@pytest.fixture(scope="module")
def sound_card(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """The environment in which there is a microphone (`vmic`) and a loudspeaker (`vspk`). Skips where it cannot be."""
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
    """A program running at a terminal of its own."""

    def __init__(self, environment: Environment, *command: str) -> None:
        self.shown = ""
        self._terminal, slave = pty.openpty()
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)

    def wait_for(self, text: str, within_seconds: float = 20) -> None:
        """Wait until it has shown this text."""
        assert self.shows(text, within_seconds), self.shown

    def shows(self, text: str, within_seconds: float) -> bool:
        """Whether it shows this text in time."""
        until = time.monotonic() + within_seconds
        while text not in self.shown and time.monotonic() < until:
            if select.select([self._terminal], [], [], 0.2)[0]:
                self._read()
        return text in self.shown

    def type(self, keys: str) -> None:
        """Type on its keyboard."""
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


@contextmanager
def played_sound(sound_card: Environment, path: Path) -> Iterator[None]:
    """Record what the loudspeaker plays meanwhile (8 kHz)."""
    parec = "parec -d vspk.monitor --rate=8000 --channels=1 --format=s16le --file-format=wav"
    recording = subprocess.Popen([*parec.split(), str(path)], env=sound_card)
    try:
        yield
    finally:
        recording.terminate()
        recording.wait(5)


def speak_into_microphone(sound_card: Environment, wav: Path) -> None:
    """Play a WAV where the microphone is; returns when it was played."""
    subprocess.run(["paplay", "-d", "vmic", str(wav)], env=sound_card, timeout=30, check=True)
