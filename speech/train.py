"""Step 3. The network learns: distillation (cross-entropy to the targets) and CTC together, under augmentation.

Budget in minutes of wall time; resumable: the checkpoint holds everything, minutes used included. `--from MODEL` goes
on from a Vosk folder made by this pipeline.
"""

import argparse
import copy
import dataclasses
import json
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from speech import augment, dev, features, parts
from speech.export import imported
from speech.network import Network, Shape
from speech.parts import Clip
from speech.settings import Settings

WARM_UP = 0.02
AHEAD = 3
"""Batches made before they are needed."""

Batch = tuple[Tensor, Tensor, Tensor, list[Tensor], Tensor]
"""Features, targets and their shares (padded with each clip's last frame), labels, steps."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Options of this step."""
    command.add_argument("--minutes", type=float, help="budget; without it the settings'")
    command.add_argument("--name", default="main", help="folder of the run below speech/work/runs")
    command.add_argument("--from", dest="source", type=Path, help="go on from this Vosk folder")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Train until the budget is used; writes checkpoint.pt, final.pt and log.jsonl in the run's folder."""
    torch.set_num_threads(settings["threads"])
    folder = settings["work"] / "runs" / options.name
    folder.mkdir(parents=True, exist_ok=True)
    Training(settings, folder, options.minutes or settings["train"]["minutes"], options.source).run()


