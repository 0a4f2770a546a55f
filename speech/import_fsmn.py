"""A better ear from outside: a published FSMN character-CTC checkpoint (docs/models.md) → a Vosk folder with our graph.

16 kHz. The filter banks the network wants are Vosk's MFCCs with as many cepstra as mel bins, undone by the transposed
cosine transform in the first affine; a memory block is an affine over twelve spliced steps. Its outputs are characters:
`units.txt` tells the graph which of them sound alike, and they become parallel arcs.
"""

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np

from speech import graph, mdl, vocabulary
from speech.decoding import model_conf
from speech.evaluator import Evaluator
from speech.fsmn import BINS, Teacher, reading
from speech.mdl import Affine, Model
from speech.settings import Settings

TOLERANCE = 1e-4
MFCC_CONF = """--sample-frequency=16000
--allow-upsample=true
--window-type=hamming
--num-mel-bins=80
--num-ceps=80
--cepstral-lifter=0
--use-energy=false
--dither=0
"""


class ImportFailed(Exception):
    """Raised when the written network computes something else than the checkpoint."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Options of this step."""
    command.add_argument("checkpoint", type=Path, help="folder with fsmn-char-ctc.net, fsmn-char-ctc.mvn, tokens.txt")
    command.add_argument("model", type=Path, help="Vosk folder to write")
    command.add_argument("--blank-penalty", type=float, default=3.0, help="nats taken from blank")
    command.add_argument("--acoustic-scale", type=float, default=0.7)


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Write the folder, prove the network, build the graph."""
    teacher = Teacher(options.checkpoint)
    (options.model / "am").mkdir(parents=True, exist_ok=True)
    (options.model / "conf").mkdir(exist_ok=True)
    phones = len(teacher.tokens) - 1
    path = options.model / "am" / "final.mdl"
    mdl.write(path, assemble(teacher, 0.0), phones)
    difference = proved(path, teacher)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, difference from the checkpoint {difference:.1e}")
    mdl.write(path, assemble(teacher, options.blank_penalty), phones)
    (options.model / "units.txt").write_text("".join(f"{reading(t)}\n" for t in teacher.tokens[1:]), encoding="utf-8")
    (options.model / "conf" / "mfcc.conf").write_text(MFCC_CONF)
    conf = model_conf(phones + 1, settings["export"] | {"acoustic_scale": options.acoustic_scale})
    (options.model / "conf" / "model.conf").write_text(conf)
    print(graph.build(options.model / "graph", vocabulary.sentences(seed=settings["seed"]), settings["graph"]))


def assemble(teacher: Teacher, blank_penalty: float) -> Model:
    """The checkpoint in the parts that Vosk's network file and the evaluator know; blank becomes the last output."""
    model = Model(left=0, right=0)

    def affine(name: str, weights: np.ndarray, bias: np.ndarray, source: str) -> str:
        model.affines[name] = Affine(weights, bias)
        model.nodes.append((name, name, source))
        return name

    wide = ", ".join(f"Offset(input, {i})" if i else "input" for i in range(-2, 3))
    undo = np.kron(np.eye(5), cosine_transform().T)  # log-mel = MFCC @ transposed cosine transform
    at, size, counts = "", 0, defaultdict(int)
    model.left = model.right = 2
    for kind, weights in teacher.components:
        if kind == "Softmax":
            break
        counts[kind] += 1
        name = f"{kind.lower()}{counts[kind]}"
        if kind == "RectifiedLinear":
            model.plain[name] = ("RectifiedLinear", size)
            model.nodes.append((name, name, at))
            at = name
            continue
        if kind == "Fsmn":
            left, right = weights
            steps = [*range(-len(left) + 1, 1), *range(1, len(right) + 1)]
            taps = [*left[::-1], *right]
            taps[len(left) - 1] = taps[len(left) - 1] + 1
            source = ", ".join(f"Offset({at}, {3 * step})" if step else at for step in steps)
            at = affine(
                name, np.concatenate([np.diag(tap) for tap in taps], axis=1), np.zeros(size), f"Append({source})"
            )
            model.left += 3 * (len(left) - 1)
            model.right += 3 * len(right)
            continue
        matrix = weights[0].astype(np.float64)
        bias = weights[1].astype(np.float64) if len(weights) > 1 else np.zeros(len(matrix))
        if not at:
            bias = bias + matrix @ (teacher.shift * teacher.scale)
            matrix = matrix * teacher.scale @ undo
            at = affine(name, matrix, bias, f"Append({wide})")
        else:
            at = affine(name, matrix, bias, at)
        size = len(matrix)
    last = model.affines[at]
    last.bias[0] -= blank_penalty
    last.weights, last.bias = np.roll(last.weights, -1, axis=0), np.roll(last.bias, -1)
    model.plain["log_softmax"] = ("LogSoftmax", size)
    model.nodes.append(("log_softmax", "log_softmax", at))
    return model


def cosine_transform() -> np.ndarray:
    """80 × 80, orthonormal: MFCC without lifter = this @ log-mel; its transpose leads back (Kaldi ComputeDctMatrix)."""
    index = np.arange(BINS)
    rows = np.sqrt(2 / BINS) * np.cos(np.pi / BINS * np.outer(index, index + 0.5))
    rows[0] = np.sqrt(1 / BINS)
    return rows


def proved(path: Path, teacher: Teacher, frames: int = 120) -> float:
    """Largest difference between the written file, evaluated independently, and the checkpoint. Raises ImportFailed.

    Both hear the same noise between long repetitions of its first and last frame: outside the sound the checkpoint
    sees zeros, Vosk sees the edge repeated.
    """
    rng = np.random.default_rng(1)
    banks = rng.normal(12, 3, (frames, BINS))
    edge = 150
    padded = np.concatenate([np.repeat(banks[:1], edge, 0), banks, np.repeat(banks[-1:], edge, 0)])
    expected = teacher.characters(padded)[edge // 3 : (edge + frames) // 3]
    found = np.roll(Evaluator(path)(banks @ cosine_transform().T), 1, axis=1)
    difference = float(np.abs(found - expected).max())
    if difference > TOLERANCE:
        raise ImportFailed(f"{path} computes something else than the checkpoint: difference {difference:.1e}")
    return difference
