"""An independent reading of a final.mdl: parses the file and computes its network with numpy alone.

Shares no code with what wrote the file, so `export` can prove that file and PyTorch agree; `score` uses it for models
of any origin made of these parts (the baseline too).
"""

import re
import struct
from pathlib import Path

import numpy as np


class Evaluator:
    """Computes log-probabilities (frames/3 × pdfs) from network input (frames × 40)."""

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        start = content.index(b"<Nnet3>")
        end = content.index(b"<NumComponents>")
        self.nodes: dict[str, tuple[str, str]] = {}
        for line in content[start:end].decode().splitlines():
            if line.startswith("component-node"):
                name, component, source = re.findall(r"name=(\S+) component=(\S+) input=(.*)", line)[0]
                self.nodes[name] = (component, source)
            elif line.startswith("output-node"):
                self.last = re.findall(r"input=(\S+)", line)[0]
        self.components = dict(_components(content, end))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """One row for every third input frame."""
        self._input, self._done = x.astype(np.float64), {}
        times = np.arange(0, len(x), 3)
        return self._node(self.last, times)

    def affine_nodes(self) -> list[str]:
        """Names of the nodes that hold an affine component, in the file's order."""
        return [
            n for n, (component, _) in self.nodes.items() if self.components[component][0] == "FixedAffineComponent"
        ]

    def _node(self, name: str, times: np.ndarray) -> np.ndarray:
        """Values of a node at input frame times; times outside the input see its first or last frame."""
        if name == "input":
            return self._input[np.clip(times, 0, len(self._input) - 1)]
        key = (name, int(times[0]), len(times), int(times[1] - times[0]) if len(times) > 1 else 0)
        if key not in self._done:
            component, source = self.nodes[name]
            kind, weights = self.components[component]
            self._done[key] = _compute(kind, weights, self._descriptor(source, times))
        return self._done[key]

    def _descriptor(self, text: str, times: np.ndarray) -> np.ndarray:
        text = text.strip()
        if "(" not in text:
            return self._node(text, times)
        kind, inside = text[: text.index("(")], text[text.index("(") + 1 : text.rindex(")")]
        arguments = _split(inside)
        if kind == "Offset":
            return self._descriptor(arguments[0], times + int(arguments[1]))
        values = [self._descriptor(argument, times) for argument in arguments]
        return np.concatenate(values, axis=1) if kind == "Append" else sum(values[1:], values[0])


def _split(inside: str) -> list[str]:
    """Arguments at the outermost level."""
    found, depth, start = [], 0, 0
    for i, character in enumerate(inside):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            found.append(inside[start:i])
            start = i + 1
    return [*found, inside[start:]]


def _compute(kind: str, weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    if kind == "FixedAffineComponent":
        return x @ weights[0].T + weights[1]
    if kind == "RectifiedLinearComponent":
        return np.maximum(x, 0)
    if kind == "LogSoftmaxComponent":
        x = x - x.max(axis=1, keepdims=True)
        return x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    if kind == "NoOpComponent":
        return x
    raise ValueError(f"a {kind} is not among the parts this evaluator knows")


def _components(content: bytes, position: int) -> list[tuple[str, tuple[str, list[np.ndarray]]]]:
    found: list[tuple[str, tuple[str, list[np.ndarray]]]] = []
    for match in re.finditer(rb"<ComponentName> (\S+) <(\w+)> ", content[position:]):
        name, kind = match.group(1).decode(), match.group(2).decode()
        arrays: list[np.ndarray] = []
        at = position + match.end()
        while kind == "FixedAffineComponent" and len(arrays) < 2:
            mark = content.index(b"> F", at) + 2
            shape = struct.unpack_from("<xixi", content, mark + 3) if content[mark : mark + 3] == b"FM " else None
            size = shape or struct.unpack_from("<xi", content, mark + 3)
            begin = mark + 3 + 5 * len(size)
            arrays.append(np.frombuffer(content, "<f4", int(np.prod(size)), begin).reshape(size).astype(np.float64))
            at = begin + 4 * int(np.prod(size))
        found.append((name, (kind, arrays)))
    return found
