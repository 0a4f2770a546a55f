"""The recordings of corpora.yml: checked, unpacked, decoded one after the other."""

import csv
import hashlib
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from speech import features
from speech.settings import ROOT, SPEECH

TEACHER_RATE = 16000


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording and what is said in it. `samples`: float32, int16 range, 16 kHz."""

    name: str
    transcript: str
    speaker: str
    subset: str
    samples: np.ndarray


class CorpusError(Exception):
    """Raised when an archive is missing or is not the one the manifest names."""


def manifest() -> dict[str, dict[str, str]]:
    """corpora.yml."""
    entries: dict[str, dict[str, str]] = yaml.safe_load((SPEECH / "corpora.yml").read_text(encoding="utf-8"))
    return entries


def trainable() -> list[str]:
    """Names of the corpora whose archives are here and may be trained on."""
    return [n for n, e in manifest().items() if e.get("for") != "scoring" and (ROOT / e["archive"]).exists()]


def check(name: str) -> Path:
    """The archive's path, once its checksum has been found right."""
    entry = manifest()[name]
    path = ROOT / entry["archive"]
    if not path.exists():
        raise CorpusError(f"{name}: {path} is not here; it can be had from {entry.get('address', 'see corpora.yml')}")
    if "sha256" in entry:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != entry["sha256"]:
            raise CorpusError(f"{name}: {path} has SHA-256 {found}, corpora.yml says {entry['sha256']}")
    return path


def table(name: str) -> list[dict[str, str]]:
    """The rows of a corpus's TSV."""
    path = (ROOT / manifest()[name]["archive"]).with_suffix(".tsv")
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def recordings(name: str, rate: int = TEACHER_RATE, speakers: set[str] | None = None) -> Iterator[Recording]:
    """Every recording of a corpus, or of these speakers, in the archive's order."""
    rows = {row["file"]: row for row in table(name) if speakers is None or row["speaker"] in speakers}
    with tarfile.open(check(name)) as archive:
        for member in archive:
            row = rows.get(member.name)
            stream = archive.extractfile(member) if row else None
            if row is None or stream is None:
                continue
            samples = features.decode(stream.read(), rate)
            yield Recording(member.name, row["transcript"], row["speaker"], row["subset"], samples)
