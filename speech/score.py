"""Step 6. Scores, the baseline and ours in the same run: greedy syllable error, closed-set CER, digits, speed.

greedy       best path of the network alone, toneless syllables (not of an imported network: its units are others)
closed set   the same words for every model scored: the parts' sentences and the domain's in the language model
digits       digit strings under the run-time digit grammar
open         the model's own graph; --folder adds recordings of the domain
Clean and over the telephone. Development recordings unless --report, which reads human-test.
"""

import argparse
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from tqdm import tqdm

from speech import features, graph, scoring_parts, syllables, vocabulary
from speech.errors import best_path, distance
from speech.evaluator import Evaluator
from speech.hearing import Ear, digit_grammar
from speech.scoring_parts import Spoken
from speech.settings import ROOT, Settings

DIGIT_PARTS = ("digits", "digits_open", "digits_concat_open")


def arguments(command: argparse.ArgumentParser) -> None:
    """Options of this step."""
    command.add_argument("models", type=Path, nargs="*", default=[ROOT / "models" / "zh-12329"])
    command.add_argument("--report", action="store_true", help="score human-test, not the development recordings")
    command.add_argument(
        "--folder", type=Path, help="score these recordings (a TSV inside: file, text) with open decoding"
    )
    command.add_argument("--only", default="greedy,closed,digits", help="which of greedy, closed, digits, open")
    command.add_argument("--most", type=int, default=80, help="recordings of each part (0: all)")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Print one table a model."""
    if options.folder:
        spoken, options.only = scoring_parts.folder(options.folder), "open"
    else:
        spoken = scoring_parts.human_test(settings) if options.report else scoring_parts.development(settings)
    clean = evenly(spoken, options.most)
    conditions = {"clean": clean, "telephone": scoring_parts.over_telephone(clean)}
    sentences = vocabulary.sentences(seed=settings["seed"])
    said = [(vocabulary.spoken(s.transcript), 1.0) for s in spoken if s.part not in DIGIT_PARTS]
    for folder in options.models:
        print(f"\n{folder}")
        with tempfile.TemporaryDirectory() as scratch:
            if "closed" in options.only:
                print(f"  {closed_set(folder, Path(scratch), [*sentences, *said], settings['graph'])}")
            for condition, recordings in conditions.items():
                if "greedy" in options.only and not (folder / "units.txt").exists():
                    row(f"greedy {condition}", greedy(folder, recordings))
                if "closed" in options.only:
                    row(f"closed set {condition}", *decoded(Ear(Path(scratch)), recordings, None))
                if "open" in options.only:
                    row(f"open {condition}", *decoded(Ear(folder), recordings, None))
                if "digits" in options.only:
                    digits = [s for s in recordings if s.part in DIGIT_PARTS]
                    row(f"digit grammar {condition}", *decoded(Ear(folder), digits, digit_grammar()))


def row(name: str, errors: dict[str, float], speed: float | None = None) -> None:
    """One line of the table."""
    cells = "  ".join(f"{part} {error:.3f}" for part, error in errors.items())
    print(f"  {name:24} {cells}" + (f"  RTF {speed:.3f}" if speed is not None else ""), flush=True)


def evenly(spoken: list[Spoken], most: int) -> list[Spoken]:
    """At most so many recordings of each part, spread over it."""
    parts: dict[str, list[Spoken]] = defaultdict(list)
    for s in spoken:
        parts[s.part].append(s)
    chosen = []
    for found in parts.values():
        count = min(most or len(found), len(found))
        chosen += [found[i] for i in np.linspace(0, len(found) - 1, count).astype(int)]
    return chosen


def greedy(folder: Path, recordings: list[Spoken]) -> dict[str, float]:
    """Syllable error of the network's best path; the blank penalty of the export stays in."""
    network = Evaluator(folder / "am" / "final.mdl")
    numbers = (folder / "am" / "global_cmvn.stats").read_text().replace("[", " ").split()
    mean = np.array([float(x) for x in numbers[:40]]) / float(numbers[40])
    wrong: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for s in tqdm(recordings, desc="greedy", disable=None, leave=False):
        answers = np.roll(network(features.network_input(s.samples, mean)), 1, axis=1)
        answers[:, syllables.BLANK] += 4.5
        said = syllables.encode(s.transcript)
        wrong[s.part] += distance(best_path(answers), said)
        total[s.part] += len(said)
    return {part: wrong[part] / total[part] for part in total}


def closed_set(folder: Path, joined: Path, sentences: list[vocabulary.Weighted], settings: dict[str, float]) -> str:
    """This model's network with a graph of these sentences in its own units; what the graph holds."""
    for name in ("am", "conf"):
        shutil.copytree(folder / name, joined / name)
    if (folder / "units.txt").exists():
        shutil.copy(folder / "units.txt", joined / "units.txt")
    return graph.build(joined / "graph", sentences, settings).partition(": ")[2]


def decoded(ear: Ear, recordings: list[Spoken], grammar: list[str] | None) -> tuple[dict[str, float], float]:
    """CER of each part and the real-time factor on one core."""
    wrong: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    spent = length = 0.0
    for s in tqdm(recordings, desc="decoding", disable=None, leave=False):
        heard = ear.hear(s.samples, grammar)
        said = vocabulary.spoken(s.transcript)
        wrong[s.part] += distance(alike(heard.text), alike(said))
        total[s.part] += len(said)
        spent += heard.seconds
        length += len(s.samples) / features.RATE
    return {part: wrong[part] / total[part] for part in total}, spent / max(length, 1e-9)


def alike(text: str) -> str:
    """Spellings of the same sound that count as right: 幺 and 一."""
    return text.replace("幺", "一")
