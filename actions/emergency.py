"""110, 119 and 120 matters: the hotline can do nothing for them but say at once who can."""

import re

_EMERGENCY = re.compile(
    r"着火|起火|失火|火灾|救命|持刀|抢劫|抢钱|打起来|打人了|动手打|晕倒|昏倒|昏迷|心脏病|流血|自杀|跳楼|不想活|救护车|急救"
    r"|报警|(?<![0-9])1(?:10|19|20)(?![0-9])|[一幺]{2}零|[一幺]{2}九|[一幺]二零"
)


def is_emergency(text: str) -> bool:
    """Whether somebody may be in danger now."""
    return bool(_EMERGENCY.search(text))
