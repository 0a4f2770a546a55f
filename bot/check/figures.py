"""Figures that stand in a text instead of in content/facts.yml, where each has its source and its dates."""

import re
from collections.abc import Iterator

import yaml

from bot.check.document import Document, every_node, field, pairs, scalar
from bot.check.finding import Finding
from bot.check.project import Project
from bot.yaml_file import line_of

TEXTS = ("text", "short", "sms")
"""Fields of content that callers hear or read."""

UNITS = r"(?:个?工作日|个?自然日|个月|个小时|小时|分钟|周岁|万元|元|万|块钱|天|日|年|岁|倍|成)"
DIGITS = r"[0-9０-９]"
NUMERALS = "一二两三四五六七八九十百千"

STRAY = re.compile(
    rf"百分之[{NUMERALS}零点〇]+"
    rf"|{DIGITS}+(?:[.．]{DIGITS}+)?[%％‰]"
    rf"|(?<![第\d０-９.．]){DIGITS}+(?:[.．]{DIGITS}+)?{UNITS}"
    rf"|(?<![第{NUMERALS}])(?![一十百千]{UNITS})[{NUMERALS}]+(?:到[{NUMERALS}]+)?{UNITS}"
)
"""Rates, limits and times. 一年, 一天 and 第三天 are words."""

KIND_OF_LOAN = "五年"
"""Where a text tells 五年以内 from 五年以上, these are names, as the central bank uses them."""

HAVE_THEIR_OWN = ("content/facts.yml", "content/notices.yml")
"""A notice has source, beginning and end itself, and is gone before its dates are wrong."""


def check_figures(project: Project) -> Iterator[Finding]:
    """Texts of content/ and the responses of domain.yml."""
    known = dict(_values(project.document("content/facts.yml")))
    for document in project.within("content"):
        if document.name in HAVE_THEIR_OWN or document.name.startswith("content/demo/"):
            continue
        for node in every_node(document.node):
            for name in TEXTS:
                text = field(node, name)
                if text is not None:
                    yield from _strays(document.name, text, known)
    for response in project.responses:
        text = field(response.node, "text")
        if text is not None:
            yield from _strays("domain.yml", text, known)


def _values(document: Document | None) -> Iterator[tuple[str, str]]:
    """Each figure's value and name."""
    for name, fact in pairs(document.node if document else None):
        value = scalar(field(fact, "value"))
        if value:
            yield value, scalar(name)


def _strays(file: str, text: yaml.Node, known: dict[str, str]) -> Iterator[Finding]:
    for found in dict.fromkeys(STRAY.findall(re.sub(r"\{[^}]*\}", "｛｝", scalar(text)))):
        if found == KIND_OF_LOAN and f"{KIND_OF_LOAN}以内" in scalar(text):
            continue
        line = line_of(text) + _lines_before(text, found)
        message = f"数字“{found}”写在了文字里，改的时候容易漏"
        same = known.get(found)
        mend = (
            f"改成 {{facts.{same}}}，它在 content/facts.yml 里"
            if same
            else "写进 content/facts.yml（名称、value、出处、日期），这里写 {facts.名称}"
        )
        yield Finding(file, line, message, mend)


def _lines_before(text: yaml.Node, found: str) -> int:
    """A text written as a block begins on the line after its sign."""
    if getattr(text, "style", None) not in ("|", ">"):
        return 0
    return 1 + scalar(text).partition(found)[0].count("\n")
