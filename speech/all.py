"""Everything from nothing: prepare, teach, train, export, graph, score. `--minutes` is the training's budget."""

import argparse
from pathlib import Path

from speech import export, graph, prepare, score, teach, train
from speech.settings import Settings


def arguments(command: argparse.ArgumentParser) -> None:
    """Options of the whole."""
    command.add_argument("--minutes", type=float, default=20)
    command.add_argument("--name", default="main", help="folder of the run below speech/work/runs")
    command.add_argument("--from", dest="source", type=Path, help="go on from this Vosk folder")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """One step after the other; finished steps are not done again. The model is written to speech/work/model."""
    model = settings["work"] / "model"
    prepare.run(settings)
    teach.run(settings)
    train.run(settings, options)
    export.run(settings, argparse.Namespace(name=options.name, weights="final.pt", model=model))
    graph.run(settings, argparse.Namespace(model=model))
    score.run(settings, _options(score, [str(model)]))


def _options(step: object, words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    step.arguments(parser)  # type: ignore[attr-defined]
    return parser.parse_args(words)
