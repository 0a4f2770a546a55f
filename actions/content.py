"""Reads what the centre says about itself (content/), knowing the file and line of every entry, for clear errors.

Files are read again when they change on disk: a new wording, rate or holiday needs no restart and no training.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path

import yaml

from bot.errors import ContentError
from bot.yaml_file import BrokenYaml, compose, line_of, value_of

ROOT = Path(__file__).resolve().parent.parent / "content"


class Entry:
    """One mapping of a content file, in file order. Reading a missing or wrong field raises ContentError."""

    def __init__(self, path: Path, line: int, fields: dict[str, object], lines: dict[str, int]) -> None:
        self.path = path
        self.line = line
        self._fields = fields
        self._lines = lines

    def __contains__(self, key: str) -> bool:
        return self._fields.get(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def wrong(self, key: str, mend: str) -> ContentError:
        """The error that names file, line and mend for this field."""
        line = self._lines.get(key, self.line)
        return ContentError("content_wrong", f"{_shown(self.path)} 第{line}行“{key}”：{mend}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text. Numbers and dates written without quotes are refused where a text is due."""
        found = self._fields.get(key, default)
        if found is None:
            raise self.wrong(key, f"缺少“{key}”，请补上")
        if not isinstance(found, str):
            raise self.wrong(key, "这里要写文字，请在内容两边加上引号")
        return found.strip()

    def day(self, key: str) -> date | None:
        """A date, or None if the field is empty."""
        found = self._fields.get(key)
        if found is None or type(found) is date:
            return found
        raise self.wrong(key, "日期要写成 2026-01-31 这样的形式，不加引号")

    def needed_day(self, key: str) -> date:
        """A date that must be there."""
        found = self.day(key)
        if found is None:
            raise self.wrong(key, f"缺少日期“{key}”，请写成 2026-01-31 这样的形式")
        return found

    def moment(self, key: str, *, ends_day: bool = False) -> datetime:
        """A moment in the centre's local time; it must be there. A date alone is its first moment, or its last."""
        found = self._fields.get(key)
        if isinstance(found, datetime):
            return found.replace(tzinfo=None)
        if type(found) is date:
            return datetime.combine(found, time.max if ends_day else time.min)
        raise self.wrong(key, "日期要写成 2026-01-31，或者 2026-01-31 22:00:00，不加引号")

    def flag(self, key: str) -> bool:
        """true or false; it must be there."""
        found = self._fields.get(key)
        if not isinstance(found, bool):
            raise self.wrong(key, "这里只能写 true 或 false")
        return found

    def whole(self, key: str) -> int:
        """A whole number."""
        found = self._fields.get(key)
        if not isinstance(found, int) or isinstance(found, bool):
            raise self.wrong(key, "这里要写一个整数")
        return found

    def wholes(self, key: str) -> list[int]:
        """A list of whole numbers."""
        found = self._fields.get(key)
        if not isinstance(found, list) or not all(isinstance(one, int) and not isinstance(one, bool) for one in found):
            raise self.wrong(key, "这里要写一列整数，如 [1, 2, 3]")
        return list(found)

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        """A word out of a fixed few."""
        found = self.text(key)
        if found not in allowed:
            raise self.wrong(key, f"只能是 {'、'.join(allowed)} 之一，现在是“{found}”")
        return found

    def texts(self, key: str) -> list[str]:
        """A list of texts; empty if the field is missing."""
        found = self._fields.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self.wrong(key, "这里要写一列文字，每行以“- ”开头")
        return list(found)

    def entry(self, key: str) -> "Entry":
        """A mapping inside this one."""
        found = self._fields.get(key)
        if not isinstance(found, Entry):
            raise self.wrong(key, "这里要写成几行“名字: 内容”")
        return found

    def entries(self, key: str) -> list["Entry"]:
        """A list of mappings; empty if the field is missing."""
        found = self._fields.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, Entry) for one in found):
            raise self.wrong(key, "这里要写一列条目，每条以“- ”开头")
        return list(found)

    def named(self) -> Iterator[tuple[str, "Entry"]]:
        """All fields that are mappings themselves, by name."""
        for key in self:
            yield key, self.entry(key)


def read(path: Path) -> Entry:
    """A YAML content file. Raises ContentError if it is missing, not UTF-8, or not YAML."""
    return _read(path, _changed(path))


def read_json(path: Path) -> dict[str, object]:
    """A JSON content file (holiday calendars). Raises ContentError."""
    try:
        found = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise ContentError(
            "content_wrong", f"{_shown(path)} 第{error.lineno}行：不是正确的 JSON，请检查逗号和引号"
        ) from error
    except RecursionError as error:
        raise ContentError("content_wrong", f"{_shown(path)}：括号一层套一层，太深了") from error
    if not isinstance(found, dict):
        raise ContentError("content_wrong", f"{_shown(path)}：最外层要用花括号")
    return found


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> Entry:
    try:
        node = compose(_bytes(path))
        if not isinstance(node, yaml.MappingNode):
            raise BrokenYaml(1, "文件要由“名字: 内容”组成")
        return _entry(path, node)
    except BrokenYaml as error:
        raise ContentError("content_wrong", f"{_shown(path)} {error}") from error


def _entry(path: Path, node: yaml.MappingNode) -> Entry:
    fields: dict[str, object] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key = str(value_of(key_node))
        line = line_of(key_node)
        if key in fields:
            raise BrokenYaml(line, f"“{key}”写了两次，请删去一个")
        fields[key] = _field(path, value_node)
        lines[key] = line
    return Entry(path, line_of(node), fields, lines)


def _field(path: Path, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return _entry(path, node)
    if isinstance(node, yaml.SequenceNode):
        return [_field(path, one) for one in node.value]
    return value_of(node)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContentError("content_missing", f"找不到内容文件 {_shown(path)}") from error


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContentError("content_wrong", f"{_shown(path)}：编码不是 UTF-8，请在编辑器里另存为 UTF-8") from error


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise ContentError("content_missing", f"找不到内容文件 {_shown(path)}") from error


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT.parent)) if path.is_relative_to(ROOT.parent) else str(path)
