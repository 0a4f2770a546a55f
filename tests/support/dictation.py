"""People who dictate a number: recorded single digits of one speaker, joined with natural pauses."""

import csv
import random
import tarfile
from pathlib import Path

import numpy as np

from bot.audio.frame import LINE_RATE
from tests.audio.corpus import Samples, decoded, frame_levels, levelled, pcm

_DIGITS = "零一二三四五六七八九"
_PAUSE_SECONDS = (0.25, 0.4)
_EDGE_FRAMES = 4


class Speaker:
    """Ten recorded digits of one person."""

    def __init__(self, name: str, digits: list[Samples]) -> None:
        self.name = name
        self._digits = digits

    def dictates(self, number: str) -> bytes:
        """The digits as line audio, the same pauses for the same number every time."""
        pauses = random.Random(number)
        pieces = [_silence(0.2)]
        for digit in number:
            pieces += [self._digits[int(digit)], _silence(pauses.uniform(*_PAUSE_SECONDS))]
        return pcm(np.concatenate(pieces))


def speakers(speech: Path) -> list[Speaker]:
    """Everybody in human-test who said all ten digits. Only ever to score: nothing is chosen by these."""
    with (speech / "human-test.tsv").open(encoding="utf-8") as rows:
        table = [row for row in csv.DictReader(rows, delimiter="\t") if row["subset"] == "digits_open"]
    found: dict[str, dict[str, str]] = {}
    for row in table:
        found.setdefault(row["speaker"], {})[row["transcript"]] = row["file"]
    with tarfile.open(speech / "human-test.tar") as tar:
        return [
            Speaker(name, [_trimmed(levelled(decoded(tar.extractfile(files[digit]).read()))) for digit in _DIGITS])  # type: ignore[union-attr]
            for name, files in found.items()
            if set(_DIGITS) <= set(files)
        ]


def _trimmed(samples: Samples) -> Samples:
    """Without the silence around it (what is 30 dB below its loudest), which differs from recording to recording."""
    levels = frame_levels(samples)
    loud = np.flatnonzero(levels > np.percentile(levels, 95) - 30)
    frame = LINE_RATE // 50
    return samples[max(0, loud[0] - _EDGE_FRAMES) * frame : (loud[-1] + 1 + _EDGE_FRAMES) * frame]


def _silence(seconds: float) -> Samples:
    return np.zeros(int(LINE_RATE * seconds), np.float32)
