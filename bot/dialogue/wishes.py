"""Two wishes in one sentence (我想查余额，再问一下利率): where it could be cut, and whether the parts are wishes.

Words alone cannot tell: 再 and 和 stand in one wish as well (提取和贷款有什么区别, 还完了还能再贷吗). So a sentence is
cut only where callers begin anew, and only if the dialogue engine knows each part as a business of its own.
Where no 再, 还 or 另外 stands (我要查余额利率是多少, as the recogniser often writes it), the engine must be surer.
"""

import re
from collections.abc import Awaitable, Callable, Sequence

from bot.dialogue.base import Reading

SURE = 0.5
"""Confidence of a part from which it is a wish; measured with tests/dialogue/two_wishes.yml."""

SURE_WITHOUT_LINK = 0.55
"""The same where no word says that another wish begins; this and the next chosen with sentences that are in no test."""

FEW_CHARACTERS, SURE_OF_FEW = 5, 0.9
"""So short a part is easily taken for a business: it is a wish where no word says so only if the engine is so sure."""

NO_BUSINESS = frozenset(
    "nlu_fallback greet goodbye thanks affirm deny repeat go_back main_menu use_keypad no_keypad ask_identity"
    " ask_services ask_privacy social_insurance advertising abuse emergency out_of_scope"
    " outside_weather outside_papers outside_home outside_errands outside_chat".split()
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

_ASKED = re.compile(
    r"(?:吗|呢|多少(?:钱|年|个月|天)?|几[月号点成年]|(?:是|要|带|有)什么|怎么[办查弄取转走改补还]|咋[办弄整取]"
    r"|哪儿|哪里|在哪|多久|多高|进度|余额|手续)$"
)
"""What stands at the end of a question that is complete."""

_ASKS_ANEW = re.compile(
    r"(?:我?(?:想|要|得)|请|麻烦|帮我|给我|帮忙)*(?:查(?!的|到|不)|问(?:一下|下|一问)|看看|看一下|告诉我|预约|约[个一]"
    r"|取消|开通|投诉|转人工|转接|提个)|我(?:想|要)|你们|咱们|请问|帮我|麻烦"
)
_BELONGS_BEFORE = frozenset("个月年天种家次成的了吗呢吧啊时候理询钱")
"""No wish begins with one of these."""

_WANTS_MORE = frozenset("我能以要会想就不来去没才也都先上里再让叫给")
"""Before a verb: 还能查余额吗, 在手机上查."""

_SHORTEST_WISH = 3
_MOST_CUTS = 4


async def wishes_in(text: str, read: Callable[[Sequence[str]], Awaitable[list[Reading]]]) -> list[str]:
    """The wishes of this sentence, in order; [text] if it is one or none. `read` asks the engine, and raises what it
    raises."""
    parts = parts_of(text)
    if len(parts) > 1:
        return parts if are_wishes(await read(parts)) else [text]
    cuts = cuts_of(text)
    if not cuts:
        return [text]
    return list(surest_cut(cuts, await read([part for cut in cuts for part in cut])) or [text])


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


def cuts_of(text: str) -> list[tuple[str, str]]:
    """Where a sentence without such a word may fall into two wishes: after a question, or before a new request."""
    found = []
    for at in range(_SHORTEST_WISH, len(text) - _SHORTEST_WISH + 1):
        before, after = text[:at].strip(_MARKS), text[at:].strip(_MARKS)
        if text[at] in _BELONGS_BEFORE or text[at] == text[at - 1] or text[at] in _MARKS:
            continue
        if _ASKED.search(before) or (_ASKS_ANEW.match(after) and before[-1] not in _WANTS_MORE):
            found.append((before, after))
    return found[:_MOST_CUTS]


def surest_cut(cuts: Sequence[tuple[str, str]], readings: Sequence[Reading]) -> tuple[str, str] | None:
    """The cut whose parts the engine knows best, if they are two wishes. Two readings a cut, in their order."""
    sure = [
        (min(first.confidence, second.confidence), cut)
        for cut, first, second in zip(cuts, readings[::2], readings[1::2], strict=True)
        if are_wishes((first, second), SURE_WITHOUT_LINK) and _sure_of_few(cut, (first, second))
    ]
    return max(sure)[1] if sure else None


def _sure_of_few(parts: Sequence[str], readings: Sequence[Reading]) -> bool:
    return all(
        len(part) > FEW_CHARACTERS or one.confidence >= SURE_OF_FEW for part, one in zip(parts, readings, strict=True)
    )


def are_wishes(readings: Sequence[Reading], sure: float = SURE) -> bool:
    """Whether these parts are businesses, each sure and each another."""
    intents = {one.intent for one in readings}
    return (
        len(intents) == len(readings) and not intents & NO_BUSINESS and all(one.confidence >= sure for one in readings)
    )
