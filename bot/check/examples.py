"""What callers say (nlu/): every intent has examples, and no example is there twice or claimed by two intents."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.check.document import block_lines, elements, field, scalar
from bot.check.finding import Finding
from bot.check.mentions import intents_led_to
from bot.check.project import Project

LINE_SIGNALS = {
    "call_started",
    "key_pressed",
    "no_input",
    "no_match",
    "number_finished",
    "pin_finished",
    "new_pin_finished",
    "agent_finished",
}
"""Intents that the line sends (bot/dialogue/base.py); no caller says them."""

FEWEST_EXAMPLES = 5
ANNOTATION = re.compile(r"\[([^\]]*)\](?:\{[^}]*\}|\([^)]*\))")
ANY_SPACE_BETWEEN_CHARACTERS = re.compile(r"[\u4e00-\u9fff]\s+[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Example:
    """One thing a caller may say."""

    intent: str
    text: str
    file: str
    line: int


@lru_cache(maxsize=4)
def examples(project: Project) -> list[Example]:
    """All examples of all intents, without their entity marks."""
    found = []
    for document in project.within("nlu"):
        for topic in elements(field(document.node, "nlu")):
            intent, listed = scalar(field(topic, "intent")), field(topic, "examples")
            if not intent or listed is None:
                continue
            for line, text in block_lines(listed):
                if text.strip().startswith("-"):
                    said = ANNOTATION.sub(r"\1", text.strip().removeprefix("-").strip())
                    found.append(Example(intent, said, document.name, line))
    return found


def check_examples(project: Project) -> Iterator[Finding]:
    """All of nlu/ against the domain's intents."""
    every = examples(project)
    yield from _without_examples(project, every)
    yield from _repeated(every)
    for one in every:
        yield from _writing(one)


def _without_examples(project: Project, every: list[Example]) -> Iterator[Finding]:
    counts: dict[str, int] = {}
    for one in every:
        base = one.intent.partition("/")[0]
        counts[one.intent] = counts.get(one.intent, 0) + 1
        if base != one.intent:
            counts[base] = counts.get(base, 0) + 1
    unsaid = LINE_SIGNALS | intents_led_to(project)
    for intent, line in project.intents.items():
        if intent not in counts and intent not in unsaid:
            mend = f"在 nlu/ 的文件里给 {intent} 写几句来电人的说法，或者从 domain.yml 删去它"
            yield Finding("domain.yml", line, f"意图 {intent} 没有例句，永远听不懂", mend)
    first: dict[str, Example] = {}
    for one in every:
        first.setdefault(one.intent, one)
    for intent, one in first.items():
        if intent.partition("/")[0] not in project.intents:
            mend = f"在 domain.yml 的 intents 里加上 {intent.partition('/')[0]}，或改正名称"
            yield Finding(one.file, one.line, f"意图 {intent} 在 domain.yml 里没有", mend)
        if counts[intent] < FEWEST_EXAMPLES:
            message = f"意图 {intent} 只有{counts[intent]}句例句"
            yield Finding(one.file, one.line, message, f"至少写{FEWEST_EXAMPLES}句不同的说法", note=True)


def _repeated(every: list[Example]) -> Iterator[Finding]:
    first: dict[str, Example] = {}
    for one in every:
        before = first.setdefault(one.text, one)
        if before is one:
            continue
        place = f"{before.file} 第{before.line}行"
        if before.intent == one.intent:
            yield Finding(one.file, one.line, f"例句“{one.text}”重复，{place}已经有了", "删去一处")
        else:
            message = f"例句“{one.text}”属于两个意图：{one.intent}，以及{place}的 {before.intent}"
            yield Finding(one.file, one.line, message, "只留在一个意图里；两件事真的一样时，合并两个意图")


def _writing(one: Example) -> Iterator[Finding]:
    if not one.text:
        yield Finding(one.file, one.line, "例句是空的", "删去这一行")
    if one.text.startswith("/"):
        yield Finding(one.file, one.line, f"例句“{one.text}”以“/”开头，会被当成命令", "去掉“/”")
    if ANY_SPACE_BETWEEN_CHARACTERS.search(one.text):
        message = f"例句“{one.text}”的汉字之间有空格，识别出来的话没有空格"
        yield Finding(one.file, one.line, message, "去掉空格")
