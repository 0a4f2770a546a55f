"""Sentences the line says by itself (PIN, hold, apology). They work while Rasa is down."""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import yaml

from bot.dialogue.base import Say
from bot.errors import ContentError
from bot.yaml_file import BrokenYaml, compose, line_of, value_of


class Prompts:
    """The prompts of voices/prompts.yml, by name."""

    def __init__(self, texts: dict[str, str], source: str = "prompts.yml") -> None:
        self._texts = texts
        self._source = source

    @classmethod
    def load(cls, path: Path) -> "Prompts":
        """Read the file. Raises ContentError with file and line."""
        try:
            root = compose(path.read_bytes())
            if not isinstance(root, yaml.MappingNode):
                raise BrokenYaml(1, "每一行应为“名称: 文字”")
            return cls({str(value_of(name)): _text(text) for name, text in root.value}, path.name)
        except OSError as wrong:
            raise ContentError("prompts_unreadable", f"{path.name} 读不出来：{wrong.strerror}") from wrong
        except BrokenYaml as wrong:
            raise ContentError("prompts_wrong", f"{path.name} {wrong}") from wrong

    def say(self, name: str, **values: str) -> Say:
        """The prompt of this name as something to say; `values` fill {places} and keep it off the disk."""
        if name not in self._texts:
            raise ContentError("prompt_missing", f"{self._source} 缺少提示语 {name}，请补上一行“{name}: 文字”。")
        text = self._texts[name]
        return Say(text=text.format(**values) if values else text, utterance=f"prompt_{name}", fixed=not values)

    def __iter__(self) -> Iterator[str]:
        """All texts without places to fill: what can be spoken ahead of time."""
        return (text for text in self._texts.values() if "{" not in text)


def _text(node: yaml.Node) -> str:
    """A prompt's words. Braces name a place to fill, nothing else."""
    text = value_of(node)
    if not isinstance(text, str):
        raise BrokenYaml(line_of(node), "这里要写文字，数字请加引号")
    try:
        places = [name for _, name, form, turn in Formatter().parse(text) if name is not None or form or turn]
    except ValueError as wrong:
        raise BrokenYaml(line_of(node), "花括号没有配对") from wrong
    if not all(name and name.isidentifier() for name in places):
        raise BrokenYaml(line_of(node), "花括号里只能是一个名称，如 {number}")
    return text.strip()
