"""The teacher: a compact FSMN character-CTC network (Kaldi nnet1 binary), evaluated with PyTorch.

Input, layers and sources: ../shared/speech/teacher/README.md. It answers with the posteriors of our syllables: the
probabilities of all characters with the same reading are added up.
"""

import struct
from pathlib import Path

import kaldi_native_fbank as knf
import numpy as np
import torch
from pypinyin import lazy_pinyin

from speech import syllables

RATE = 16000
Component = tuple[str, list[torch.Tensor]]


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
            components[-1][1].append(torch.from_numpy(matrix.copy()))
            position += 13 + 4 * rows * columns
        elif mark == b"FV ":
            (size,) = struct.unpack_from("<xi", content, position + 3)
            components[-1][1].append(torch.from_numpy(np.frombuffer(content, "<f4", size, position + 8).copy()))
            position += 8 + 4 * size
        else:
            raise ValueError(f"{path}: unexpected bytes {mark!r} at {position}; not a Kaldi nnet1 file")
    return components


class Teacher:
    """Answers with syllable posteriors, one row each 30 ms."""

    def __init__(self, folder: Path) -> None:
        self.components = read_nnet1(folder / "fsmn-char-ctc.net")
        numbers = [part.split("]")[0].split() for part in (folder / "fsmn-char-ctc.mvn").read_text().split("[")[2:]]
        self.shift, self.scale = (torch.tensor([float(x) for x in row]) for row in numbers)
        self.folding = _folding(folder / "tokens.txt")

    def posteriors(self, samples: np.ndarray) -> np.ndarray:
        """Frames/3 × 405 probabilities (blank first) of 16 kHz samples in int16 range; row j sits at frame 3j."""
        x = torch.from_numpy(_filter_banks(samples))
        padded = torch.cat([x[:1], x[:1], x, x[-1:], x[-1:]])
        x = torch.cat([padded[i : i + len(x)] for i in range(5)], dim=1)[::3]
        x = (x + self.shift) * self.scale
        with torch.no_grad():
            for kind, weights in self.components:
                x = _apply(kind, weights, x)
            return (x @ self.folding).numpy()


def _apply(kind: str, weights: list[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    if kind == "AffineTransform":
        return x @ weights[0].T + weights[1]
    if kind == "LinearTransform":
        return x @ weights[0].T
    if kind == "RectifiedLinear":
        return x.relu()
    if kind == "Softmax":
        return x.softmax(dim=1)
    left, right = weights  # Fsmn: y(t) = x(t) + Σ l_i x(t−i) + Σ r_j x(t+j)
    y = x + left[0] * x
    for i in range(1, min(len(left), len(x))):
        y[i:] += left[i] * x[:-i]
    for j in range(1, min(len(right), len(x) - 1) + 1):
        y[:-j] += right[j - 1] * x[j:]
    return y


def _filter_banks(samples: np.ndarray) -> np.ndarray:
    options = knf.FbankOptions()
    options.frame_opts.samp_freq = RATE
    options.frame_opts.dither = 0
    options.frame_opts.window_type = "hamming"
    options.mel_opts.num_bins = 80
    bank = knf.OnlineFbank(options)
    bank.accept_waveform(RATE, samples)
    bank.input_finished()
    return np.array([bank.get_frame(i) for i in range(bank.num_frames_ready)], dtype=np.float32)


def _folding(tokens: Path) -> torch.Tensor:
    """Characters × units matrix of ones; what is no Chinese character counts as blank."""
    names = [line.split()[0] if line.split() else "" for line in tokens.read_text(encoding="utf-8").splitlines()]
    folding = torch.zeros(len(names), len(syllables.units()) + 1)
    numbers = syllables.numbers()
    for row, name in enumerate(names):
        unit = numbers.get(lazy_pinyin(name)[0], 0) if len(name) == 1 and syllables.is_hanzi(name) else 0
        folding[row, unit] = 1
    return folding
