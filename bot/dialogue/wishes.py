"""Two wishes in one sentence (我想查余额，再问一下利率): where it could be cut, and whether the parts are wishes.

Words alone cannot tell: 再 and 和 stand in one wish as well (提取和贷款有什么区别, 还完了还能再贷吗). So a sentence is
cut only where callers begin anew, and only if the dialogue engine knows each part as a business of its own.
"""

import re
from collections.abc import Sequence

from bot.dialogue.base import Reading

SURE = 0.4
"""Confidence of a part from which it is a wish; measured with tests/dialogue/two_wishes.yml."""

NO_BUSINESS = frozenset(
    "nlu_fallback greet goodbye thanks affirm deny repeat go_back main_menu use_keypad no_keypad ask_identity"
    " ask_services ask_privacy social_insurance advertising abuse emergency out_of_scope".split()
)
"""A part of this kind is no second wish: 您好我想查余额 is one."""

_MARKS = "，,。；;、 "
_LINKS = r"另外|顺便|顺带|顺道|顺手|对了|然后|接着|最后|完了(?:以后|之后)?"
_ASKS_ON = r"(?:帮我|给我|跟我|麻烦)?(?:问|查|看|说|讲|告诉|打听|约|预约|取消|重新|转|听|了解|咨询|办|开通)"
_STARTS = re.compile(
    rf"[{_MARKS}]*(?:"
    rf"(?:{_LINKS})(?:呢|啊|吧)?(?:再|还|也|我)*"
    r"|还有(?:就是|一个|个事)?(?![多几没余钱])"
    rf"|(?:再|并且|同时){_ASKS_ON}"
    rf"|我?(?:还|也)(?:想|要|得)再?(?={_ASKS_ON}|知道|提|把)"
    r")"
)
_LEADING = re.compile(rf"^(?:[{_MARKS}]|{_LINKS}|呢|啊|还有(?:就是)?|同时|并且|再|我?还(?=想|要|得)|也(?=想|要|得))+")
_LIST = re.compile(
    r"^(?P<head>.*?(?:查一下|查下|查|问一下|问|看看|告诉我|说一下))(?P<first>[^和跟]{2,8})(?:和|跟|以及)(?P<second>[^和跟]{2,8})$"
)
_SHORTEST_PART = 2


def parts_of(text: str) -> list[str]:
    """The sentence cut where a caller may have begun another wish, each part fit to be said alone; else the whole."""
    starts = [found.start() for found in _STARTS.finditer(text) if found.start() >= _SHORTEST_PART]
    if starts:
        pieces = [text[begins:ends] for begins, ends in zip([0, *starts], [*starts, len(text)], strict=True)]
        parts = [pieces[0].strip(_MARKS), *(_LEADING.sub("", piece).strip(_MARKS) for piece in pieces[1:])]
        return parts if all(len(part) >= _SHORTEST_PART for part in parts) else [text]
    if found := _LIST.match(text):
        return [found["head"] + found["first"], found["head"] + found["second"]]
    return [text]


def are_wishes(readings: Sequence[Reading]) -> bool:
    """Whether these parts are businesses, each sure and each another."""
    intents = {one.intent for one in readings}
    return (
        len(intents) == len(readings) and not intents & NO_BUSINESS and all(one.confidence >= SURE for one in readings)
    )
