"""Audio to the numbers Vosk's network sees, and to the numbers it is trained from.

Log-mel: kaldi-native-fbank with the options of the model's mfcc.conf. MFCC = log-mel × orthonormal DCT-II × lifter
1 + 11·sin(π·i/22) (Kaldi feat/mel-computations.cc ComputeLifterCoeffs, matrix-functions.cc ComputeDctMatrix). Then
the running mean of Kaldi's OnlineCmvn (feat/online-feature.cc): up to 600 frames back, filled up with at most 200
frames of the global mean.
"""

import io
from pathlib import Path

import numpy as np
import soxr

RATE = 8000
BINS = 40
MFCC_CONF = """--sample-frequency=8000
--num-mel-bins=40
--num-ceps=40
--use-energy=false
--low-freq=40
--high-freq=-200
--dither=0
"""
STEPS_A_NAT = 9
"""Log-mel is kept as one byte: nine steps a nat (0.48 dB a step), 0…28 nats."""
CMN_WINDOW = 600
CMN_GLOBAL = 200


def decode(source: bytes | Path, rate: int) -> np.ndarray:
    """Mono float32 samples in int16 range at the rate, from any file libsndfile reads."""
    import soundfile

    stream = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    samples, original = soundfile.read(stream, dtype="float32", always_2d=True)
    return resample(samples.mean(axis=1) * 32768, original, rate)


def resample(samples: np.ndarray, original: int, rate: int) -> np.ndarray:
    """The same sound at another rate."""
    if original == rate:
        return samples
    return soxr.resample(samples, original, rate).astype(np.float32)


def log_mel(samples: np.ndarray) -> np.ndarray:
    """Frames × 40 log-mel energies (nats) of 8 kHz samples in int16 range; 25 ms windows every 10 ms."""
    import kaldi_native_fbank as knf

    options = knf.FbankOptions()
    options.frame_opts.samp_freq = RATE
    options.frame_opts.dither = 0
    options.mel_opts.num_bins = BINS
    options.mel_opts.low_freq = 40
    options.mel_opts.high_freq = -200
    options.use_energy = False
    bank = knf.OnlineFbank(options)
    bank.accept_waveform(RATE, samples)
    bank.input_finished()
    frames = [bank.get_frame(i) for i in range(bank.num_frames_ready)]
    return np.array(frames, dtype=np.float32).reshape(-1, BINS)


def to_bytes(mel: np.ndarray) -> np.ndarray:
    """Log-mel rounded to one byte a value."""
    return np.clip(np.rint(mel * STEPS_A_NAT), 0, 255).astype(np.uint8)


def from_bytes(compact: np.ndarray) -> np.ndarray:
    """Back to nats."""
    return compact.astype(np.float32) / STEPS_A_NAT


def cepstral_matrix() -> np.ndarray:
    """40 × 40: mfcc = log_mel @ this."""
    index = np.arange(BINS)
    dct = np.sqrt(2 / BINS) * np.cos(np.pi / BINS * np.outer(index + 0.5, index))
    dct[:, 0] = np.sqrt(1 / BINS)
    return (dct * (1 + 11 * np.sin(np.pi * index / 22))).astype(np.float32)


def running_mean_removed(mfcc: np.ndarray, global_mean: np.ndarray) -> np.ndarray:
    """What Vosk does when am/global_cmvn.stats is there."""
    sums = np.cumsum(mfcc, axis=0, dtype=np.float64)
    count = np.arange(1, len(mfcc) + 1, dtype=np.float64)[:, None]
    if len(mfcc) > CMN_WINDOW:
        sums[CMN_WINDOW:] = sums[CMN_WINDOW:] - sums[:-CMN_WINDOW].copy()
        count[CMN_WINDOW:] = CMN_WINDOW
    extra = np.minimum(CMN_WINDOW - count, CMN_GLOBAL).clip(0)
    return (mfcc - (sums + extra * global_mean) / (count + extra)).astype(np.float32)


def network_input(samples: np.ndarray, global_mean: np.ndarray) -> np.ndarray:
    """Frames × 40: MFCC with the running mean removed, from 8 kHz samples in int16 range."""
    return running_mean_removed(log_mel(samples) @ cepstral_matrix(), global_mean)
