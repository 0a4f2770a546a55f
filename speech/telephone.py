"""The telephone condition the model is judged under: 8 kHz, 300–3400 Hz, G.711 µ-law, noise at 15 dB."""

import numpy as np

RATE = 8000


def band_pass(samples: np.ndarray, low: float = 300, high: float = 3400, taps: int = 129) -> np.ndarray:
    """Linear-phase FIR between two frequencies (windowed sinc, Hamming)."""
    n = np.arange(taps) - (taps - 1) / 2
    kernel = 2 * high / RATE * np.sinc(2 * high / RATE * n) - 2 * low / RATE * np.sinc(2 * low / RATE * n)
    return np.convolve(samples, kernel * np.hamming(taps), mode="same").astype(np.float32)


def mu_law(samples: np.ndarray) -> np.ndarray:
    """Through G.711 µ-law and back (continuous companding, 8 bits): the exchange's quantisation noise."""
    x = np.clip(samples / 32768, -1, 1)
    companded = np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256)
    steps = np.rint(companded * 127) / 127
    return (np.sign(steps) * np.expm1(np.abs(steps) * np.log(256)) / 255 * 32768).astype(np.float32)


def add_white_noise(samples: np.ndarray, snr_db: float, rng: np.random.Generator) -> np.ndarray:
    """White noise so many dB below the mean power of the speech (pauses included)."""
    power = float(np.mean(samples.astype(np.float64) ** 2)) + 1e-3
    noise = rng.standard_normal(len(samples)) * np.sqrt(power / 10 ** (snr_db / 10))
    return (samples + noise).astype(np.float32)


def telephone(samples: np.ndarray, rng: np.random.Generator, snr_db: float = 15) -> np.ndarray:
    """8 kHz samples as they come over a bad line."""
    return mu_law(add_white_noise(band_pass(samples), snr_db, rng))
