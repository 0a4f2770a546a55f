"""Step 1. Corpora → compact log-mel parts, and a development part cut from the training speakers."""

import hashlib

import numpy as np
from tqdm import tqdm

from speech import corpora, features, noise, parts, syllables, synthesis, telephone
from speech.parts import Clip
from speech.settings import Settings


def run(settings: Settings) -> None:
    """Write speech/work/parts/CORPUS-n.npz and speech/work/dev-clean.npz, dev-telephone.npz."""
    work = settings["work"]
    folder = work / "parts"
    synthesis.make(settings)
    for name, entry in corpora.manifest().items():
        if name not in corpora.trainable() and entry.get("for") != "scoring":
            print(f"{name}: {entry['archive']} is not here; going on without it")
    dev: dict[str, list[Clip]] = {"clean": [], "telephone": []}
    for name in corpora.trainable():
        if (folder / f"{name}-0.npz").exists() and (work / "dev-clean.npz").exists():
            print(f"{name}: already prepared")
            continue
        held_out = dev_speakers(name, settings)
        clips = []
        rng = np.random.default_rng(settings["seed"])
        for recording in tqdm(corpora.recordings(name), total=len(corpora.table(name)), desc=name, disable=None):
            samples = features.resample(recording.samples, corpora.TEACHER_RATE, features.RATE)
            clip = _clip(name, recording, samples)
            if len(clip.mel) < 3 * len(clip.labels) + 3 or not len(clip.labels):
                continue
            if recording.speaker in held_out:
                dev["clean"].append(clip)
                dev["telephone"].append(_clip(name, recording, telephone.telephone(samples, rng)))
            else:
                clips.append(clip)
        _write(folder, name, clips, settings)
    for condition, clips in dev.items():
        if clips:
            parts.save(work / f"dev-{condition}.npz", clips)
    if not (folder / "noise-0.npz").exists():
        _write(folder, "noise", _noise(settings), settings)


def dev_speakers(name: str, settings: Settings) -> set[str]:
    """The speakers of a corpus that are held out: the first ones in the order of their names' SHA-1."""
    speakers = sorted(
        {row["speaker"] for row in corpora.table(name)}, key=lambda s: hashlib.sha1(s.encode()).hexdigest()
    )
    return set(speakers[: settings["prepare"]["dev_speakers"].get(name, 0)])


def _clip(corpus: str, recording: corpora.Recording, samples: np.ndarray) -> Clip:
    mel = features.to_bytes(features.log_mel(samples))
    return Clip(recording.name, recording.speaker, corpus, mel, np.array(syllables.encode(recording.transcript)))


def _write(folder: "parts.Path", name: str, clips: list[Clip], settings: Settings) -> None:
    for number, group in enumerate(parts.split_by_minutes(clips, settings["prepare"]["part_minutes"])):
        parts.save(folder / f"{name}-{number}.npz", group)


def _noise(settings: Settings) -> list[Clip]:
    """Clips without a word: their targets are blank."""
    rng = np.random.default_rng(settings["seed"])
    clips = []
    for number in range(int(settings["prepare"]["noise_minutes"] * 10)):
        mel = features.to_bytes(features.log_mel(noise.non_speech(rng, 6.0)))
        frames = (len(mel) + 2) // 3
        targets = np.zeros((frames, settings["teach"]["top"]), dtype=np.uint16)
        shares = np.zeros_like(targets, dtype=np.uint8)
        shares[:, 0] = 255
        clips.append(Clip(f"noise_{number}", "noise", "noise", mel, np.zeros(0, dtype=np.uint16), targets, shares))
    return clips
