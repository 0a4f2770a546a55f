"""Synthetic speakers: espeak-ng reads pinyin with tone numbers, so the pronunciation is known exactly.

Cheap (about 250 × real time) and useful for words that people never recorded; worthless alone (see
docs/speech-results.md). The archive has the form of the human corpora.
"""

import csv
import io
import random
import subprocess
import tarfile
from pathlib import Path

import jieba
import numpy as np
import soundfile
from tqdm import tqdm

from speech import corpora, features, phrases, syllables
from speech.settings import ROOT, SPEECH, Settings

VARIANTS = (
    "adam Alex anika aunty belinda benjamin boris caleb david ed edward f1 f2 f3 f4 f5 iven iven3 john linda "
    "m1 m2 m3 m4 m5 m6 m7 m8 marcelo max michel miguel norbert paul pedro quincy rob robert sandro shelby steph "
    "steph2 travis victor zac Andrea Annie Alicia Diogo Gene Jacky Lee Mario Michael Mike klatt klatt2 klatt4"
)


def voices() -> list[str]:
    """Voice variants that sound like people more or less."""
    return VARIANTS.split()


def say(text: str, voice: str, speed: int, pitch: int, rate: int) -> np.ndarray:
    """Speak a Chinese text with espeak-ng; samples in int16 range at the rate."""
    command = ["espeak-ng", "-v", f"cmn-latn-pinyin+{voice}", "-s", str(speed), "-p", str(pitch), "--stdout"]
    wav = subprocess.run([*command, syllables.with_tones(text)], check=True, capture_output=True).stdout
    samples = np.frombuffer(wav[44:], dtype="<i2").astype(np.float32)
    return features.resample(samples, 22050, rate)


def make(settings: Settings) -> Path:
    """Speak everything `synthetic_minutes` asks for into speech/work/synthetic.tar; kept if it is there."""
    path = ROOT / corpora.manifest()["synthetic"]["archive"]
    if path.exists():
        return path
    rng = random.Random(settings["seed"])
    terms = (SPEECH / "terms.txt").read_text(encoding="utf-8").split()
    general = [word for word, _ in phrases.frequent_words(Path(jieba.__file__).with_name("dict.txt"), 6000)]
    kinds = {
        "digits": lambda: phrases.digits(rng),
        "numbers": lambda: phrases.number(rng),
        "domain": lambda: phrases.domain(terms, rng),
        "general": lambda: phrases.general(general, rng),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = []
    with tarfile.open(path.with_suffix(".part"), "w") as archive:
        for kind, minutes in settings["prepare"]["synthetic_minutes"].items():
            seconds = 0.0
            with tqdm(total=minutes * 60, desc=f"synthetic {kind}", unit="s", disable=None) as bar:
                while seconds < minutes * 60:
                    text, voice = kinds[kind](), rng.choice(voices())
                    samples = say(text, voice, rng.randrange(120, 230), rng.randrange(20, 80), corpora.TEACHER_RATE)
                    if len(samples) < 2000:
                        continue
                    name = f"synthetic/{kind}_{len(rows):05d}.flac"
                    _add(archive, name, samples)
                    length = len(samples) / corpora.TEACHER_RATE
                    rows.append([name, text, f"espeak_{voice}", "espeak-ng", "made here", kind, f"{length:.2f}"])
                    seconds += length
                    bar.update(length)
    _write_table(path.with_suffix(".tsv"), rows)
    return path.with_suffix(".part").rename(path)


def _add(archive: tarfile.TarFile, name: str, samples: np.ndarray) -> None:
    stream = io.BytesIO()
    soundfile.write(stream, samples.clip(-32768, 32767).astype(np.int16), corpora.TEACHER_RATE, format="FLAC")
    member = tarfile.TarInfo(name)
    member.size = stream.getbuffer().nbytes
    stream.seek(0)
    archive.addfile(member, stream)


def _write_table(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, delimiter="\t", quoting=csv.QUOTE_NONE, escapechar=None)
        table.writerow("file transcript speaker source licence subset seconds".split())
        table.writerows(rows)
