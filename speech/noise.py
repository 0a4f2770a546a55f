"""Sounds that are not speech, as waveforms: taught as silence, and mixed into speech in the log-mel domain."""

import numpy as np

RATE = 8000


def coloured(rng: np.random.Generator, length: int, slope: float) -> np.ndarray:
    """Noise whose power falls with frequency to the power of the slope (0 white, 1 pink, 2 brown)."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    frequency = np.fft.rfftfreq(length, 1 / RATE)
    return np.fft.irfft(spectrum / np.maximum(frequency, 30) ** (slope / 2), length)


def swelling(rng: np.random.Generator, length: int) -> np.ndarray:
    """A slow random loudness curve: traffic, wind, breath."""
    points = rng.uniform(-1.5, 1.5, max(2, length // 4000 + 2))
    return np.exp(np.interp(np.arange(length), np.linspace(0, length, len(points)), points))


def tones(rng: np.random.Generator, length: int) -> np.ndarray:
    """Ringing, busy tone, hum or a few notes."""
    t = np.arange(length) / RATE
    kind = rng.integers(3)
    if kind == 0:
        on, off = ((1.0, 4.0), (0.35, 0.35), (0.2, 0.2))[rng.integers(3)]
        return np.sin(2 * np.pi * 450 * t) * ((t % (on + off)) < on)
    if kind == 1:
        return sum(np.sin(2 * np.pi * 50 * k * t) / k**0.7 for k in range(1, 12))
    sound = np.zeros(length)
    for start in range(0, length, int(RATE * rng.uniform(0.2, 0.6))):
        pitch = 110 * 2 ** (rng.integers(0, 36) / 12)
        note = t[: length - start]
        wave = sum(np.sin(2 * np.pi * pitch * k * note) / k ** rng.uniform(1, 2) for k in range(1, 6))
        sound[start:] += wave * np.exp(-note * rng.uniform(2, 8))
    return sound


def knocks(rng: np.random.Generator, length: int) -> np.ndarray:
    """Clicks, keys, cutlery: short bursts at random times."""
    sound = np.zeros(length)
    for start in rng.integers(0, length, size=max(1, length // 4000)):
        burst = int(rng.integers(20, 600))
        piece = rng.standard_normal(burst) * np.exp(-np.arange(burst) / (burst / 4))
        sound[start : start + burst] += piece[: length - start] * rng.uniform(0.2, 1)
    return sound


def breath(rng: np.random.Generator, length: int) -> np.ndarray:
    """Into the microphone: in and out every few seconds, hiss with a throat's resonances, a little pop now and then."""
    sound = np.zeros(length)
    start = int(rng.uniform(0, RATE))
    while start < length:
        piece = int(RATE * rng.uniform(0.4, 1.6))
        hiss = coloured(rng, piece, rng.uniform(0.3, 1.5))
        spectrum = np.fft.rfft(hiss)
        frequency = np.fft.rfftfreq(piece, 1 / RATE)
        for centre in (rng.uniform(400, 900), rng.uniform(1200, 2000), rng.uniform(2200, 3200)):
            spectrum *= 1 + 3 * np.exp(-(((frequency - centre) / 200) ** 2))
        hiss = np.fft.irfft(spectrum, piece) * np.sin(np.pi * np.arange(piece) / piece) ** 2
        sound[start : start + piece] += (hiss / (hiss.std() + 1e-9))[: length - start] * rng.uniform(0.3, 1)
        start += piece + int(RATE * rng.uniform(0.2, 2.5))
    return sound + rng.standard_normal(length) * 0.01


def non_speech(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Some non-speech at a random level (−60 … −20 dBFS), samples in int16 range."""
    length = int(seconds * RATE)
    kind = rng.integers(5)
    if kind == 0:
        sound = coloured(rng, length, rng.uniform(0, 2)) * swelling(rng, length)
    elif kind == 1:
        sound = tones(rng, length)
    elif kind == 2:
        sound = knocks(rng, length)
    else:
        sound = coloured(rng, length, rng.uniform(0, 1.2))
    level = 32768 * 10 ** (rng.uniform(-60, -20) / 20)
    sound = sound / (np.sqrt(np.mean(sound**2)) + 1e-9) * level
    return (sound + rng.standard_normal(length) * rng.uniform(0.3, 10)).clip(-32768, 32767).astype(np.float32)
