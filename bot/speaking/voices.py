"""The named voices of voices/voices.yml."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ContentError
from bot.speaking.yaml_lines import Line, read_lines


@dataclass(frozen=True, slots=True)
class NamedVoice:
    """One voice as the engine knows it."""

    name: str
    engine_voice: str
    """What pyttsx3 calls it: cmn-latn-pinyin, or a variant of it: cmn-latn-pinyin+f2."""

    words_per_minute: int
    """The engine's unit of pace at speed 1.0."""

    pitch: int = 50
    """0 to 99."""

    pause_seconds: float = 0.2
    """Silence after each sentence."""


_SOUND_EDITION = b"2"
"""Raised by whoever changes how sound is made (trimming, levelling, reading)."""

_BOUNDS = {"words_per_minute": (80, 450), "pitch": (0, 99), "pause_seconds": (0, 2)}


def read_voices(path: Path) -> dict[str, NamedVoice]:
    """All voices by name; `default` is there. Raises ContentError with file and line."""
    voices = {line.name: _voice(line) for line in read_lines(path)}
    if "default" not in voices:
        raise ContentError("voices_wrong", f"{path}:1: 缺少 default，电话里默认用它说话")
    return voices


def _voice(line: Line) -> NamedVoice:
    said = {below.name: below for below in line.group()}
    for name, below in said.items():
        if name != "engine_voice" and name not in _BOUNDS:
            below.refuse(f"不认识，可写：engine_voice、{'、'.join(_BOUNDS)}")
    for name in ("engine_voice", "words_per_minute"):
        if name not in said:
            line.refuse(f"缺少 {name}")
    numbers = {name: said[name].number(*bounds) for name, bounds in _BOUNDS.items() if name in said}
    return NamedVoice(
        line.name,
        said["engine_voice"].text(),
        words_per_minute=int(numbers["words_per_minute"]),
        pitch=int(numbers.get("pitch", 50)),
        pause_seconds=numbers.get("pause_seconds", 0.2),
    )


def edition_of(*files: Path) -> str:
    """A short name for the contents of voices.yml and lexicon.yml: sound made from other contents is outdated."""
    digest = hashlib.sha256(_SOUND_EDITION)
    for file in files:
        digest.update(file.read_bytes() if file.exists() else b"")
    return digest.hexdigest()[:12]