class Training:
    """One run."""

    def __init__(self, settings: Settings, folder: Path, minutes: float, source: Path | None = None) -> None:
        self.settings, self.folder, self.budget = settings["train"], folder, minutes * 60
        self.rng = np.random.default_rng(settings["seed"])
        self.torch_rng = torch.Generator().manual_seed(settings["seed"])
        torch.manual_seed(settings["seed"])
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.clips = [
            clip for path in sorted((settings["work"] / "parts").glob("*-[0-9].npz")) for clip in parts.load(path)
        ]
        self.pool = noise_pool(self.clips)
        self.matrix = torch.from_numpy(features.cepstral_matrix())
        self.mean = global_mean(self.clips)
        self.development = dev.load(settings)
        self.network = Network(Shape.of(settings))
        if source:
            self.network, mean = imported(source, settings["export"]["blank_penalty"])
            self.mean = torch.from_numpy(mean)
        self.network.train().to(self.device)
        self.peak = self.settings["rate_from_model"] if source else self.settings["rate"]
        self.optimizer = torch.optim.AdamW(self.network.parameters(), weight_decay=0.01, betas=(0.9, 0.98), fused=True)
        self.used, self.steps, self.passes = 0.0, 0, 0
        self.average: dict[str, Tensor] | None = None
        self.averaged = 0
        self._resume()

    def run(self) -> None:
        """Pass after pass until the time is up."""
        parameters = sum(p.numel() for p in self.network.parameters())
        self.log(
            f"{len(self.clips)} clips, {parameters / 1e6:.2f} M parameters, {self.device}, {self.budget / 60:.0f} min"
        )
        next_report = self.used + self.settings["report_minutes"] * 60
        tick, losses = time.monotonic(), []
        while self.used < self.budget:
            for batch in self.ahead(self.batches()):
                losses.append(self.step(batch))
                now = time.monotonic()
                self.used, tick = self.used + now - tick, now
                if self.used >= next_report or self.used >= self.budget:
                    self.report(losses)
                    losses, tick = [], time.monotonic()
                    next_report = self.used + self.settings["report_minutes"] * 60
                if self.used >= self.budget:
                    break
            self.passes += 1
        self.finish()

    def batches(self) -> list[list[Clip]]:
        """One pass: a share of each corpus's clips, similar lengths together, in random order."""
        weights = self.settings["weight"]
        chosen = [clip for clip in self.clips if self.rng.random() < weights.get(clip.corpus, 1.0)]
        self.rng.shuffle(chosen)  # type: ignore[arg-type]
        groups: list[list[Clip]] = []
        for start in range(0, len(chosen), 600):
            block = sorted(chosen[start : start + 600], key=lambda clip: len(clip.mel))
            group: list[Clip] = []
            for clip in block:
                group.append(clip)
                if len(group) * len(clip.mel) >= self.settings["batch_seconds"] * 100:
                    groups.append(group)
                    group = []
            if len(group) > 2:
                groups.append(group)
        self.rng.shuffle(groups)  # type: ignore[arg-type]
        return groups

    def ahead(self, groups: list[list[Clip]]) -> Iterator[Batch]:
        """The batches of these groups, augmented by a thread of its own while the network learns from those before."""
        with ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(torch.get_num_threads(),)) as thread:
            made: deque[Future[Batch]] = deque()
            for group in groups:
                made.append(thread.submit(self.augmented, group))
                if len(made) > AHEAD:
                    yield made.popleft().result()
            while made:
                yield made.popleft().result()

    def augmented(self, group: list[Clip]) -> Batch:
        """As the callers might have said it: features, targets, shares, labels, steps."""
        low, high = self.settings["strength"]
        strength = low + (high - low) * min(1.0, self.used / self.budget / 0.6)
        x, *rest = collate(group, self.rng, strength)
        x = augment.batch(x, self.pool, strength, self.torch_rng)
        return mean_removed(x @ self.matrix, self.mean), *rest

    def step(self, batch: Batch) -> tuple[float, float]:
        """One update; the distillation's and CTC's losses."""
        x, targets, shares, labels, steps = batch
        done = self.used / self.budget
        for parameters in self.optimizer.param_groups:
            parameters["lr"] = self.peak * rate(done)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            answers = self.network(x.to(self.device))
        distilled = distillation(answers, targets, shares, steps, self.settings)
        ctc = (
            nn.functional.ctc_loss(
                answers.transpose(0, 1),
                torch.cat(labels),
                steps,
                torch.tensor([len(row) for row in labels]),
                reduction="sum",
                zero_infinity=True,
            )
            / steps.sum()
        )
        loss = distilled + self.settings["ctc"] * ctc
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.steps += 1
        if done > 1 - self.settings["average_last"] and self.steps % 10 == 0:
            self._add_to_average()
        return distilled.item(), ctc.item()

    def report(self, losses: list[tuple[float, float]]) -> None:
        """Score the development part, save the checkpoint."""
        distilled, ctc = np.mean(losses, axis=0)
        errors = dev.errors(self.network, self.development, self.mean)
        self.log(
            f"{self.used / 60:.1f} min, pass {self.passes}, step {self.steps}: distil {distilled:.3f} ctc {ctc:.3f}; "
            + ", ".join(f"{name} {error:.3f}" for name, error in errors.items())
        )
        state = {
            "weights": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "progress": (self.used, self.steps, self.passes, self.averaged),
            "average": self.average,
        }
        torch.save(state, self.folder / "checkpoint.pt")
        self._save("latest.pt", self.network.state_dict())

    def finish(self) -> None:
        """Write final.pt: the averaged weights if they do better on the development part."""
        last = copy.deepcopy(self.network.state_dict())
        scores = {"last": sum(dev.errors(self.network, self.development, self.mean).values())}
        if self.average:
            self.network.load_state_dict(self.average)
            scores["average"] = sum(dev.errors(self.network, self.development, self.mean).values())
        self.log(f"last against average: {scores}")
        better = self.average if self.average and scores["average"] < scores["last"] else last
        self._save("final.pt", better)

    def log(self, line: str) -> None:
        """To the screen and the run's log."""
        print(line, flush=True)
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"minutes": round(self.used / 60, 2), "line": line}) + "\n")

    def _save(self, name: str, weights: dict[str, Tensor]) -> None:
        shape = dataclasses.asdict(self.network.shape)
        torch.save({"weights": weights, "shape": shape, "mean": self.mean}, self.folder / name)

    def _add_to_average(self) -> None:
        weights = self.network.state_dict()
        self.averaged += 1
        if self.average is None:
            self.average = copy.deepcopy(weights)
            return
        for name, value in weights.items():
            if value.is_floating_point():
                self.average[name] += (value - self.average[name]) / self.averaged

    def _resume(self) -> None:
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.used, self.steps, self.passes, self.averaged = state["progress"]
        self.average = state["average"]
        self.rng = np.random.default_rng(self.steps)
        self.torch_rng.manual_seed(self.steps)


