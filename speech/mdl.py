"""Kaldi's binary am/final.mdl: TransitionModel, then AmNnetSimple. Written and read back, without Kaldi.

Layout (hmm/transition-model.cc, nnet3/nnet-nnet.cc, nnet3/am-nnet-simple.cc; checked against what Vosk 0.3.45 loads):
a token is its text and a space; int32 and float are `\\4` and four bytes; a vector of int32 is `\\4`, size, values; a
matrix `FM `, rows, columns, values; a vector `FV `, size, values.
"""

import io
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

SYLLABLE_STATES = (
    ((0, 0.5), (1, 0.25), (2, 0.25)),  # its own pdf: again, on to blank, out
    ((1, 0.5), (2, 0.5)),  # the blank after it
)
SILENCE_STATES = (((0, 0.5), (1, 0.5)),)


@dataclass
class Affine:
    """FixedAffineComponent: W x + b."""

    weights: np.ndarray
    bias: np.ndarray


@dataclass
class Model:
    """The part of a final.mdl that computes: nodes in order (name, component, input descriptor) and the affines."""

    nodes: list[tuple[str, str, str]] = field(default_factory=list)
    affines: dict[str, Affine] = field(default_factory=dict)
    plain: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Component name → (RectifiedLinear | NoOp | LogSoftmax, dimension)."""
    left: int = 0
    right: int = 0


class Writer:
    """Kaldi's basic types."""

    def __init__(self) -> None:
        self.stream = io.BytesIO()

    def token(self, text: str) -> None:
        """`<Token> `."""
        self.stream.write(text.encode() + b" ")

    def integer(self, value: int) -> None:
        """int32."""
        self.stream.write(struct.pack("<bi", 4, value))

    def real(self, value: float) -> None:
        """float32."""
        self.stream.write(struct.pack("<bf", 4, value))

    def integers(self, values: list[int]) -> None:
        """std::vector<int32>."""
        self.stream.write(struct.pack("<bi", 4, len(values)) + struct.pack(f"<{len(values)}i", *values))

    def array(self, values: np.ndarray) -> None:
        """Matrix or vector of float32."""
        self.stream.write(b"FM " if values.ndim == 2 else b"FV ")
        for size in values.shape:
            self.integer(size)
        self.stream.write(np.ascontiguousarray(values, dtype="<f4").tobytes())


def transition_ids(phone: int, units: int) -> tuple[int, ...]:
    """The transition-ids of a phone: (again, to blank, out, blank again, blank out), or SIL's (again, out)."""
    first = 5 * (phone - 1) + 1
    return tuple(range(first, first + (2 if phone > units else 5)))


def write(path: Path, model: Model, units: int) -> None:
    """Write a final.mdl; pdfs 0…units−1 are the syllables, pdf `units` is blank."""
    writer = Writer()
    writer.stream.write(b"\0B")
    _write_transitions(writer, units)
    _write_network(writer, model)
    path.write_bytes(writer.stream.getvalue())


def _write_transitions(writer: Writer, units: int) -> None:
    phones = units + 1
    writer.token("<TransitionModel>")
    writer.token("<Topology>")
    writer.integers(list(range(1, phones + 1)))
    writer.integers([-1] + [0] * units + [1])
    writer.integer(2)
    for states in (SYLLABLE_STATES, SILENCE_STATES):
        writer.integer(len(states) + 1)
        for number, arcs in enumerate(states):
            writer.integer(number)
            writer.integer(len(arcs))
            for target, probability in arcs:
                writer.integer(target)
                writer.real(probability)
        writer.integer(-1)
        writer.integer(0)
    writer.token("</Topology>")
    triples = [(p, s, p - 1 if s == 0 else units) for p in range(1, phones) for s in (0, 1)] + [(phones, 0, units)]
    writer.token("<Triples>")
    writer.integer(len(triples))
    for triple in triples:
        for value in triple:
            writer.integer(value)
    writer.token("</Triples>")
    once = [p for arcs in SYLLABLE_STATES for _, p in arcs]
    probabilities = once * units + [p for arcs in SILENCE_STATES for _, p in arcs]
    writer.token("<LogProbs>")
    writer.array(np.array([0.0, *np.log(probabilities)]))
    writer.token("</LogProbs>")
    writer.token("</TransitionModel>")


def _write_network(writer: Writer, model: Model) -> None:
    writer.token("<Nnet3>")
    lines = ["", f"input-node name=input dim={model.affines[model.nodes[0][1]].weights.shape[1] // 5}"]
    lines += [f"component-node name={n} component={c} input={i}" for n, c, i in model.nodes]
    lines += [f"output-node name=output input={model.nodes[-1][0]} objective=linear", "", ""]
    writer.stream.write("\n".join(lines).encode())
    writer.token("<NumComponents>")
    writer.integer(len(model.nodes))
    for _, name, _ in model.nodes:
        writer.token("<ComponentName>")
        writer.token(name)
        if name in model.affines:
            _write_affine(writer, model.affines[name])
        else:
            _write_plain(writer, *model.plain[name])
    writer.token("</Nnet3>")
    writer.token("<LeftContext>")
    writer.integer(model.left)
    writer.token("<RightContext>")
    writer.integer(model.right)
    writer.token("<Priors>")
    writer.array(np.zeros(0))


def _write_affine(writer: Writer, affine: Affine) -> None:
    writer.token("<FixedAffineComponent>")
    writer.token("<LinearParams>")
    writer.array(affine.weights)
    writer.token("<BiasParams>")
    writer.array(affine.bias)
    writer.token("</FixedAffineComponent>")


def _write_plain(writer: Writer, kind: str, size: int) -> None:
    writer.token(f"<{kind}Component>")
    writer.token("<Dim>")
    writer.integer(size)
    for name in ("<ValueAvg>", "<DerivAvg>"):
        writer.token(name)
        writer.array(np.zeros(0))
    for name in ("<Count>", "<NumDimsSelfRepaired>", "<NumDimsProcessed>"):
        writer.token(name)
        writer.real(0) if name == "<Count>" else writer.integer(0)
    writer.token(f"</{kind}Component>")
