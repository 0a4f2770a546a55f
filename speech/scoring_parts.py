"""The recordings that models are scored on, as 8 kHz samples, kept in speech/work/scoring.

dev: cut from the training speakers (sentences, single words, digit strings joined from their own syllables); decides.
human-test: other people; only for reports.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speech import corpora, features, parts, phrases, syllables, telephone
from speech.prepare import dev_speakers
from speech.settings import Settings


@dataclass(frozen=True, slots=True)
class Spoken:
    """A recording and what is said."""

    part: str
    transcript: str
    samples: np.ndarray


def development(settings: Settings) -> list[Spoken]:
    """The development recordings; made once."""
    path = settings["work"] / "scoring" / "dev.npz"
    if not path.exists():
        found = []
        for name in ("cv", "dsp20"):
            found += [(name, one) for one in corpora.recordings(name, speakers=dev_speakers(name, settings))]
        spoken = [Spoken(name, r.transcript, _narrow(r)) for name, r in found]
        spoken += digit_strings([r for name, r in found if name == "cv"], settings)
        _save(path, spoken)
    return _load(path)


def human_test(settings: Settings) -> list[Spoken]:
    """The report's recordings."""
    path = settings["work"] / "scoring" / "human-test.npz"
    if not path.exists():
        _save(path, [Spoken(r.subset, r.transcript, _narrow(r)) for r in corpora.recordings("human-test")])
    return _load(path)


def folder(path: Path) -> list[Spoken]:
    """Any folder of recordings with a TSV (file, text) in it."""
    (table,) = path.glob("*.tsv")
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    return [Spoken(path.name, text, features.decode(path / name, features.RATE)) for name, text, *_ in rows]


def over_telephone(spoken: list[Spoken], seed: int = 1) -> list[Spoken]:
    """The same over a bad line: G.711, 300–3400 Hz, noise at 15 dB."""
    rng = np.random.default_rng(seed)
    return [Spoken(s.part, s.transcript, telephone.telephone(s.samples, rng)) for s in spoken]


def digit_strings(recordings: list[corpora.Recording], settings: Settings, count: int = 80) -> list[Spoken]:
    """Digit strings joined from held-out people's own syllables (see splice.py), as sound."""
    from speech import splice, teach
    from speech.fsmn import Teacher

    teacher = Teacher(settings["teacher"])
    names = {syllables.encode(d)[0]: d for d in phrases.DIGITS}
    stock: dict[str, dict[int, list[np.ndarray]]] = {}
    for recording in recordings:
        samples = _narrow(recording)
        clip = parts_clip(recording, samples)
        posteriors = teacher.posteriors(recording.samples)
        clip.targets, clip.shares = teach.targets(posteriors, clip.labels, 0.6, 8)
        aligned = splice.align(clip)
        for position, unit in enumerate(clip.labels.tolist()) if aligned else ():
            if unit in names and splice.whole(aligned, position):
                piece = samples[aligned.cuts[position] * 240 : aligned.cuts[position + 1] * 240]
                stock.setdefault(recording.speaker, {}).setdefault(unit, []).append(piece)
    rng = np.random.default_rng(settings["seed"])
    speakers = [speaker for speaker, units in stock.items() if len(units) >= 4]
    made = []
    for number in range(count if speakers else 0):
        units = stock[speakers[number % len(speakers)]]
        chosen = rng.choice(list(units), size=int(rng.choice([1, 4, 6, 8])))
        sound = [np.zeros(2400)]
        for unit in chosen:
            pieces = units[int(unit)]
            sound += [pieces[rng.integers(len(pieces))], np.zeros(int(rng.integers(0, 1600)))]
        quiet = rng.standard_normal(sum(map(len, sound)) + 2400) * 8
        quiet[:-2400] += np.concatenate(sound)
        made.append(Spoken("digits", "".join(names[int(unit)] for unit in chosen), quiet.astype(np.float32)))
    return made


def parts_clip(recording: corpora.Recording, samples: np.ndarray) -> parts.Clip:
    """The recording as a clip."""
    mel = features.to_bytes(features.log_mel(samples))
    return parts.Clip(recording.name, recording.speaker, "cv", mel, np.array(syllables.encode(recording.transcript)))


def _narrow(recording: corpora.Recording) -> np.ndarray:
    return features.resample(recording.samples, corpora.TEACHER_RATE, features.RATE)


def _save(path: Path, spoken: list[Spoken]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        samples=np.concatenate([s.samples for s in spoken]).clip(-32768, 32767).astype(np.int16),
        lengths=np.array([len(s.samples) for s in spoken]),
        parts=np.array([s.part for s in spoken]),
        transcripts=np.array([s.transcript for s in spoken]),
    )


def _load(path: Path) -> list[Spoken]:
    with np.load(path) as archive:
        sounds = np.split(archive["samples"].astype(np.float32), np.cumsum(archive["lengths"])[:-1])
        return [
            Spoken(str(p), str(t), s) for p, t, s in zip(archive["parts"], archive["transcripts"], sounds, strict=True)
        ]
