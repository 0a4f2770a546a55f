"""Sentences the line says by itself (PIN, hold, apology). They work while Rasa is down."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.dialogue.base import Say
from bot.errors import ContentError


class Prompts:
    """The prompts of voices/prompts.yml, by name."""

    def __init__(self, texts: dict[str, str], source: str = "prompts.yml") -> None:
        self._texts = texts
        self._source = source

    @classmethod
    def load(cls, path: Path) -> "Prompts":
        """Read the file. Raises ContentError with file and line."""
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as wrong:
            raise ContentError(
                "prompts_unreadable", f"{path.name} 读不出来：{wrong}。请检查编码（UTF-8）和缩进。"
            ) from wrong
        if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
            raise ContentError("prompts_shape", f"{path.name}：每一行应为“名称: 文字”。")
        return cls({str(name): text.strip() for name, text in content.items()}, path.name)

    def say(self, name: str, **values: str) -> Say:
        """The prompt of this name as something to say; `values` fill {places} and keep it off the disk."""
        if name not in self._texts:
            raise ContentError("prompt_missing", f"{self._source} 缺少提示语 {name}，请补上一行“{name}: 文字”。")
        text = self._texts[name]
        return Say(text=text.format(**values) if values else text, utterance=f"prompt_{name}", fixed=not values)

    def __iter__(self) -> Iterator[str]:
        """All texts without places to fill: what can be spoken ahead of time."""
        return (text for text in self._texts.values() if "{" not in text)
