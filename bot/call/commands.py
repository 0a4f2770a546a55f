"""What a caller says to the line itself, while something is read out: stop, go on, again, slower, louder.

These never reach the dialogue; they change how the line speaks, not what is talked about. The words are content:
voices/commands.yml.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path

import yaml

from bot.errors import ContentError


class Command(Enum):
    """A wish about the reading, not about the business."""

    STOP = "stop"
    GO_ON = "go_on"
    REPEAT = "repeat"
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    SOFTER = "softer"
    WAIT = "wait"


REPEAT_KEY = "9"

_PARTICLES = "嗯啊呃哦噢喂那个吧呀呢嘛了"


class Commands:
    """The wordings of all commands."""

    def __init__(self, sayings: Mapping[Command, Sequence[str]]) -> None:
        self._commands = {said: command for command, ways in sayings.items() for said in ways}

    @classmethod
    def load(cls, path: Path) -> "Commands":
        """Read voices/commands.yml. Raises ContentError, in Chinese."""
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            sayings = {Command(name): [str(said) for said in ways] for name, ways in content.items()}
        except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, TypeError, AttributeError) as wrong:
            known = "、".join(command.value for command in Command)
            raise ContentError(
                "commands", f"{path.name}：每一项应为“命令: [说法, …]”，命令有 {known}。{wrong}"
            ) from wrong
        missing = [command.value for command in Command if not sayings.get(command)]
        if missing:
            raise ContentError("commands", f"{path.name}：缺少 {'、'.join(missing)} 的说法。")
        return cls(sayings)

    def of(self, text: str) -> Command | None:
        """The caller's wish about the reading, or None if these words are for the dialogue.

        Only whole utterances count ('你慢点说' yes, '利率慢一点降吗' no); particles around them do not matter.
        """
        return self._commands.get(text) or self._commands.get(text.strip(_PARTICLES))
