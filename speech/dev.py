"""The development part: greedy syllable error of the best path, clean and over the telephone, per corpus."""

import numpy as np
import torch

from speech import features, parts
from speech.network import Network
from speech.parts import Clip
from speech.settings import Settings

LONGEST = 40
"""Clips of each corpus and condition scored during training."""


def load(settings: Settings) -> dict[str, list[Clip]]:
    """CORPUS/CONDITION → clips."""
    found: dict[str, list[Clip]] = {}
    for path in sorted(settings["work"].glob("dev-*.npz")):
        for clip in parts.load(path):
            found.setdefault(f"{clip.corpus}/{path.stem[4:]}", []).append(clip)
    return {name: clips[:: max(1, len(clips) // LONGEST)] for name, clips in found.items()}


def errors(network: Network, development: dict[str, list[Clip]], mean: torch.Tensor) -> dict[str, float]:
    """Syllable error rate of each group."""
    network.eval()
    device = next(network.parameters()).device
    rates = {}
    for name, clips in development.items():
        wrong = total = 0
        for clip in clips:
            mfcc = features.from_bytes(clip.mel) @ features.cepstral_matrix()
            x = torch.from_numpy(features.running_mean_removed(mfcc, mean.numpy()))[None].to(device)
            with torch.no_grad(), torch.autocast(device.type, dtype=torch.bfloat16):
                answers = network(x)[0].cpu().numpy()
            wrong += distance(best_path(answers), clip.labels.tolist())
            total += len(clip.labels)
        rates[name] = wrong / max(1, total)
    network.train()
    return rates


def best_path(answers: np.ndarray) -> list[int]:
    """Most probable unit each frame, repetitions and blanks taken out."""
    best = answers.argmax(axis=1)
    keep = np.concatenate([[True], best[1:] != best[:-1]]) & (best != 0)
    return best[keep].tolist()


def distance(heard: list[int] | str, said: list[int] | str) -> int:
    """Edit distance (Levenshtein): substitutions, insertions and deletions count one each."""
    row = list(range(len(said) + 1))
    for i, x in enumerate(heard, start=1):
        before, row[0] = row[0], i
        for j, y in enumerate(said, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
