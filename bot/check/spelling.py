"""What editors' programs and YAML's own rules do to a file: encodings, full-width signs, numbers without quotes."""

import re
from collections.abc import Iterator

import yaml

from bot.check.document import Document, every_node, pairs, scalar
from bot.check.encoding import marked, undecoded
from bot.check.finding import Finding
from bot.check.project import Project
from bot.yaml_file import BrokenYaml, line_of, value_of

WIDE_COLON = re.compile(r"^[\s-]*[A-Za-z_][\w./]*：")
"""A name in Latin letters before a full-width colon was meant as `name: `."""

DIGITS_AS_TEXT = {"press", "keys", "telephone", "caller", "last_four"}
"""Fields whose digits are no amount: a leading zero counts."""

REASONS = (
    ("tab character", "行首有制表符（Tab）", "缩进请用空格，不要用 Tab 键"),
    (
        "mapping values are not allowed",
        "冒号用错了地方",
        "一行只能有一个“名称: 内容”；内容里有冒号时，给内容加英文双引号",
    ),
    ("did not find expected <document start>", "这一行不是“名称: 内容”的形式", "名称后面用英文半角冒号并空一格"),
    ("could not find expected ':'", "这一行缺少冒号", "名称后面用英文半角冒号并空一格"),
    ("did not find expected key", "缩进与上面的行不一致", "同一级的行要从同一列开始"),
    ("did not find expected '-'", "缩进与上面的行不一致", "列表的每一行以“- ”开头，并从同一列开始"),
    ("found unexpected end of stream", "引号没有配对", "补上后一个引号"),
    ("did not find expected ',' or ']'", "方括号没有配对", "补上“]”，各项之间用英文逗号"),
    ("did not find expected ',' or '}'", "花括号没有配对", "补上“}”，各项之间用英文逗号；内容以花括号开头时加引号"),
    ("cannot start any token", "内容以特殊符号开头", "给内容加英文双引号"),
)


def check_spelling(project: Project) -> Iterator[Finding]:
    """All YAML files."""
    for document in project.documents:
        yield from marked(document.name, document.content)
        yield from undecoded(document.name, document.content)
        yield from _unreadable(document) if document.node is None else _values(document, document.node)


def _unreadable(document: Document) -> Iterator[Finding]:
    """Why YAML refuses the file: first what editors do most often, then its own reason."""
    if document.problem is None or isinstance(document.problem.__cause__, UnicodeDecodeError):
        return
    lines = document.text.split("\n")
    line = min(document.problem.line, len(lines))
    for number in [line, line - 1, line + 1]:
        shown = lines[number - 1] if 0 < number <= len(lines) else ""
        if WIDE_COLON.match(shown) or re.match(r"^[\s-]*[\w.]+：\s*\S", shown):
            yield _wide_colon(document.name, number)
            return
        if re.match(r"^ *\t", shown):
            yield Finding(document.name, number, REASONS[0][1], REASONS[0][2])
            return
    for reason, message, mend in REASONS:
        if reason in document.problem.reason:
            yield Finding(document.name, line, message, mend)
            return
    yield Finding(document.name, line, document.problem.reason, "检查这一行和上一行的缩进、冒号、引号")


def _values(document: Document, root: yaml.Node) -> Iterator[Finding]:
    for node in every_node(root):
        yield from _twice(document.name, node)
        for key, value in pairs(node):
            yield from _key(document.name, key)
            if scalar(key) in DIGITS_AS_TEXT and _is(value, "int"):
                mend = f'写成 {scalar(key)}: "{scalar(value)}"'
                yield Finding(document.name, line_of(value), f"“{scalar(key)}”的数字没有加引号", mend)
        if isinstance(node, yaml.ScalarNode):
            try:
                value = value_of(node)
            except BrokenYaml as wrong:
                yield Finding(document.name, wrong.line, wrong.reason, "改正；如果是文字，给内容加英文双引号")
                continue
            if not node.style:
                yield from _plain(document.name, node, value)


def _twice(name: str, node: yaml.Node) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for key, _ in pairs(node):
        if scalar(key) in first:
            mend = f"留下一处；前一处在第{first[scalar(key)]}行，后写的会悄悄盖掉它"
            yield Finding(name, line_of(key), f"“{scalar(key)}”写了两次", mend)
        first.setdefault(scalar(key), line_of(key))


def _key(name: str, key: yaml.Node) -> Iterator[Finding]:
    if _is(key, "int") or _is(key, "float"):
        yield Finding(name, line_of(key), f"作名称的数字 {scalar(key)} 没有加引号", f'写成 "{scalar(key)}": ')


def _plain(name: str, node: yaml.ScalarNode, value: object) -> Iterator[Finding]:
    """Values without quotes that YAML reads as something else."""
    text = scalar(node)
    if _is(node, "int") and not re.fullmatch(r"-?(0|[1-9]\d*)", text):
        message = f"{text} 会被当成 {value}"
        yield Finding(name, line_of(node), message, f'写成 "{text}"')
    elif _is(node, "bool") and text not in ("true", "false"):
        yield Finding(name, line_of(node), f"{text} 会被当成“{'是' if value else '否'}”", f'写成 "{text}"')
    elif WIDE_COLON.match(text):
        yield _wide_colon(name, line_of(node))
    elif "\u3000" in text:
        yield Finding(name, line_of(node), "有全角空格", "删去，或换成半角空格")


def _is(node: yaml.Node, kind: str) -> bool:
    return bool(node.tag == f"tag:yaml.org,2002:{kind}" and isinstance(node, yaml.ScalarNode) and not node.style)


def _wide_colon(name: str, line: int) -> Finding:
    return Finding(name, line, "用了全角冒号“：”", "改成英文半角冒号，并在后面空一格")
