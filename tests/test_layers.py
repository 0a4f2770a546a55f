"""The house's rules: who may import whom, and that no engine leaks out of its room."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

LAYERS = [
    {"errors", "events", "clock", "identity", "order_number", "owner_only", "yaml_file"},
    {"mandarin", "audio", "live"},
    {"channels", "listening", "speaking", "dialogue", "store", "backend", "sight"},
    {"call"},
    {"qa"},
    {"web"},
    {"settings", "app", "stage", "commands", "supervisor", "training", "publishing", "counting", "check", "__main__"},
]
MAY_USE_A_NEIGHBOUR = {("backend", "store")}
"""The demo centre's business data lies in the store."""

COMPOSITION = len(LAYERS) - 1
"""The top layer puts everything together; its rooms know each other."""

ENGINES = {
    "vosk": {"bot/listening/vosk_library.py"},
    "pyttsx3": {"bot/speaking/pyttsx3_synthesizer.py"},
    "sounddevice": {"bot/channels/microphone.py", "bot/commands/doctor.py"},
    "soundfile": {"bot/audio/sound_file.py"},
    "rasa": {
        "bot/dialogue/rasa_channel.py",
        "bot/dialogue/rasa_models.py",
        "bot/dialogue/rasa_reading.py",
        "bot/dialogue/rasa_trial.py",
        "bot/dialogue/near_words.py",
        "bot/dialogue/sentence_classifier.py",
        "bot/check/inside_rasa.py",
    },
}
SEAMS = {"base", "processes"}
"""base.py of a room is its promise to the others: everybody may read it."""


def modules() -> list[Path]:
    return sorted((ROOT / "bot").rglob("*.py"))


def imports_of(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.append(node.module)
    return names


def room_of(module: str) -> str:
    return module.split(".")[1]


def layer_of(room: str) -> int:
    return next(number for number, rooms in enumerate(LAYERS) if room in rooms)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_uses_only_rooms_below_it(path: Path):
    room = path.relative_to(ROOT / "bot").parts[0].removesuffix(".py")
    if room == "__init__":
        return
    for name in imports_of(path):
        if not name.startswith("bot."):
            continue
        used = room_of(name)
        if used == room or layer_of(used) < layer_of(room):
            continue
        if layer_of(used) == layer_of(room):
            is_seam = name.split(".")[-1] in SEAMS and len(name.split(".")) > 2
            assert is_seam or (room, used) in MAY_USE_A_NEIGHBOUR or layer_of(room) == COMPOSITION, f"{path}: {name}"
            continue
        raise AssertionError(f"{path.relative_to(ROOT)} (layer {layer_of(room)}) imports {name}")


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_stays_in_its_room(engine: str):
    users = {
        str(path.relative_to(ROOT))
        for path in [*modules(), *(ROOT / "actions").rglob("*.py")]
        if any(name.split(".")[0] == engine for name in imports_of(path))
    }
    assert users <= ENGINES[engine]


def test_the_password_room_knows_neither_dialogue_nor_ear():
    names = [
        name for room in ("pin", "new_pin", "six_digits") for name in imports_of(ROOT / "bot" / "call" / f"{room}.py")
    ]
    assert not [name for name in names if name.startswith(("bot.dialogue", "bot.listening"))]


@pytest.mark.parametrize("path", sorted((ROOT / "actions").rglob("*.py")), ids=lambda path: path.name)
def test_actions_reach_the_bot_only_through_backend_store_and_mandarin(path: Path):
    allowed = ("bot.backend", "bot.store", "bot.mandarin", "bot.errors", "bot.yaml_file")
    assert [name for name in imports_of(path) if name.startswith("bot.") and not name.startswith(allowed)] == []


WALL_CLOCK = {"time": {"time", "time_ns"}, "datetime": {"now", "utcnow", "today"}, "date": {"today"}}


@pytest.mark.parametrize("room", ["call", "channels", "listening", "speaking", "dialogue"])
def test_a_call_counts_its_seconds_by_a_clock_that_nobody_can_set(room: str):
    asked = [
        f"{path.name}:{node.lineno}"
        for path in (ROOT / "bot" / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.attr in WALL_CLOCK.get(node.value.id, ())
    ]
    assert asked == []
