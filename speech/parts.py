"""Compact training data: a part is one .npz of at most 60 MiB (log-mel bytes, labels, names), with the teacher's
targets beside it (NAME.targets.npz)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np


@dataclass
class Clip:
    """One utterance. `targets` (frames/3 × top) are unit numbers with `shares` (0…255 = 0…1) beside them."""

    name: str
    speaker: str
    corpus: str
    mel: np.ndarray
    labels: np.ndarray
    targets: np.ndarray | None = field(default=None)
    shares: np.ndarray | None = field(default=None)


def save(path: Path, clips: list[Clip]) -> None:
    """Write a part; targets too if the clips have them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {
        "mel": np.concatenate([clip.mel for clip in clips]),
        "frames": np.array([len(clip.mel) for clip in clips]),
        "labels": np.concatenate([np.asarray(clip.labels, dtype=np.uint16) for clip in clips]),
        "lengths": np.array([len(clip.labels) for clip in clips]),
        "names": np.array([clip.name for clip in clips]),
        "speakers": np.array([clip.speaker for clip in clips]),
        "corpora": np.array([clip.corpus for clip in clips]),
    }
    np.savez(path, **arrays)
    if clips[0].targets is not None:
        save_targets(path, [(clip.targets, clip.shares) for clip in clips])  # type: ignore[misc]


def targets_path(path: Path) -> Path:
    """Where the teacher's answers to a part lie."""
    return path.with_suffix(".targets.npz")


def save_targets(path: Path, targets: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Write the teacher's answers beside a part."""
    np.savez(
        targets_path(path),
        units=np.concatenate([units for units, _ in targets]).astype(np.uint16),
        shares=np.concatenate([shares for _, shares in targets]).astype(np.uint8),
        frames=np.array([len(units) for units, _ in targets]),
    )


def load(path: Path) -> list[Clip]:
    """Read a part (and its targets if there are any)."""
    with np.load(path) as archive:
        part = dict(archive)
    mel = np.split(part["mel"], np.cumsum(part["frames"])[:-1])
    labels = np.split(part["labels"], np.cumsum(part["lengths"])[:-1])
    clips = [
        Clip(str(name), str(speaker), str(corpus), m, u)
        for name, speaker, corpus, m, u in zip(
            part["names"], part["speakers"], part["corpora"], mel, labels, strict=True
        )
    ]
    if targets_path(path).exists():
        with np.load(targets_path(path)) as archive:
            cuts = np.cumsum(archive["frames"])[:-1]
            for clip, units, shares in zip(
                clips, np.split(archive["units"], cuts), np.split(archive["shares"], cuts), strict=True
            ):
                clip.targets, clip.shares = units, shares
    return clips


def split_by_minutes(clips: Iterable[Clip], minutes: float) -> Iterator[list[Clip]]:
    """Groups of clips of about so many minutes."""
    group: list[Clip] = []
    frames = 0
    for clip in clips:
        group.append(clip)
        frames += len(clip.mel)
        if frames >= minutes * 6000:
            yield group
            group, frames = [], 0
    if group:
        yield group
