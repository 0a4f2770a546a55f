"""Telephone, rooms, noise and other throats, all in the log-mel domain: a batch costs almost nothing.

Input and output: batch × frames × 40 nats. `strength` 0…1 scales how far everything goes, and how often noise is loud.
"""

import math

import numpy as np
import torch
from torch import Tensor

from speech.features import BINS

LOW, HIGH = 40.0, 3800.0
NATS_A_DB = math.log(10) / 10


def mel(hertz: Tensor | float) -> Tensor:
    """Kaldi's mel scale."""
    return 1127.0 * torch.log1p(torch.as_tensor(hertz) / 700.0)


def centres() -> Tensor:
    """Centre frequency of each bin in hertz."""
    low, high = mel(LOW), mel(HIGH)
    return 700 * torch.expm1((low + (high - low) * torch.arange(1, BINS + 1) / (BINS + 1)) / 1127.0)


def batch(x: Tensor, pool: Tensor, strength: float, rng: torch.Generator) -> Tensor:
    """A batch as it might have come over somebody's telephone."""
    size = len(x)

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(size, 1, 1, generator=rng)

    def chance(p: float) -> Tensor:
        return torch.rand(size, 1, 1, generator=rng) < p

    x = warp_throat(x, uniform(-0.16, 0.16).flatten() * strength)
    x = x + uniform(-12, 12) * NATS_A_DB * 2 * strength + channel(size, rng) * strength
    x = torch.where(chance(0.35 * strength), echo(x, uniform(0.3, 1.2), uniform(-10, -2)), x)
    level = loudness(x)
    near = noise(x, pool, strength, rng)
    near = near + level - torch.where(chance(0.6 * strength), uniform(8, 30), uniform(30, 60)) * NATS_A_DB
    x = torch.where(chance(0.6), band(torch.logaddexp(x, near), rng), torch.logaddexp(x, near))
    line = flat_noise(x, rng)
    x = torch.logaddexp(
        x, line + loudness(x) - torch.where(chance(0.6 * strength), uniform(11, 28), uniform(30, 60)) * NATS_A_DB
    )
    return masks(x, strength, rng)


def loudness(x: Tensor) -> Tensor:
    """Mean power of an utterance over bins and time, in nats; pauses included, as SNR is usually counted."""
    return (torch.logsumexp(x, dim=(1, 2), keepdim=True) - math.log(x.shape[1] * x.shape[2])).detach()


def warp_throat(x: Tensor, amount: Tensor) -> Tensor:
    """Stretch the frequency axis by 1 + amount: shorter and longer vocal tracts, children, women, men."""
    low, high = mel(LOW), mel(HIGH)
    position = (mel(centres() * (1 + amount[:, None])) - low) / (high - low) * (BINS + 1) - 1
    position = position.clamp(0, BINS - 1)
    floor = position.floor().clamp(max=BINS - 2)
    share = position - floor
    matrix = torch.zeros(len(x), BINS, BINS)
    matrix.scatter_(1, floor.long()[:, None], (1 - share)[:, None])
    matrix.scatter_(1, floor.long()[:, None] + 1, share[:, None])
    return x @ matrix


def channel(size: int, rng: torch.Generator) -> Tensor:
    """A smooth random frequency response: tilt and two bumps."""
    axis = torch.linspace(-1, 1, BINS)
    tilt = torch.randn(size, 1, 1, generator=rng) * 0.9 * axis
    middle = torch.rand(size, 2, 1, generator=rng) * 2 - 1
    height = torch.randn(size, 2, 1, generator=rng) * 0.8
    bumps = (height * torch.exp(-(((axis - middle) / 0.25) ** 2))).sum(dim=1, keepdim=True)
    return tilt + bumps


def echo(x: Tensor, decay_nats: Tensor, level_db: Tensor) -> Tensor:
    """A room: earlier frames smeared into later ones, falling by `decay_nats` each 20 ms."""
    tail = torch.full_like(x, -20.0)
    for step in range(1, 9):
        tail[:, 2 * step :] = torch.logaddexp(tail[:, 2 * step :], x[:, : -2 * step] - decay_nats * step)
    return torch.logaddexp(x, tail + level_db * NATS_A_DB)


def noise(x: Tensor, pool: Tensor, strength: float, rng: torch.Generator) -> Tensor:
    """Unit-power noise as long as the batch: recorded non-speech, or the batch's other speakers (babble)."""
    size, frames, _ = x.shape
    start = torch.randint(0, len(pool) - frames, (size,), generator=rng)
    found = torch.stack([pool[s : s + frames] for s in start.tolist()])
    others = torch.logaddexp(x.roll(1, 0).flip(1), x.roll(2, 0))
    babble = torch.rand(size, 1, 1, generator=rng) < 0.3 * strength
    chosen = torch.where(babble, others - loudness(others), found - loudness(found))
    return chosen + channel(size, rng) * 0.7


def band(x: Tensor, rng: torch.Generator) -> Tensor:
    """The telephone's 300–3400 Hz: everything outside falls by 15…45 dB."""
    low = 300 + 60 * torch.randn(len(x), 1, 1, generator=rng)
    high = 3400 + 80 * torch.randn(len(x), 1, 1, generator=rng)
    depth = (15 + 30 * torch.rand(len(x), 1, 1, generator=rng)) * NATS_A_DB
    frequency = centres()
    outside = ((low - frequency) / 120).clamp(0, 1) + ((frequency - high) / 150).clamp(0, 1)
    return x - depth * outside


def flat_noise(x: Tensor, rng: torch.Generator) -> Tensor:
    """White noise as mel bins see it: wider bins hold more of it, narrow bins flicker more (χ²)."""
    width = centres() / 700 + 1
    degrees = (width * 2).expand_as(x)
    flicker = torch._standard_gamma(degrees, generator=rng) / degrees
    shape = torch.log(width / width.mean()) + torch.log(flicker + 1e-4)
    return shape - loudness(shape)


def masks(x: Tensor, strength: float, rng: torch.Generator) -> Tensor:
    """SpecAugment: a few short times and bands are replaced by the utterance's mean."""
    size, frames, _ = x.shape
    mean = x.mean(dim=1, keepdim=True)
    hidden = torch.zeros(size, frames, BINS, dtype=torch.bool)
    time, bins = torch.arange(frames)[None, :], torch.arange(BINS)[None, :]
    for _ in range(max(1, frames // 250)):
        start = torch.randint(0, frames, (size, 1), generator=rng)
        length = torch.rand(size, 1, generator=rng) * 14 * strength
        hidden |= ((time >= start) & (time < start + length))[:, :, None]
    for _ in range(2):
        start = torch.randint(0, BINS, (size, 1), generator=rng)
        length = torch.rand(size, 1, generator=rng) * 6 * strength
        hidden |= ((bins >= start) & (bins < start + length))[:, None, :]
    return torch.where(hidden, mean, x)


def speed(mel_frames: np.ndarray, rate: float) -> np.ndarray:
    """Faster (rate above 1) or slower speech by interpolation in time."""
    length = max(6, int(len(mel_frames) / rate))
    position = np.minimum(np.arange(length) * rate, len(mel_frames) - 1)
    floor = np.minimum(position.astype(int), len(mel_frames) - 2)
    share = (position - floor)[:, None].astype(np.float32)
    return mel_frames[floor] * (1 - share) + mel_frames[floor + 1] * share
