"""Step 4. Checkpoint → am/final.mdl, am/global_cmvn.stats and conf/; the file is read back and must equal PyTorch."""

import argparse
import re
from pathlib import Path

import numpy as np
import torch

from speech import features, syllables
from speech.decoding import model_conf
from speech.evaluator import Evaluator
from speech.mdl import Affine, Model, write
from speech.network import Layer, Network, Shape
from speech.settings import ROOT, Settings

TOLERANCE = 1e-4


class ExportError(Exception):
    """Raised when the written file does not compute what PyTorch computes."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Options of this step."""
    command.add_argument("--name", default="main", help="run below speech/work/runs")
    command.add_argument("--weights", default="final.pt", help="file in the run's folder")
    command.add_argument("--model", type=Path, default=ROOT / "speech" / "work" / "model", help="folder to write")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Write the acoustic half of a Vosk folder."""
    network, mean = load(settings["work"] / "runs" / options.name / options.weights)
    export(network, mean, options.model, settings["export"])


def load(path: Path) -> tuple[Network, np.ndarray]:
    """A trained network and the global mean of its input."""
    state = torch.load(path, weights_only=True, map_location="cpu")
    shape = state["shape"]
    network = Network(Shape(**{**shape, "reach": tuple(map(tuple, shape["reach"]))}))
    network.load_state_dict(state["weights"])
    return network.eval(), state["mean"].numpy()


def export(network: Network, mean: np.ndarray, folder: Path, settings: dict[str, float]) -> float:
    """Write am/ and conf/ and prove the file; the greatest difference in log-probability."""
    for name in ("am", "conf"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    path = folder / "am" / "final.mdl"
    model = assemble(network, settings["blank_penalty"])
    write(path, model, len(syllables.units()))
    (folder / "am" / "global_cmvn.stats").write_text(cmvn_text(mean), encoding="ascii")
    (folder / "conf" / "mfcc.conf").write_text(features.MFCC_CONF, encoding="ascii")
    conf = model_conf(syllables.silence(), settings)
    (folder / "conf" / "model.conf").write_text(conf, encoding="ascii")
    difference = prove(network, path, settings["blank_penalty"])
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB; read back, differs from PyTorch by {difference:.1e}")
    return difference


def prove(network: Network, path: Path, blank_penalty: float) -> float:
    """Compare file and PyTorch on random input; raises ExportError above 1e-4."""
    x = np.random.default_rng(1).normal(0, 10, (201, features.BINS)).astype(np.float32)
    with torch.no_grad():
        logits = network.double()(torch.from_numpy(x).double()[None])[0].numpy().astype(np.float64)
    network.float()
    logits[:, syllables.BLANK] -= blank_penalty
    expected = np.roll(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True), -1, axis=1)
    difference = float(np.abs(Evaluator(path)(x) - expected).max())
    if difference > TOLERANCE:
        raise ExportError(f"{path} computes something else than PyTorch: difference {difference:.2e}")
    return difference


def assemble(network: Network, blank_penalty: float) -> Model:
    """Fold the norms into affines and name the nodes. Blank moves from place 0 to the last pdf."""
    model = Model(left=3 * network.shape.left + 3, right=3 * network.shape.right + 3)

    def affine(name: str, weights: np.ndarray, bias: np.ndarray, source: str) -> str:
        model.affines[name] = Affine(weights, bias)
        model.nodes.append((name, name, source))
        return name

    def plain(name: str, kind: str, size: int, source: str) -> str:
        model.plain[name] = (kind, size)
        model.nodes.append((name, name, source))
        return name

    wide = ", ".join(f"Offset(input, {i})" if i else "input" for i in range(-2, 3))
    at = affine("front", *folded(network.front), f"Append({wide})")
    at = plain("front_relu", "RectifiedLinear", network.shape.front, at)
    at = affine("stride", *folded(network.stride), f"Append(Offset({at}, -1), {at}, Offset({at}, 1))")
    at = plain("stride_relu", "RectifiedLinear", network.shape.width, at)
    for number, (block, (left, right)) in enumerate(zip(network.blocks, network.shape.reach, strict=True)):
        source = f"Append(Offset({at}, {-3 * left}), {at}, Offset({at}, {3 * right}))"
        up = affine(f"block{number}", *folded(block), source)  # type: ignore[arg-type]
        up = plain(f"relu{number}", "RectifiedLinear", network.shape.width, up)
        at = plain(f"sum{number}", "NoOp", network.shape.width, f"Sum({up}, {at})")
    bias = network.output.bias.detach().numpy().copy()
    bias[syllables.BLANK] -= blank_penalty
    at = affine("output_affine", np.roll(network.output.weight.detach().numpy(), -1, axis=0), np.roll(bias, -1), at)
    plain("log_softmax", "LogSoftmax", len(bias), at)
    return model


def folded(layer: Layer) -> tuple[np.ndarray, np.ndarray]:
    """Affine and norm as one affine map."""
    weights, norm = layer.affine.weight.detach(), layer.norm
    if norm is None:
        return weights.numpy(), layer.affine.bias.detach().numpy()
    scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach()  # type: ignore[operator]
    bias = (norm.bias - norm.running_mean * scale).detach()  # type: ignore[operator]
    return (weights * scale[:, None]).numpy(), bias.numpy()


def imported(folder: Path, blank_penalty: float) -> tuple[Network, np.ndarray]:
    """The way back: a Vosk folder made of these parts → a network to go on training, and its global mean.

    `blank_penalty` is what was taken from blank's logit when the folder was written; it is given back.
    """
    reader = Evaluator(folder / "am" / "final.mdl")
    affines = [(reader.nodes[n][1], *reader.components[reader.nodes[n][0]][1]) for n in reader.affine_nodes()]
    offsets = [[int(x) for x in re.findall(r"Offset\([^,]+, (-?\d+)\)", source)] for source, *_ in affines]
    reach = tuple((-row[0] // 3, row[1] // 3) for row in offsets[2:-1])
    network = Network(Shape(affines[0][1].shape[0], affines[1][1].shape[0], reach, norms=False))
    layers = [layer.affine for layer in (network.front, network.stride, *network.blocks)]  # type: ignore[union-attr]
    for linear, (_, weights, bias) in zip([*layers, network.output], affines, strict=True):
        last = linear is network.output
        given_back = np.eye(1, len(bias), len(bias) - 1)[0] * blank_penalty * last
        linear.weight.data = torch.from_numpy(np.roll(weights, 1 if last else 0, axis=0)).float()
        linear.bias.data = torch.from_numpy(np.roll(bias + given_back, 1 if last else 0)).float()
    numbers = (folder / "am" / "global_cmvn.stats").read_text().replace("[", " ").split()
    return network.eval(), np.array([float(x) for x in numbers[:40]], dtype=np.float32) / float(numbers[40])


def cmvn_text(mean: np.ndarray, count: int = 1000) -> str:
    """Kaldi's CMVN statistics as text: sums and count, sums of squares (variance 1, unused) and 0."""
    sums = " ".join(f"{value * count:.6g}" for value in mean)
    squares = " ".join(f"{(value**2 + 1) * count:.6g}" for value in mean)
    return f" [\n  {sums} {count}\n  {squares} 0 ]\n"
