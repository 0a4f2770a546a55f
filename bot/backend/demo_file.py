"""Reads the demo's file entry by entry, so that a mistake is named by its line."""

from collections.abc import Callable
from decimal import InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bot.errors import ContentError

T = TypeVar("T")


def entries(path: Path, name: str, read: Callable[[dict[str, Any]], T], *, needed: bool = False) -> list[T]:
    """The list `name:` of a file, each entry through `read`. Raises ContentError with file, line and mend."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        lists = {key.value: value.value for key, value in root.value}
        nodes = lists[name] if needed else lists.get(name, [])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, LookupError, AttributeError, TypeError, ValueError) as error:
        raise ContentError("demo_customers", f"{path}：无法读取演示客户，文件应为 UTF-8 的 {name}: 列表") from error
    found = []
    for node in nodes:
        try:
            found.append(read(yaml.SafeLoader("").construct_document(node)))
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            line = node.start_mark.line + 1
            raise ContentError("demo_customers", f"{path} 第 {line} 行：演示客户有误：{error}") from error
    return found


def refuse_unquoted(fields: dict[str, Any], names: tuple[str, ...]) -> None:
    """Numbers must be quoted, or YAML eats their leading zeros; a password has six digits.

    Raises TypeError, ValueError.
    """
    for name in names:
        if not isinstance(fields[name], str):
            raise TypeError(f"{name} 要加引号，否则开头的 0 会丢失")
    if len(fields["password"]) != 6 or not fields["password"].isdecimal():
        raise ValueError("password 必须是六位数字")
