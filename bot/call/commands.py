"""What a caller says to the line itself, while something is read out: stop, go on, again, slower, louder.

These never reach the dialogue; they change how the line speaks, not what is talked about.
"""

from enum import Enum


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

_SAID_AS = {
    Command.STOP: ("停", "停一下", "停下", "先停", "别念了", "不用念了", "暂停", "好了好了"),
    Command.GO_ON: ("继续", "接着说", "接着念", "继续说", "继续念", "往下说", "你继续", "请继续", "你说"),
    Command.REPEAT: (
        "重复",
        "重复一遍",
        "重听",
        "再说一遍",
        "再说一次",
        "再念一遍",
        "再讲一遍",
        "没听清",
        "没听清楚",
        "没听见",
        "你说什么",
        "什么",
        "请再说一遍",
        "请重复一遍",
        "重新说一遍",
    ),
    Command.SLOWER: ("慢一点", "慢点", "说慢点", "说慢一点", "太快了", "慢些", "请慢一点", "你慢点说"),
    Command.FASTER: ("快一点", "快点", "说快点", "说快一点", "太慢了", "请快一点"),
    Command.LOUDER: ("大声一点", "大声点", "声音大点", "声音大一点", "太小声了", "声音太小了", "听不见", "大点声"),
    Command.SOFTER: ("小声一点", "小声点", "声音小点", "声音小一点", "太大声了"),
    Command.WAIT: ("等一下", "等等", "等一会", "等一会儿", "稍等", "稍等一下", "请等一下", "你等一下", "等我一下"),
}

_COMMANDS = {said: command for command, sayings in _SAID_AS.items() for said in sayings}

_PARTICLES = "嗯啊呃哦噢喂那个吧呀呢嘛了"


def command_of(text: str) -> Command | None:
    """The caller's wish about the reading, or None if these words are for the dialogue.

    Only whole utterances count ('你慢点说' yes, '利率慢一点降吗' no); particles around them do not matter.
    """
    return _COMMANDS.get(text) or _COMMANDS.get(text.strip(_PARTICLES))


def sayings() -> tuple[str, ...]:
    """Every wording above: the recogniser must know them, whatever was asked."""
    return tuple(_COMMANDS)
