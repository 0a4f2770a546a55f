"""python -m bot --version: what exactly is running."""

import hashlib
from pathlib import Path

from bot import __version__
from bot.listening.vosk_recognizer import VoskModel
from bot.settings import ROOT, Settings
from bot.training import current_model

_CONTENT = ("content", "nlu", "stories", "voices", "domain.yml", "config.yml")


def main(arguments: list[str]) -> int:
    """Print version and hashes."""
    trained = current_model()
    print(f"hotline {__version__}")
    print(f"语音识别模型  {VoskModel(Settings().listening.model).digest}")
    print(f"对话模型      {trained.name.removesuffix('.tar.gz') if trained else '尚未训练（make train）'}")
    print(f"内容          {_digest(ROOT)}")
    return 0


def _digest(root: Path) -> str:
    """Twelve hex digits over everything editors own."""
    total = hashlib.sha256()
    for name in _CONTENT:
        place = root / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file():
                total.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:12]
