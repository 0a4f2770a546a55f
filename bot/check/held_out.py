"""Examples that come too near to the questions which measure the bot: copied in, they would measure nothing."""

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

import yaml

from bot.check.document import Document, elements, field, scalar
from bot.check.examples import examples
from bot.check.finding import Finding
from bot.check.project import Project
from bot.yaml_file import line_of

QUESTIONS = "tests/dialogue/questions_116.yml"
TOO_NEAR = 0.8
PUNCTUATION = str.maketrans("", "", "，。？！、；：“”（） ,.?!;:")


def check_held_out(project: Project) -> Iterator[Finding]:
    """Every example against every question of the test."""
    document = project.document(QUESTIONS)
    if document is None or document.node is None:
        return
    asked = [_Asked(scalar(field(one, "say")).translate(PUNCTUATION), line_of(one)) for one in _questions(document)]
    for example in examples(project):
        characters = Counter(example.text)
        for question in asked:
            if not question.may_be_near(example.text, characters):
                continue
            nearness = SequenceMatcher(None, example.text, question.text, autojunk=False).ratio()
            if nearness >= TOO_NEAR:
                place = f"{QUESTIONS} 第{question.line}行"
                message = f"例句“{example.text}”与考题“{question.text}”（{place}）相似度{nearness:.2f}"
                yield Finding(example.file, example.line, message, "删去，或换一种来电人的说法；考题不能用来训练")


def _questions(document: Document) -> Iterator[yaml.Node]:
    return elements(field(document.node, "questions"))


class _Asked:
    """One question of the test."""

    def __init__(self, text: str, line: int) -> None:
        self.text, self.line = text, line
        self._characters = Counter(text)
        self._signs = frozenset(text)

    def may_be_near(self, example: str, characters: Counter[str]) -> bool:
        """Whether enough characters are the same, in any order: nearly never, and quick to see."""
        needed = TOO_NEAR * (len(example) + len(self.text)) / 2
        if len(example) < needed or len(self.text) < needed:
            return False
        if len(self._signs.intersection(characters)) + len(example) - len(characters) < needed:
            return False
        return sum(min(count, characters[sign]) for sign, count in self._characters.items()) >= needed