def rate(done: float) -> float:
    """Learning rate over the budget: short warm-up, level until 30 %, then straight down to nothing."""
    return min(1.0, done / WARM_UP + 0.05, max(0.0, (1 - done) / 0.7))


def collate(group: list[Clip], rng: np.random.Generator, strength: float) -> Batch:
    """Log-mel, targets, shares, labels, steps; speed changed at random."""
    mels, targets, shares = [], [], []
    for clip in group:
        assert clip.targets is not None and clip.shares is not None
        pace = 1 + strength * rng.uniform(-0.15, 0.2)
        mel = augment.speed(features.from_bytes(clip.mel), pace)
        index = np.minimum((np.arange((len(mel) + 2) // 3) * pace + 0.5).astype(int), len(clip.targets) - 1)
        mels.append(mel)
        targets.append(clip.targets[index])
        shares.append(clip.shares[index])
    steps = torch.tensor([len(t) for t in targets])
    frames = max(len(mel) for mel in mels)
    x = np.stack([np.pad(mel, ((0, frames - len(mel)), (0, 0)), mode="edge") for mel in mels])
    longest = (frames + 2) // 3
    units = np.stack([np.pad(t, ((0, longest - len(t)), (0, 0))) for t in targets]).astype(np.int64)
    parts_of_one = np.stack([np.pad(s, ((0, longest - len(s)), (0, 0))) for s in shares]).astype(np.float32) / 255
    labels = [torch.from_numpy(clip.labels.astype(np.int64)) for clip in group]
    return torch.from_numpy(x), torch.from_numpy(units), torch.from_numpy(parts_of_one), labels, steps


def distillation(answers: Tensor, targets: Tensor, shares: Tensor, steps: Tensor, settings: dict[str, float]) -> Tensor:
    """Weighted cross-entropy to the targets; blank-dominated frames count little, or all would stay blank for long."""
    cross = -(shares.to(answers.device) * answers.gather(2, targets.to(answers.device))).sum(dim=2)
    blank = ((targets == 0) * shares).sum(dim=2)
    inside = torch.arange(targets.shape[1])[None] < steps[:, None]
    weight = torch.where(blank > 0.8, settings["blank_frame"], settings["spoken_frame"]) * inside
    return (cross * weight.to(answers.device)).sum() / weight.sum()


def mean_removed(mfcc: Tensor, global_mean: Tensor) -> Tensor:
    """Kaldi's running mean for a batch (features.running_mean_removed)."""
    frames = mfcc.shape[1]
    sums = mfcc.cumsum(dim=1)
    count = torch.arange(1, frames + 1)[None, :, None].float()
    if frames > features.CMN_WINDOW:
        sums = torch.cat(
            [sums[:, : features.CMN_WINDOW], sums[:, features.CMN_WINDOW :] - sums[:, : -features.CMN_WINDOW]], dim=1
        )
        count = count.clamp(max=features.CMN_WINDOW)
    extra = (features.CMN_WINDOW - count).clamp(0, features.CMN_GLOBAL)
    return mfcc - (sums + extra * global_mean) / (count + extra)


def noise_pool(clips: list[Clip]) -> Tensor:
    """All noise clips end to end, for mixing."""
    return torch.from_numpy(features.from_bytes(np.concatenate([c.mel for c in clips if c.corpus == "noise"])))


def global_mean(clips: list[Clip]) -> Tensor:
    """Mean MFCC over the training clips."""
    total = sum(c.mel.astype(np.float64).sum(axis=0) for c in clips if c.corpus != "noise")
    frames = sum(len(c.mel) for c in clips if c.corpus != "noise")
    mean = (total / features.STEPS_A_NAT / frames) @ features.cepstral_matrix()
    return torch.from_numpy(mean.astype(np.float32))
