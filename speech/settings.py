"""The pipeline's settings: one YAML, read as nested attribute access by plain dictionaries."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
SPEECH = ROOT / "speech"

Settings = dict[str, Any]


def load(path: Path = SPEECH / "settings.yml") -> Settings:
    """The settings; relative folders are meant from the project's root."""
    settings: Settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["work"] = ROOT / settings["work"]
    settings["teacher"] = (ROOT / settings["teacher"]).resolve()
    return settings
