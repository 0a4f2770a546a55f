"""What a caller says to the line itself, while something is read out: stop, go on, again, slower, louder.

These never reach the dialogue; they change how the line speaks, not what is talked about. The words are content:
voices/commands.yml.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path

import yaml

from bot.errors import ContentError
from bot.yaml_file import BrokenYaml, compose, line_of, value_of


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
            root = compose(path.read_bytes())
            if not isinstance(root, yaml.MappingNode):
                raise BrokenYaml(1, "每一项应为“命令: [说法, …]”")
            sayings = {_command(name): _ways(ways) for name, ways in root.value}
        except OSError as wrong:
            raise ContentError("commands", f"{path.name} 读不出来：{wrong.strerror}") from wrong
        except BrokenYaml as wrong:
            raise ContentError("commands", f"{path.name} {wrong}") from wrong
        missing = [command.value for command in Command if not sayings.get(command)]
        if missing:
            raise ContentError("commands", f"{path.name}：缺少 {'、'.join(missing)} 的说法。")
        return cls(sayings)

    def of(self, text: str) -> Command | None:
        """The caller's wish about the reading, or None if these words are for the dialogue.

        Only whole utterances count ('你慢点说' yes, '利率慢一点降吗' no); particles around them do not matter.
        """
        return self._commands.get(text) or self._commands.get(text.strip(_PARTICLES))


def _command(node: yaml.Node) -> Command:
    name, known = value_of(node), [command.value for command in Command]
    if name not in known:
        raise BrokenYaml(line_of(node), f"不认识“{name}”，命令有 {'、'.join(known)}")
    return Command(name)


def _ways(node: yaml.Node) -> list[str]:
    ways = value_of(node)
    if not isinstance(ways, list) or not all(isinstance(said, str) for said in ways):
        raise BrokenYaml(line_of(node), "这里要写一列说法，如 [停, 别说了]")
    return ways
