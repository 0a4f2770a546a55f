"""Reading voices/*.yml so that an error can name its line."""

from pathlib import Path
from typing import NoReturn

import yaml

from bot.errors import ContentError
from bot.yaml_file import BrokenYaml, compose, line_of


class Line:
    """One `name: value` of a YAML file, and where it stands."""

    def __init__(self, path: Path, name: str, node: yaml.Node, line: int) -> None:
        self.name = name
        self._path, self._node, self._line = path, node, line

    def text(self) -> str:
        """The value as it is written."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.refuse("应当是一个值，不是列表或分组")
        return str(self._node.value).strip()

    def number(self, least: float, most: float) -> float:
        """The value as a number within bounds."""
        try:
            value = float(self.text())
        except ValueError:
            self.refuse("应当是数字")
        if not least <= value <= most:
            self.refuse(f"应当在 {least:g} 到 {most:g} 之间")
        return value

    def group(self) -> "list[Line]":
        """The `name: value` lines below this one."""
        return _lines(self._path, self._node)

    def refuse(self, reason: str) -> NoReturn:
        """Raise ContentError with file and line."""
        raise ContentError("voices_wrong", f"{self._path}:{self._line}: “{self.name}”{reason}")


def read_lines(path: Path) -> list[Line]:
    """The top level of a YAML file. Raises ContentError when it cannot be read."""
    try:
        node = compose(path.read_bytes())
    except OSError as error:
        raise ContentError("voices_missing", f"{path}: 读不到这个文件（{error.strerror}）") from error
    except BrokenYaml as error:
        raise ContentError("voices_wrong", f"{path}:{error.line}: {error.reason}") from error
    return _lines(path, node) if node else []


def _lines(path: Path, node: yaml.Node) -> list[Line]:
    if not isinstance(node, yaml.MappingNode):
        raise ContentError("voices_wrong", f"{path}:{line_of(node)}: 这里应当是“名称: 值”")
    lines = [Line(path, str(key.value), value, line_of(key)) for key, value in node.value]
    for at, line in enumerate(lines):
        if line.name in (earlier.name for earlier in lines[:at]):
            line.refuse("写了两次，请删去一处")
    return lines
