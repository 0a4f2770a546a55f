"""YAML files that people write: whatever is in one, it becomes a tree whose nodes know their lines, or an error that
knows its line.

PyYAML alone raises half a dozen kinds of errors for what editors write (a 30th of February, a Tab, GBK), and follows
references into trees without end. Content needs no references: they are refused.
"""

import re
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's: a large domain takes tens of milliseconds instead of seconds."""

_DEEPEST = 40
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp")}
_MAPPING, _SEQUENCE = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"


class BrokenYaml(Exception):
    """What a person wrote is not YAML as this project uses it. Caused by PyYAML's own error, if there was one."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"第{line}行：{reason}")
        self.line = line
        """From 1."""
        self.reason = reason
        """Chinese, for editors."""


def compose(content: bytes) -> yaml.Node | None:
    """The tree of a file; None if nothing is in it. Raises BrokenYaml."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise BrokenYaml(line, "文件不是 UTF-8 编码（多半是 GBK），请在编辑器里另存为 UTF-8") from wrong
    if strange := _UNPRINTABLE.search(text):
        raise BrokenYaml(text.count("\n", 0, strange.start()) + 1, "有看不见的控制字符，请重新输入这一行")
    try:
        _refuse_riddles(text)
        return yaml.compose(text, LOADER)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None) or getattr(wrong, "context_mark", None)
        why = getattr(wrong, "problem", None) or wrong
        raise BrokenYaml(mark.line + 1 if mark else 1, f"格式有误（{why}），请检查缩进、冒号和引号") from wrong


def value_of(node: yaml.Node) -> Any:
    """What a node means: texts, numbers, dates, lists, mappings. Raises BrokenYaml with the line of what is wrong."""
    return _value(yaml.SafeLoader(""), node)


def line_of(node: yaml.Node) -> int:
    """Where it begins, from 1."""
    return int(node.start_mark.line) + 1


def _refuse_riddles(text: str) -> None:
    """References (&name, *name), which may hold each other, and boxes within boxes without end."""
    depth = 0
    for event in yaml.parse(text, LOADER):
        if getattr(event, "anchor", None):
            mend = "& 和 * 在 YAML 里有特殊含义，请给内容加英文双引号"
            raise BrokenYaml(event.start_mark.line + 1, mend)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise BrokenYaml(event.start_mark.line + 1, f"一层套一层，超过了{_DEEPEST}层，请检查括号和缩进")


def _value(constructor: yaml.SafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode) and node.tag == _MAPPING:
        return {_key(constructor, key): _value(constructor, value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode) and node.tag == _SEQUENCE:
        return [_value(constructor, one) for one in node.value]
    if not isinstance(node, yaml.ScalarNode) or node.tag not in _PLAIN:
        raise BrokenYaml(line_of(node), f"这里的“{node.tag}”不认识，感叹号有特殊含义，请给内容加英文双引号")
    try:
        return constructor.construct_object(node)
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, OverflowError) as wrong:
        raise BrokenYaml(line_of(node), f"“{node.value[:40]}”不是正确的日期或数字") from wrong


def _key(constructor: yaml.SafeLoader, node: yaml.Node) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        raise BrokenYaml(line_of(node), "名称只能是文字，不能是列表或分组")
    return _value(constructor, node)
