"""python -m speech STEP: prepare, teach, train, export, graph, score, listen, grammars, all. See docs/models.md."""

import argparse
import ast
import importlib
import sys
from pathlib import Path

from speech.settings import SPEECH, load

STEPS = ("prepare", "teach", "train", "export", "graph", "score", "listen", "grammars", "all")


def main() -> int:
    """Run one step."""
    parser = argparse.ArgumentParser(prog="python -m speech", description=__doc__)
    parser.add_argument("--settings", type=Path, default=SPEECH / "settings.yml")
    commands = parser.add_subparsers(dest="step", required=True)
    for step in STEPS:
        module = importlib.import_module(f"speech.{step}") if step in sys.argv else None
        command = commands.add_parser(step, help=first_line(step))
        if module and hasattr(module, "arguments"):
            module.arguments(command)
    options = parser.parse_args()
    step = importlib.import_module(f"speech.{options.step}")
    settings = load(options.settings)
    if hasattr(step, "arguments"):
        step.run(settings, options)
    else:
        step.run(settings)
    return 0


def first_line(step: str) -> str:
    """What a step does, read without importing it (PyTorch takes seconds and may be absent)."""
    docstring = ast.get_docstring(ast.parse((SPEECH / f"{step}.py").read_text(encoding="utf-8")))
    return (docstring or "").split("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
