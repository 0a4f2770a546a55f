"""The project that is checked: its files, each read once, and what Rasa's domain declares."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from bot.check.document import Document, elements, field, pairs, read_document, scalar
from bot.yaml_file import line_of

FOLDERS = ("nlu", "stories", "content", "voices", "tests/calls")
FILES = ("domain.yml", "config.yml", "credentials.yml", "endpoints.yml", "tests/dialogue/questions_116.yml")
TESTS = "tests/dialogue"

USUAL_PACE = 210
"""Words per minute, the engine's unit."""


@dataclass(frozen=True, slots=True)
class Response:
    """One variation of a response."""

    name: str
    node: yaml.Node

    @property
    def line(self) -> int:
        """Of its text, or of its beginning."""
        return line_of(field(self.node, "text") or self.node)

    @property
    def text(self) -> str:
        """'' for a response that is a command only."""
        return scalar(field(self.node, "text"))


class Project:
    """Everything the checks look at."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def documents(self) -> list[Document]:
        """All YAML files that editors write."""
        paths = [self.root / name for name in FILES if (self.root / name).is_file()]
        for folder in FOLDERS:
            paths += sorted((self.root / folder).rglob("*.y*ml"))
        paths += sorted((self.root / TESTS).glob("test_*.y*ml"))
        return [read_document(self.root, path) for path in paths]

    @property
    def unreadable(self) -> bool:
        """Whether some file is not YAML at all."""
        return any(one.problem for one in self.documents)

    def document(self, name: str) -> Document | None:
        """One file by its path, if it is there."""
        return next((one for one in self.documents if one.name == name), None)

    def within(self, folder: str) -> Iterator[Document]:
        """The readable files of a folder."""
        yield from (one for one in self.documents if one.name.startswith(f"{folder}/") and one.node)

    @cached_property
    def domain(self) -> yaml.Node | None:
        """The tree of domain.yml, None if there is none or it cannot be read."""
        document = self.document("domain.yml")
        return document.node if document else None

    @cached_property
    def intents(self) -> dict[str, int]:
        """Declared intents and their lines."""
        return _names(field(self.domain, "intents"))

    @cached_property
    def actions(self) -> dict[str, int]:
        """Declared actions and their lines."""
        return _names(field(self.domain, "actions"))

    @cached_property
    def slots(self) -> set[str]:
        """Declared slots."""
        return {scalar(key) for key, _ in pairs(field(self.domain, "slots"))}

    @cached_property
    def pace(self) -> int:
        """Words per minute of the voice on the telephone; as ours is delivered where the project names none."""
        voices = self.document("voices/voices.yml")
        default = field(voices.node if voices else None, "default")
        written = scalar(field(default, "words_per_minute"))
        return int(written) if written.isdecimal() else USUAL_PACE

    @cached_property
    def responses(self) -> list[Response]:
        """All variations of all responses, in the file's order."""
        found = pairs(field(self.domain, "responses"))
        return [Response(scalar(key), one) for key, variations in found for one in elements(variations)]


def _names(node: yaml.Node | None) -> dict[str, int]:
    """Elements that are names or `name: {settings}`."""
    found = {}
    for element in elements(node):
        name = scalar(element) or next((scalar(key) for key, _ in pairs(element)), "")
        found[name] = line_of(element)
    return found
