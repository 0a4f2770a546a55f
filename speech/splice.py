"""New utterances from people's own syllables: digit strings and single words that nobody recorded.

A clip is aligned with its transcript (Viterbi over the targets), cut at the quietest frame between two neighbouring
syllables, and pieces of one speaker are joined with the clip's own background between them. Toneless units make every
`wu` a 五 (五 无 务 物), every `si` a 四, so ten hours of read sentences hold thousands of human digits.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from speech import parts, phrases, syllables
from speech.parts import Clip
from speech.settings import Settings

SOURCE = "cv"
SURE = 0.65


@dataclass(frozen=True, slots=True)
class Aligned:
    """A clip cut into syllables: syllable i lies between cuts[i] and cuts[i + 1] (30 ms frames)."""

    clip: Clip
    cuts: list[int]
    sure: np.ndarray
    """Target share of each syllable at its spike; above SURE the teacher heard it too."""
    background: np.ndarray


def run(settings: Settings) -> None:
    """Write parts/spliced-0.npz from the training speakers and dev-spliced.npz from the held-out ones."""
    rng = np.random.default_rng(settings["seed"])
    folder = settings["work"] / "parts"
    clips = [clip for path in sorted(folder.glob(f"{SOURCE}-[0-9].npz")) for clip in parts.load(path)]
    minutes = settings["prepare"]["spliced_minutes"]
    pieces = [a for a in map(align, clips) if a]
    print(f"spliced: {len(pieces)} of {len(clips)} clips align well")
    made = digit_strings(pieces, minutes["digits"], rng) + words(pieces, minutes["words"], rng)
    parts.save(folder / "spliced-0.npz", made)


def align(clip: Clip) -> Aligned | None:
    """Cut a clip into its syllables; None where the alignment is not to be trusted."""
    assert clip.targets is not None and clip.shares is not None
    labels = clip.labels.astype(int)
    dense = np.full((len(clip.targets), len(syllables.units()) + 1), 1e-4, dtype=np.float32)
    np.put_along_axis(dense, clip.targets.astype(int), clip.shares / 255 + 1e-4, axis=1)
    spikes = spike_frames(np.log(dense), labels)
    if spikes is None or np.mean(dense[spikes, labels] > 0.3) < 0.9:
        return None
    loudness = clip.mel.astype(np.float32).mean(axis=1)
    smooth = np.convolve(loudness, np.ones(3) / 3, mode="same")
    cuts = [max(0, spikes[0] - 7)]
    for before, after in zip(spikes[:-1], spikes[1:], strict=True):
        window = smooth[3 * before + 2 : 3 * after + 2]
        cuts.append(before + 1 + int(np.argmin(window)) // 3 if len(window) else after)
    cuts.append(min(len(clip.targets), spikes[-1] + 8))
    quiet = np.argsort(loudness)[: max(10, len(loudness) // 12)]
    return Aligned(clip, cuts, dense[spikes, labels], clip.mel[np.sort(quiet)])


def spike_frames(scores: np.ndarray, labels: np.ndarray) -> list[int] | None:
    """The frame where each label is most itself on the best CTC path; None if there are too few frames."""
    states = np.zeros(2 * len(labels) + 1, dtype=int)
    states[1::2] = labels
    if len(scores) < len(states) // 2 + 1 or not len(labels):
        return None
    skip = np.zeros(len(states), dtype=bool)
    skip[3::2] = states[3::2] != states[1:-2:2]
    best = np.full(len(states), -np.inf)
    best[:2] = scores[0, states[:2]]
    back = np.zeros((len(scores), len(states)), dtype=np.int8)
    for t in range(1, len(scores)):
        one = np.concatenate([[-np.inf], best[:-1]])
        two = np.where(skip, np.concatenate([[-np.inf] * 2, best[:-2]]), -np.inf)
        options = np.stack([best, one, two])
        back[t] = options.argmax(axis=0)
        best = options.max(axis=0) + scores[t, states]
    state = len(states) - 1 - int(best[-1] < best[-2])
    path = np.zeros(len(scores), dtype=int)
    for t in range(len(scores) - 1, -1, -1):
        path[t] = state
        state -= back[t, state]
    spikes = []
    for position in range(len(labels)):
        frames = np.flatnonzero(path == 2 * position + 1)
        if not len(frames):
            return None
        spikes.append(int(frames[scores[frames, labels[position]].argmax()]))
    return spikes


def digit_strings(pieces: list[Aligned], minutes: float, rng: np.random.Generator) -> list[Clip]:
    """Random digit strings from each speaker who has said enough different digits."""
    wanted = {syllables.encode(d)[0]: d for d in phrases.SPOKEN_DIGITS}
    stock: dict[str, dict[int, list[tuple[Aligned, int]]]] = defaultdict(lambda: defaultdict(list))
    for piece in pieces:
        for position, unit in enumerate(piece.clip.labels.astype(int)):
            if unit in wanted and whole(piece, position):
                stock[piece.clip.speaker][unit].append((piece, position))
    speakers = [s for s, units in stock.items() if len(units) >= 6]
    made: list[Clip] = []
    frames = 0
    while frames < minutes * 6000 and speakers:
        units = stock[speakers[rng.integers(len(speakers))]]
        keys = list(units)
        length = rng.choice([1, 2, 3, 4, 6, 8, 11], p=[0.2, 0.15, 0.15, 0.15, 0.15, 0.1, 0.1])
        chosen = [units[k][rng.integers(len(units[k]))] for k in rng.choice(keys, size=length)]
        made.append(_join(f"digits_{len(made)}", [(p, i, i + 1) for p, i in chosen], rng))
        frames += len(made[-1].mel)
    return made


def whole(piece: Aligned, position: int) -> bool:
    """Long enough to be understood alone (0.15 … 0.45 s), and the teacher understood it."""
    return 5 <= piece.cuts[position + 1] - piece.cuts[position] <= 15 and bool(piece.sure[position] > SURE)


def words(pieces: list[Aligned], minutes: float, rng: np.random.Generator) -> list[Clip]:
    """One to four neighbouring syllables alone, with quiet around: isolated words."""
    made: list[Clip] = []
    frames = 0
    while frames < minutes * 6000 and pieces:
        piece = pieces[rng.integers(len(pieces))]
        count = len(piece.clip.labels)
        length = min(count, int(rng.integers(1, 5)))
        start = int(rng.integers(0, count - length + 1))
        made.append(_join(f"words_{len(made)}", [(piece, start, start + length)], rng))
        frames += len(made[-1].mel)
    return made


def _join(name: str, chosen: list[tuple[Aligned, int, int]], rng: np.random.Generator) -> Clip:
    """Put pieces one after the other on the first one's background, gaps of 0…0.3 s, levels made alike."""
    first = chosen[0][0]
    top = first.clip.targets.shape[1]  # type: ignore[union-attr]
    mel, units, shares = [], [], []

    def pause(low: int, high: int) -> None:
        frames = int(rng.integers(low, high + 1))
        mel.append(first.background[rng.integers(0, len(first.background), size=3 * frames)])
        units.append(np.zeros((frames, top), dtype=np.uint16))
        share = np.zeros((frames, top), dtype=np.uint8)
        share[:, 0] = 255
        shares.append(share)

    pause(3, 25)
    for piece, start, end in chosen:
        low, high = piece.cuts[start], piece.cuts[end]
        chunk = piece.clip.mel[3 * low : 3 * high]
        high = low + len(chunk) // 3
        shift = 0 if piece is first else int(np.percentile(first.clip.mel, 90)) - int(np.percentile(piece.clip.mel, 90))
        mel.append((chunk[: 3 * (high - low)].astype(int) + shift).clip(0, 255).astype(np.uint8))
        units.append(piece.clip.targets[low:high])  # type: ignore[index]
        shares.append(piece.clip.shares[low:high])  # type: ignore[index]
        pause(0, 10 if rng.random() < 0.6 else 3)
    pause(8, 25)
    labels = np.concatenate([piece.clip.labels[start:end] for piece, start, end in chosen])
    return Clip(
        name, first.clip.speaker, "spliced", np.concatenate(mel), labels, np.concatenate(units), np.concatenate(shares)
    )
