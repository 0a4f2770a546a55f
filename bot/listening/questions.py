"""Reads voices/questions.yml: how each question listens for its answer."""

from pathlib import Path
from typing import Any

import yaml

from bot.errors import ContentError
from bot.events import KEYS
from bot.listening.base import Question
from bot.listening.grammars import chain
from bot.yaml_file import BrokenYaml, compose, line_of

SECONDS = (
    *("end_of_turn", "whole_answer", "begun_answer", "hesitation"),
    *("minimum_speech", "longest_turn", "no_input"),
)
WORDS = ("grammar", "chain", "answers", "short_words")


def load_questions(file: Path) -> dict[str, Question]:
    """Questions by name. Raises ContentError with file and line if an entry is not understood."""
    try:
        root = compose(file.read_bytes())
    except OSError as wrong:
        raise ContentError("questions", f"{file}：读不到这个文件。") from wrong
    except BrokenYaml as wrong:
        raise ContentError("questions", f"{file}:{wrong.line}：{wrong.reason}") from wrong
    reader = _Reader(file)
    top = reader.mapping(root, "文件") if root is not None else {}
    reader.only(top, ("everywhere", "questions"))
    everywhere = reader.words(*top["everywhere"]) if "everywhere" in top else ()
    entries = reader.mapping(top["questions"][1], "questions") if "questions" in top else {}
    if "open" not in entries:
        raise ContentError("questions", f"{file}：缺少 questions: open:，开放式提问怎样听？")
    return {name: reader.question(name, node, everywhere) for name, (_, node) in entries.items()}


class _Reader:
    """Turns YAML nodes into questions; nodes know their line."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def question(self, name: str, node: yaml.Node, everywhere: tuple[str, ...]) -> Question:
        entries = self.mapping(node, name)
        self.only(entries, (*SECONDS, *WORDS, "keys"))
        given: dict[str, Any] = {"name": name}
        for key, (at, value) in entries.items():
            if key in SECONDS:
                given[f"{key}_seconds"] = self.seconds(at, value)
            elif key in WORDS:
                given[key] = self.words(at, value)
            else:
                given[key] = self.keys(at, value)
        chained = given.pop("chain", ())
        phrases = (*given.get("grammar", ()), *((chain(chained),) if chained else ()))
        if phrases:
            given["grammar"] = tuple(dict.fromkeys((*phrases, *everywhere)))
        given.setdefault("whole_answer_seconds", given.get("end_of_turn_seconds", Question().end_of_turn_seconds))
        given.setdefault("begun_answer_seconds", given["whole_answer_seconds"])
        long_words = [word for word in given.get("short_words", ()) if len(word) != 1]
        if long_words:
            raise self.wrong(entries["short_words"][0], f"short_words 里只能是一个字，“{long_words[0]}”不是。")
        return Question(**given)

    def mapping(self, node: yaml.Node, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Key → (key node, value node)."""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, f"{what} 这里应当是“名字: 内容”的形式。")
        entries: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.wrong(key, "名字只能是文字。")
            if key.value in entries:
                raise self.wrong(key, f"“{key.value}”写了两次。")
            entries[key.value] = (key, value)
        return entries

    def only(self, entries: dict[str, tuple[yaml.Node, yaml.Node]], known: tuple[str, ...]) -> None:
        for key, (at, _) in entries.items():
            if key not in known:
                raise self.wrong(at, f"不认识“{key}”。可以写：{'、'.join(known)}。")

    def seconds(self, at: yaml.Node, value: yaml.Node) -> float:
        try:
            seconds = float(value.value)
        except (TypeError, ValueError):
            raise self.wrong(at, f"{at.value} 应当是秒数，例如 0.6。") from None
        if not 0 < seconds <= 60:
            raise self.wrong(at, f"{at.value} 应当在 0 到 60 秒之间，现在是 {value.value}。")
        return seconds

    def words(self, at: yaml.Node, value: yaml.Node) -> tuple[str, ...]:
        if not isinstance(value, yaml.SequenceNode) or not all(
            isinstance(word, yaml.ScalarNode) and word.value.strip() for word in value.value
        ):
            raise self.wrong(at, f"{at.value} 应当是一串说法，例如 [是的, 不是]。")
        return tuple(word.value.strip() for word in value.value)

    def keys(self, at: yaml.Node, value: yaml.Node) -> str:
        if not isinstance(value, yaml.ScalarNode) or value.tag != "tag:yaml.org,2002:str":
            raise self.wrong(at, 'keys 要加引号，例如 keys: "012*#"。')
        strange = [key for key in value.value if key not in KEYS]
        if strange:
            raise self.wrong(at, f"电话上没有“{strange[0]}”键。可以写：{KEYS}。")
        return str(value.value)

    def wrong(self, node: yaml.Node, told: str) -> ContentError:
        return ContentError("questions", f"{self._file}:{line_of(node)}：{told}")
