"""A content file as an editor left it: bytes, text, and the YAML tree with the line of everything in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.yaml_file import BrokenYaml, compose, line_of


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file. If it cannot be read, `node` is None and `problem` says why (bot/check/spelling.py explains)."""

    name: str
    """Its path from the project's root."""

    content: bytes
    text: str
    node: yaml.Node | None
    problem: BrokenYaml | None = None


def read_document(root: Path, path: Path) -> Document:
    """Read one file; never raises for what is in it."""
    name, content = str(path.relative_to(root)), path.read_bytes()
    text = content.decode("utf-8-sig", "replace")
    try:
        return Document(name, content, text, compose(content))
    except BrokenYaml as wrong:
        return Document(name, content, text, None, wrong)


def pairs(node: yaml.Node | None) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Key and value of a mapping; nothing for anything else."""
    if isinstance(node, yaml.MappingNode):
        yield from node.value


def elements(node: yaml.Node | None) -> Iterator[yaml.Node]:
    """The elements of a list; nothing for anything else."""
    if isinstance(node, yaml.SequenceNode):
        yield from node.value


def field(node: yaml.Node | None, name: str) -> yaml.Node | None:
    """The value of this key of a mapping."""
    return next((value for key, value in pairs(node) if key.value == name), None)


def scalar(node: yaml.Node | None) -> str:
    """The text of a single value as written; '' for anything else."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def every_node(node: yaml.Node | None) -> Iterator[yaml.Node]:
    """The node and all that lies in it, keys included, in the file's order."""
    if node is None:
        return
    yield node
    for key, value in pairs(node):
        yield from every_node(key)
        yield from every_node(value)
    for element in elements(node):
        yield from every_node(element)


def block_lines(node: yaml.Node) -> Iterator[tuple[int, str]]:
    """The lines of a text written as a block (after | or >), each with its line in the file."""
    yield from enumerate(scalar(node).split("\n"), line_of(node) + 1)
