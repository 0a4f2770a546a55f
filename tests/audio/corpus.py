"""Sound to measure the ear with: people from the training part of ../shared/speech, never from human-test."""

import csv
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
SPEECH = ROOT.parent / "shared" / "speech"
FRAME = 160
Samples = NDArray[numpy.float32]


@dataclass(frozen=True)
class Clip:
    """One recording, 8 kHz, at -26 dBFS while it speaks."""

    transcript: str
    speaker: str
    samples: Samples


def decoded(data: bytes) -> Samples:
    """Any sound file as 8 kHz samples of full scale 1."""
    line = ["ffmpeg", "-v", "error", "-i", "-", "-ar", "8000", "-ac", "1", "-f", "s16le", "-"]
    raw = subprocess.run(line, input=data, capture_output=True, check=True).stdout
    return numpy.frombuffer(raw, "<i2").astype(numpy.float32) / 32768


def people(
    part: str,
    count: int,
    per_speaker: int = 1,
    longest_seconds: float = 9.0,
    wanted: Callable[[str], object] = lambda transcript: True,
) -> list[Clip]:
    """The first clips of each speaker, speakers in turn, until there are `count`; only `wanted` transcripts."""
    with (SPEECH / f"{part}.tsv").open() as rows:
        table = list(csv.DictReader(rows, delimiter="\t"))
    taken: dict[str, int] = {}
    chosen = []
    for row in table:
        if float(row["seconds"]) > longest_seconds or taken.get(row["speaker"], 0) >= per_speaker:
            continue
        if not wanted(row["transcript"]):
            continue
        taken[row["speaker"]] = taken.get(row["speaker"], 0) + 1
        chosen.append(row)
    chosen = chosen[:: max(1, len(chosen) // count)][:count]
    with tarfile.open(SPEECH / f"{part}.tar") as tar:
        return [
            Clip(row["transcript"], row["speaker"], levelled(decoded(tar.extractfile(row["file"]).read())))  # type: ignore[union-attr]
            for row in chosen
        ]


@lru_cache(maxsize=2048)
def espeak(text: str, variant: str = "", pitch: int = 50, speed: int = 165) -> Samples:
    """A synthetic caller: exact silence around it, pronunciation always right."""
    voice = "cmn-latn-pinyin" + (f"+{variant}" if variant else "")
    line = ["espeak-ng", "-v", voice, "-p", str(pitch), "-s", str(speed), "--stdout", text]
    return levelled(decoded(subprocess.run(line, capture_output=True, check=True).stdout))


def frame_levels(samples: Samples) -> NDArray[numpy.float64]:
    """dBFS of each 20 ms frame."""
    whole = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(numpy.float64)
    return 10 * numpy.log10((whole**2).mean(1) + 1e-10)


def levelled(samples: Samples, dbfs: float = -26.0) -> Samples:
    """The same sound with its speaking frames (within 20 dB of the loudest ones) at this level."""
    levels = frame_levels(samples)
    loud = levels[levels > numpy.percentile(levels, 95) - 20]
    power = (10 ** (loud / 10)).mean()
    return (samples * (10 ** (dbfs / 20) / numpy.sqrt(power))).astype(numpy.float32)


def cleanness(samples: Samples) -> float:
    """dB between the loud and the quiet frames: where it is large, levels alone tell voice from silence."""
    levels = frame_levels(samples)
    return float(numpy.percentile(levels, 95) - numpy.percentile(levels, 8))


def voice_labels(samples: Samples) -> NDArray[numpy.int8]:
    """Per frame of a clean recording: 1 voice, 0 silence, -1 undecided. By level, so only for clean sound."""
    levels = frame_levels(samples)
    top, floor = numpy.percentile(levels, 95), numpy.percentile(levels, 5)
    upper, lower = max(top - 25, floor + 15), max(top - 35, floor + 8)
    labels = numpy.full(len(levels), -1, numpy.int8)
    labels[levels >= upper] = 1
    labels[levels < lower] = 0
    loud = numpy.concatenate([[0], labels == 1, [0]]).astype(int)
    steps = numpy.diff(loud)
    for begin, end in zip(numpy.flatnonzero(steps == 1), numpy.flatnonzero(steps == -1), strict=True):
        if end - begin < 4:  # less than 80 ms is a click of the recorder or of the lips
            labels[begin:end] = -1
    last = -10
    for at in numpy.flatnonzero(labels == 1):  # a gap of up to 120 ms inside speech is no silence
        if 1 < at - last <= 6:
            inside = slice(last + 1, at)
            labels[inside] = numpy.where(labels[inside] == 0, -1, labels[inside])
        last = at
    return labels


def telephone(samples: Samples) -> Samples:
    """300-3400 Hz and G.711 mu-law there and back."""
    spectrum = numpy.fft.rfft(samples)
    hertz = numpy.fft.rfftfreq(len(samples), 1 / 8000)
    slope = numpy.clip((hertz - 200) / 100, 0, 1) * numpy.clip((3500 - hertz) / 100, 0, 1)
    narrow = numpy.clip(numpy.fft.irfft(spectrum * slope, len(samples)), -1, 1)
    code = numpy.round(numpy.sign(narrow) * numpy.log1p(255 * numpy.abs(narrow)) / numpy.log(256) * 127) / 127
    return (numpy.sign(code) * (256 ** numpy.abs(code) - 1) / 255).astype(numpy.float32)


def with_noise(samples: Samples, noise: Samples, snr_db: float, speech_dbfs: float = -26.0) -> Samples:
    """Add noise so many dB below the speaking level."""
    cut = numpy.resize(noise, len(samples))
    power = float((cut.astype(numpy.float64) ** 2).mean())
    return (samples + cut * (10 ** ((speech_dbfs - snr_db) / 20) / numpy.sqrt(power))).astype(numpy.float32)


def white(seconds: float, seed: int = 1) -> Samples:
    """Hiss."""
    return numpy.random.default_rng(seed).standard_normal(int(seconds * 8000)).astype(numpy.float32)


def babble(clips: list[Clip], seconds: float = 20) -> Samples:
    """Eight people at once."""
    length = int(seconds * 8000)
    return numpy.sum([numpy.resize(clip.samples, length) for clip in clips[:8]], axis=0).astype(numpy.float32)


def pcm(samples: Samples) -> bytes:
    """Line audio."""
    return bytes((samples * 32767).clip(-32768, 32767).astype("<i2").tobytes())
