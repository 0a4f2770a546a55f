"""The teacher: a compact FSMN character-CTC network (Kaldi nnet1 binary), evaluated with numpy.

Input, layers and sources: ../shared/speech/teacher/README.md. It answers with the posteriors of our syllables: the
probabilities of all characters with the same reading are added up.
"""

import struct
from pathlib import Path

import numpy as np
from pypinyin import lazy_pinyin

from speech import syllables

RATE = 16000
BINS = 80
Component = tuple[str, list[np.ndarray]]


def read_nnet1(path: Path) -> list[Component]:
    """Components of a Kaldi nnet1 file as (type, matrices and vectors in file order)."""
    content = path.read_bytes()
    position, components = 2, []
    while position < len(content):
        mark = content[position : position + 3]
        if mark[:1] == b"<":
            end = content.index(b" ", position)
            token = content[position + 1 : end - 1].decode()
            position = end + 1
            if token in {"AffineTransform", "LinearTransform", "Fsmn", "RectifiedLinear", "Softmax"}:
                components.append((token, []))
        elif mark[:1] == b"\4":
            position += 5
        elif mark == b"FM ":
            rows, columns = struct.unpack_from("<xixi", content, position + 3)
            matrix = np.frombuffer(content, "<f4", rows * columns, position + 13).reshape(rows, columns)
            components[-1][1].append(matrix)
            position += 13 + 4 * rows * columns
        elif mark == b"FV ":
            (size,) = struct.unpack_from("<xi", content, position + 3)
            components[-1][1].append(np.frombuffer(content, "<f4", size, position + 8))
            position += 8 + 4 * size
        else:
            raise ValueError(f"{path}: unexpected bytes {mark!r} at {position}; not a Kaldi nnet1 file")
    return components


class Teacher:
    """Answers with syllable posteriors, one row each 30 ms."""

    def __init__(self, folder: Path) -> None:
        self.components = read_nnet1(folder / "fsmn-char-ctc.net")
        self.shift, self.scale = read_mvn(folder / "fsmn-char-ctc.mvn")
        self.tokens = read_tokens(folder / "tokens.txt")
        self.folding = _folding(self.tokens)

    def posteriors(self, samples: np.ndarray) -> np.ndarray:
        """Frames/3 × 405 probabilities (blank first) of 16 kHz samples in int16 range; row j sits at frame 3j."""
        return np.exp(self.characters(filter_banks(samples))) @ self.folding

    def characters(self, banks: np.ndarray) -> np.ndarray:
        """Frames/3 × 2599 log-probabilities of the network's own tokens, from log filter banks."""
        padded = np.concatenate([banks[:1], banks[:1], banks, banks[-1:], banks[-1:]])
        x = np.concatenate([padded[i : i + len(banks)] for i in range(5)], axis=1)[::3]
        x = (x + self.shift) * self.scale
        for kind, weights in self.components:
            x = _apply(kind, weights, x)
        return x


def read_mvn(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Shift and scale of the 400 inputs: (x + shift) × scale."""
    shift, scale = (part.split("]")[0].split() for part in path.read_text().split("[")[2:])
    return np.array(shift, dtype=np.float32), np.array(scale, dtype=np.float32)


def read_tokens(path: Path) -> list[str]:
    """The network's outputs by name; 0 is blank."""
    return [line.split()[0] if line.split() else "" for line in path.read_text(encoding="utf-8").splitlines()]


def reading(token: str) -> str:
    """The syllable of ours that a token is; "" if it is no Chinese character."""
    if len(token) != 1 or not syllables.is_hanzi(token):
        return ""
    number = syllables.numbers().get(lazy_pinyin(token)[0], 0)
    return syllables.units()[number - 1] if number else ""


def _apply(kind: str, weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    if kind == "AffineTransform":
        return x @ weights[0].T + weights[1]
    if kind == "LinearTransform":
        return x @ weights[0].T
    if kind == "RectifiedLinear":
        return np.maximum(x, 0)
    if kind == "Softmax":
        x = x - x.max(axis=1, keepdims=True)
        return x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    left, right = weights  # Fsmn: y(t) = x(t) + Σ l_i x(t−i) + Σ r_j x(t+j)
    y = x + left[0] * x
    for i in range(1, min(len(left), len(x))):
        y[i:] += left[i] * x[:-i]
    for j in range(1, min(len(right), len(x) - 1) + 1):
        y[:-j] += right[j - 1] * x[j:]
    return y


def filter_banks(samples: np.ndarray) -> np.ndarray:
    """Frames × 80 log-mel energies of 16 kHz samples in int16 range, as the network was trained."""
    import kaldi_native_fbank as knf

    options = knf.FbankOptions()
    options.frame_opts.samp_freq = RATE
    options.frame_opts.dither = 0
    options.frame_opts.window_type = "hamming"
    options.mel_opts.num_bins = BINS
    bank = knf.OnlineFbank(options)
    bank.accept_waveform(RATE, samples)
    bank.input_finished()
    return np.array([bank.get_frame(i) for i in range(bank.num_frames_ready)], dtype=np.float32)


def _folding(tokens: list[str]) -> np.ndarray:
    """Tokens × units matrix of ones; what is no Chinese character counts as blank."""
    folding = np.zeros((len(tokens), len(syllables.units()) + 1), dtype=np.float32)
    numbers = syllables.numbers()
    for row, token in enumerate(tokens):
        folding[row, numbers.get(reading(token), 0)] = 1
    return folding
