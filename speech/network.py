"""The acoustic network: a residual time-delay network over the model's 40 MFCCs.

front    affine over frames −2…2 at 10 ms, ReLU; affine over −1…1, ReLU: one frame each 30 ms
block    affine over (−left, 0, +right), ReLU, added to the block's input
output   affine to blank + syllables
Batch norms sit behind the affines of a network that starts from nothing; one that goes on from a model has them folded
in already. The input is padded with copies of its first and last frame, as Vosk does: output j sits at frame 3j.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from speech import features, syllables
from speech.settings import Settings


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network; written into the checkpoint. `reach`: (left, right) of each block in 30 ms steps."""

    front: int
    width: int
    reach: tuple[tuple[int, int], ...]
    norms: bool = True

    @classmethod
    def of(cls, settings: Settings) -> "Shape":
        """From the settings, where reach is in 10 ms frames."""
        net = settings["network"]
        return cls(net["front"], net["width"], tuple((left // 3, right // 3) for left, right in net["reach"]))

    @property
    def left(self) -> int:
        """Steps of history of one output frame."""
        return sum(left for left, _ in self.reach)

    @property
    def right(self) -> int:
        """Steps of look-ahead."""
        return sum(right for _, right in self.reach)


class Layer(nn.Module):
    """Affine, norm (or not), ReLU."""

    def __init__(self, size: int, width: int, norms: bool) -> None:
        super().__init__()
        self.affine = nn.Linear(size, width, bias=not norms)
        self.norm = nn.BatchNorm1d(width) if norms else None

    def forward(self, x: Tensor) -> Tensor:
        """Batch × steps × size → batch × steps × width."""
        x = self.affine(x)
        if self.norm is not None:
            x = self.norm(x.reshape(-1, x.shape[-1])).reshape(x.shape)
        return x.relu()


class Network(nn.Module):
    """Batch × frames × 40 (mean removed) → batch × steps × 405 log-probabilities, blank first."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.front = Layer(5 * features.BINS, shape.front, shape.norms)
        self.stride = Layer(3 * shape.front, shape.width, shape.norms)
        self.blocks = nn.ModuleList(Layer(3 * shape.width, shape.width, shape.norms) for _ in shape.reach)
        self.output = nn.Linear(shape.width, len(syllables.units()) + 1)

    def forward(self, x: Tensor) -> Tensor:
        """Log-probabilities; step j sits at input frame 3j."""
        steps = (x.shape[1] + 2) // 3
        before = x[:, :1].expand(-1, 3 * self.shape.left + 3, -1)
        after = x[:, -1:].expand(-1, 3 * (steps + self.shape.right) - (x.shape[1] - 1), -1)
        h = self.front(spliced(torch.cat([before, x, after], dim=1), (0, 1, 2, 3, 4)))
        h = self.stride(h.reshape(h.shape[0], -1, 3 * self.shape.front))
        for block, (left, right) in zip(self.blocks, self.shape.reach, strict=True):
            h = h[:, left : h.shape[1] - right] + block(spliced(h, (0, left, left + right)))
        return self.output(h).float().log_softmax(dim=-1)


def spliced(h: Tensor, offsets: tuple[int, ...]) -> Tensor:
    """Frames joined with their neighbours; the result is shorter by the last offset."""
    length = h.shape[1] - offsets[-1]
    return torch.cat([h[:, i : i + length] for i in offsets], dim=2)
