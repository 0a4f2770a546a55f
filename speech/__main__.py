"""python -m speech STEP; the steps and tools are in docs/models.md."""

import argparse
import ast
import importlib
import sys
from pathlib import Path

from speech.settings import SPEECH, load

STEPS = ("prepare", "teach", "train", "export", "graph", "score", "all")
TOOLS = ("listen", "grammars", "import-fsmn", "speak", "calibrate")


def main() -> int:
    """Run one step."""
    parser = argparse.ArgumentParser(prog="python -m speech", description=__doc__)
    parser.add_argument("--settings", type=Path, default=SPEECH / "settings.yml")
    commands = parser.add_subparsers(dest="step", required=True)
    for step in (*STEPS, *TOOLS):
        module = importlib.import_module(module_of(step)) if step in sys.argv else None
        command = commands.add_parser(step, help=first_line(step))
        if module and hasattr(module, "arguments"):
            module.arguments(command)
    options = parser.parse_args()
    step = importlib.import_module(module_of(options.step))
    settings = load(options.settings)
    if hasattr(step, "arguments"):
        step.run(settings, options)
    else:
        step.run(settings)
    return 0


def module_of(step: str) -> str:
    """import-fsmn → speech.import_fsmn."""
    return f"speech.{step.replace('-', '_')}"


def first_line(step: str) -> str:
    """What a step does, read without importing it (PyTorch takes seconds and may be absent)."""
    docstring = ast.get_docstring(ast.parse((SPEECH / f"{step.replace('-', '_')}.py").read_text(encoding="utf-8")))
    return (docstring or "").split("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
