"""The development part: greedy syllable error of the best path, clean and over the telephone, per corpus."""

import torch

from speech import features, parts
from speech.errors import best_path, distance
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
