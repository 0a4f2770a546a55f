"""Reads the demo's file entry by entry, so that a mistake is named by its line."""

from collections.abc import Callable
from decimal import InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import ContentError
from bot.yaml_file import BrokenYaml, compose, line_of, value_of

T = TypeVar("T")


def entries(path: Path, name: str, read: Callable[[dict[str, Any]], T], *, needed: bool = False) -> list[T]:
    """The list `name:` of a file, each entry through `read`. Raises ContentError with file, line and mend."""
    try:
        root = compose(path.read_bytes())
        lists = {key.value: value.value for key, value in root.value}  # type: ignore[union-attr]
        nodes = lists[name] if needed else lists.get(name, [])
    except BrokenYaml as error:
        raise ContentError("demo_customers", f"{path} {error}") from error
    except (OSError, LookupError, AttributeError, TypeError, ValueError) as error:
        raise ContentError("demo_customers", f"{path}：无法读取演示客户，文件应为 UTF-8 的 {name}: 列表") from error
    found = []
    for node in nodes:
        try:
            found.append(read(value_of(node)))
        except BrokenYaml as error:
            raise ContentError("demo_customers", f"{path} {error}") from error
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
            raise ContentError("demo_customers", f"{path} 第{line_of(node)}行：演示客户有误：{error}") from error
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
