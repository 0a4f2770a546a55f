"""Whether somebody asks something."""

import re

_ASKS = re.compile(r"吗|多少|怎么|什么|哪|呢|几点|能不能|是不是|可不可以|为啥|要不要")


def asks(text: str) -> bool:
    """Whether there is a word of asking in it (利率是多少), which an answer to a question of ours hardly has."""
    return _ASKS.search(text) is not None
