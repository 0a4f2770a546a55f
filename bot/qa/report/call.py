"""One call in the report: what was said, heard, understood and why, turn by turn, with its sound."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from html import escape

from bot.dialogue.belief import chance
from bot.qa.results import CallResult, TurnResult

_TOLD_DOUBT = 0.1


def call_card(call: CallResult, before: CallResult | None) -> str:
    """A call that opens on a click. `before`: the same call in the run it is compared with."""
    changed = before is not None and differs(call, before)
    marks = f"{' data-failed' if not call.passed else ''}{' data-changed' if changed else ''}"
    groups = "".join(f'<span class="tag">{escape(value)}</span>' for value in call.groups.values())
    repeated = f'<span class="tag">第 {call.repetition} 遍</span>' if call.repetition > 1 else ""
    turns = "".join(
        _turn(turn, before.turns[place] if before is not None and place < len(before.turns) else None)
        for place, turn in enumerate(call.turns)
    )
    failures = "".join(f"<p>{escape(failure)}</p>" for failure in call.failures)
    return (
        f'<details class="call" data-condition="{escape(call.condition)}"{marks}><summary>'
        f'<span class="mark">{"✓" if call.passed else "✗"}</span><span class="name">{escape(call.name)}</span>'
        f'<span class="tag">{escape(call.told)}</span>{groups}{repeated}{_change(call, before) if changed else ""}'
        f'<span class="faint">{escape(_figures(call))}</span></summary><div class="inside">'
        f"{f'<div class=failures>{failures}</div>' if failures else ''}{turns}</div></details>"
    )


def differs(call: CallResult, before: CallResult) -> bool:
    """Whether it came out, or was heard, in another way."""
    heard, heard_before = ([turn.heard for turn in each.turns] for each in (call, before))
    return call.passed != before.passed or heard != heard_before


def _change(call: CallResult, before: CallResult | None) -> str:
    if before is None or call.passed == before.passed:
        told = "听到的和上次不同"
    else:
        told = "上次不符合预期，这次符合" if call.passed else "上次符合预期，这次不符合"
    return f'<span class="tag changed">{told}</span>'


def _figures(call: CallResult) -> str:
    characters, errors = (sum(getattr(turn, what) for turn in call.turns) for what in ("characters", "errors"))
    wrong = f"{errors}/{characters} 字听错" if errors else "字全对" if characters else ""
    return "，".join(filter(None, [wrong, f"{len(call.turns) - 1} 步", f"{call.audio_seconds:.0f} 秒"]))


def _turn(turn: TurnResult, before: TurnResult | None) -> str:
    rows = "".join(f"<dt>{name}</dt><dd{kind}>{value}</dd>" for name, value, kind in _rows(turn, before))
    failed = " failed" if turn.failures else ""
    return f'<div class="turn{failed}"><dl>{rows}</dl><div class="sound">{_sound(turn)}</div></div>'


def _rows(turn: TurnResult, before: TurnResult | None) -> Iterator[tuple[str, str, str]]:
    yield "来电人", escape(turn.did), ""
    heard = "｜".join(turn.heard)
    if turn.said and heard and turn.errors:
        said_marked, heard_marked = marked(turn.said, heard)
        yield "说的是", said_marked, ""
        yield "听成", f"{heard_marked}　<span class=worse>错 {turn.errors} 字</span>", ""
    elif heard:
        yield "听成", escape(heard), ""
    elif turn.characters:
        yield "听成", '<span class="worse">没有听到</span>', ""
    if before is not None and before.heard != turn.heard:
        yield "上次听成", f"<ins>{escape('｜'.join(before.heard)) or '（没有）'}</ins>", ""
    if turn.intent:
        yield "理解为", _understood(turn), ""
    why = _why(turn)
    if why:
        yield "为什么", escape(why), ""
    if turn.answer:
        yield "热线说", escape(turn.answer), ' class="answer"'
    for failure in turn.failures:
        yield "不符合", f'<span class="worse">{escape(failure.partition("：")[2])}</span>', ""


def _understood(turn: TurnResult) -> str:
    sure = turn.intent_confidence
    doubted = f"，听得不清，折成 {chance(sure, turn.doubt):.2f}" if turn.doubt >= _TOLD_DOUBT else ""
    told = f"{escape(turn.intent)}（把握 {sure:.2f}{doubted}）"
    if turn.wanted_intent and turn.wanted_intent != turn.intent:
        told += f' <span class="worse">应当是 {escape(turn.wanted_intent)}</span>'
    elif turn.intent_of_words and turn.intent_of_words != turn.intent:
        told += f' <span class="worse">打字会是 {escape(turn.intent_of_words)}</span>'
    return told


_NOTES: Mapping[str, str] = {
    "command": "线路指令",
    "repaired": "同音纠正",
    "number": "号码",
    "pin": "密码",
    "failed": "故障",
    "hand_off": "转人工",
}

_FACTS: Mapping[str, str] = {
    "name": "",
    "of": "种类",
    "outcome": "结果",
    "last_four": "尾号",
    "code": "代码",
    "reason": "原因",
    "heard": "听成",
    "meant": "意思是",
    "why": "因为",
}


def _why(turn: TurnResult) -> str:
    parts = []
    if turn.listened_for:
        limited = "限定说法" if turn.listened_for.endswith("+") else "什么都听"
        parts.append(f"当时的问题 {turn.listened_for.rstrip('+')}（{limited}），识别把握 {turn.confidence:.2f}")
    if turn.cut_off:
        parts.append("话没说完就被截断")
    if turn.false_interruptions:
        parts.append(f"误打断 {turn.false_interruptions} 次")
    if turn.phantoms:
        parts.append(f"来电人没有说话却听到 {turn.phantoms} 次")
    if turn.missed_interruption:
        parts.append("打断无效")
    if turn.no_match:
        parts.append(f"没听懂 {turn.no_match} 次")
    if turn.no_input:
        parts.append(f"没听到 {turn.no_input} 次")
    for note in turn.notes:
        kind, _, facts = note.partition("：")
        told = "，".join(filter(None, map(_fact, facts.split("，"))))
        parts.append(f"{_NOTES.get(kind, kind)}：{told}" if told else _NOTES.get(kind, kind))
    return "；".join(parts)


def _fact(note: str) -> str:
    name, _, value = note.partition(" ")
    return f"{_FACTS.get(name, name)} {value}".strip() if value else ""


def marked(said: str, heard: str) -> tuple[str, str]:
    """Both texts with what is only in one of them marked."""
    pieces_said, pieces_heard = [], []
    for what, a, b, c, d in SequenceMatcher(None, said, heard, autojunk=False).get_opcodes():
        one, other = escape(said[a:b]), escape(heard[c:d])
        pieces_said.append(one if what == "equal" or not one else f"<del>{one}</del>")
        pieces_heard.append(other if what == "equal" or not other else f"<ins>{other}</ins>")
    return "".join(pieces_said), "".join(pieces_heard)


def _sound(turn: TurnResult) -> str:
    times = [
        f"{told} {'、'.join(map(str, found))} 毫秒"
        for told, found in (("等说完", turn.wait_ms), ("识别", turn.recogniser_ms))
        if found
    ]
    timing = f'<p class="faint">{"，".join(times)}</p>' if times else ""
    if not turn.audio:
        return f'<p class="faint">这一步没有声音，或因密码不留声音</p>{timing}'
    return (
        f'<svg viewBox="0 0 160 70" preserveAspectRatio="none" role="img" aria-label="波形：上面来电人，下面热线">'
        f"{_half(turn.waveform[0], 'caller', -1)}{_half(turn.waveform[1], 'bot', 1)}"
        f'<line x1="0" x2="0" y1="0" y2="70"/></svg>'
        f'<audio controls preload="none" src="{escape(turn.audio)}"></audio>{timing}'
    )


def _half(peaks: list[int], side: str, way: int) -> str:
    """One side's loudness, up or down from the middle line."""
    step = 160 / max(1, len(peaks))
    points = "".join(
        f"L{place * step:.1f},{35 + way * min(34, peak**0.6 * 2.1):.1f}" for place, peak in enumerate(peaks)
    )
    return f'<path class="{side}" d="M0,35{points}L160,35Z"/>'
