"""Step 2. The teacher listens to every training recording; its answers become targets, corrected by the transcript.

Target of a frame = trust × teacher's posterior + (1 − trust) × occupancy of the transcript's CTC alignment under the
teacher's posteriors. The occupancy comes from autograd: the gradient of the CTC loss with respect to the
log-softmax's input is posterior − occupancy (Graves et al. 2006, eq. 16).
"""

import numpy as np
from tqdm import tqdm

from speech import corpora, parts, splice
from speech.fsmn import Teacher
from speech.settings import Settings


def run(settings: Settings) -> None:
    """Write NAME.targets.npz beside every part, then the spliced parts made of them."""
    teacher = Teacher(settings["teacher"])
    for name in corpora.trainable():
        paths = sorted((settings["work"] / "parts").glob(f"{name}-[0-9].npz"))
        if all(parts.targets_path(path).exists() for path in paths):
            print(f"{name}: already taught")
            continue
        loaded = {path: parts.load(path) for path in paths}
        labels = {clip.name: clip.labels for clips in loaded.values() for clip in clips}
        answers = {}
        for recording in tqdm(
            corpora.recordings(name), total=len(corpora.table(name)), desc=f"teach {name}", disable=None
        ):
            if recording.name in labels:
                posteriors = teacher.posteriors(recording.samples)
                trust = settings["teach"]["trust"][name]
                answers[recording.name] = targets(posteriors, labels[recording.name], trust, settings["teach"]["top"])
        for path, clips in loaded.items():
            fitted = [_fit(answers[clip.name], (len(clip.mel) + 2) // 3) for clip in clips]
            parts.save_targets(path, fitted)
    if not (settings["work"] / "parts" / "spliced-0.npz").exists():
        splice.run(settings)


def targets(posteriors: np.ndarray, labels: np.ndarray, trust: float, top: int) -> tuple[np.ndarray, np.ndarray]:
    """The most probable units of each frame and their shares of 255."""
    mixed = trust * posteriors + (1 - trust) * occupancy(posteriors, labels)
    units = np.argsort(-mixed, axis=1)[:, :top]
    shares = np.take_along_axis(mixed, units, axis=1)
    shares = shares / shares.sum(axis=1, keepdims=True)
    return units.astype(np.uint16), np.rint(shares * 255).clip(0, 255).astype(np.uint8)


def occupancy(posteriors: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Probability of each unit at each frame, given the transcript; the posteriors where it does not fit in."""
    smooth = 0.98 * posteriors + 0.02 / posteriors.shape[1]
    smooth = smooth / smooth.sum(axis=1, keepdims=True)
    path = np.zeros(2 * len(labels) + 1, dtype=np.int64)
    path[1::2] = labels
    skips = np.zeros(len(path), dtype=bool)  # from one unit to the next, past the blank between them
    skips[3::2] = labels[1:] != labels[:-1]
    with np.errstate(divide="ignore"):
        scores = np.log(smooth[:, path])
    both = _forward(scores, skips)
    entered = np.roll(skips, -2)[::-1]  # seen from the end, a skip into a unit leaves it
    both += _forward(scores[::-1, ::-1], entered)[::-1, ::-1] - scores
    total = np.logaddexp.reduce(both, axis=1, keepdims=True)
    if not np.isfinite(total).all():
        return posteriors
    found = np.zeros_like(smooth)
    np.add.at(found.T, path, np.exp(both - total).T)
    return found


def _forward(scores: np.ndarray, skips: np.ndarray) -> np.ndarray:
    """Log-probability of every way to a place of the path at a frame (Graves et al. 2006, eq. 6)."""
    reached = np.full_like(scores, -np.inf)
    reached[0, :2] = scores[0, :2]
    for frame in range(1, len(scores)):
        before = reached[frame - 1]
        ways = np.logaddexp(before[1:], before[:-1])
        here = np.concatenate([before[:1], ways])
        here[2:] = np.where(skips[2:], np.logaddexp(here[2:], before[:-2]), here[2:])
        reached[frame] = here + scores[frame]
    return reached


def _fit(answer: tuple[np.ndarray, np.ndarray], frames: int) -> tuple[np.ndarray, np.ndarray]:
    """The same number of rows as the student has: 16 and 8 kHz framing differ by at most one row."""
    units, shares = answer
    index = np.minimum(np.arange(frames), len(units) - 1)
    return units[index], shares[index]
