"""What a run's results come to, each share with its 95 % confidence interval.

Calls are drawn anew with replacement (bootstrap), script by script and recording by recording: turns of one call, and
its repetitions, are no independent evidence.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bot.qa.results import CallResult, TurnResult
from bot.qa.table import GROUPS

DRAWS = 2000
_SEED = 12329

Counted = tuple[float, float]
"""How many of how many."""


@dataclass(frozen=True, slots=True)
class Share:
    """A ratio of counts; `of` is what was counted."""

    value: float
    low: float
    high: float
    of: float


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the report."""

    name: str
    told: str
    count: Callable[[CallResult], Counted]
    percent: bool = True
    """False: a mean."""

    def written(self, share: "Share") -> str:
        """The figure with its interval and what was counted."""
        low, high, value = (self.figure(each) for each in (share.low, share.high, share.value))
        return f"{value}（95% 区间 {low}–{high}，共 {share.of:g}）"

    def figure(self, value: float) -> str:
        """One value."""
        return f"{100 * value:.1f}%" if self.percent else f"{value:.2f}"


def _over_turns(count: Callable[[TurnResult], Counted | None]) -> Callable[[CallResult], Counted]:
    def of_call(call: CallResult) -> Counted:
        found = [counted for turn in call.turns if (counted := count(turn)) is not None]
        return sum(some for some, _ in found), sum(of for _, of in found)

    return of_call


def _yes(right: bool | None) -> Counted | None:
    return None if right is None else (float(right), 1.0)


def _intent_same(turn: TurnResult) -> Counted | None:
    return (float(turn.intent == turn.intent_of_words), 1.0) if turn.intent_of_words and turn.characters else None


def _completed(call: CallResult) -> Counted:
    """A recording whose intent nobody wrote down was not meant to get anything done."""
    if call.recording and not any(turn.wanted_intent for turn in call.turns):
        return 0.0, 0.0
    return float(call.passed), 1.0


def _false_interruptions(call: CallResult) -> float:
    return sum(turn.false_interruptions for turn in call.turns)


MEASURES = (
    Measure("completed", "办成", _completed),
    Measure("cer", "字错误率", _over_turns(lambda turn: (turn.errors, turn.characters))),
    Measure("digits", "数字串全对", _over_turns(lambda turn: _yes(turn.digits_right))),
    Measure("intent", "意图对", _over_turns(lambda t: _yes(t.intent == t.wanted_intent if t.wanted_intent else None))),
    Measure("slots", "槽对", _over_turns(lambda turn: (sum(turn.slots.values()), len(turn.slots)))),
    Measure("intent_as_typed", "意图同打字", _over_turns(_intent_same)),
    Measure("cut_off", "话没说完被截断", _over_turns(lambda t: _yes(t.cut_off if t.characters else None))),
    Measure("missed_interruption", "打断无效", _over_turns(lambda turn: _yes(turn.missed_interruption))),
    Measure(
        "false_interruption", "误打断（每通）", lambda c: (sum(t.false_interruptions for t in c.turns), 1.0), False
    ),
    Measure("phantom", "凭空听到（每通）", lambda call: (sum(turn.phantoms for turn in call.turns), 1.0), False),
    Measure("no_match", "没听懂（每通）", lambda call: (sum(turn.no_match for turn in call.turns), 1.0), False),
    Measure("turns", "来电人说话按键（每通）", lambda call: (len(call.turns) - 1, 1.0), False),
)
PARTS = {"wait_ms": "等来电人说完", "recogniser_ms": "识别", "dialogue_ms": "对话引擎", "answer_ms": "说完到回答"}
IN_AUDIO_TIME = ("wait_ms", "recogniser_ms")
"""On the audio clock the rest of an answer takes no time: only a run in real time can tell it."""


def share_of(counts: Sequence[Counted]) -> Share | None:
    """The ratio of all, and its interval; None of nothing."""
    some, of = np.array(counts, float).reshape(-1, 2).T
    if not of.sum():
        return None
    drawn = np.random.default_rng(_SEED).integers(0, len(of), (DRAWS, len(of)))
    below = of[drawn].sum(axis=1)
    ratios = some[drawn].sum(axis=1)[below > 0] / below[below > 0]
    low, high = np.percentile(ratios, (2.5, 97.5))
    return Share(float(some.sum() / of.sum()), float(low), float(high), float(of.sum()))


def counts_by_item(calls: Iterable[CallResult], measure: Measure) -> dict[str, Counted]:
    """What each script or recording contributes, over its conditions and repetitions."""
    found: dict[str, Counted] = defaultdict(lambda: (0.0, 0.0))
    for call in calls:
        some, of = measure.count(call)
        before = found[call.item]
        found[call.item] = (before[0] + some, before[1] + of)
    return dict(found)


def scores(calls: Sequence[CallResult]) -> dict[str, Share]:
    """All measures that these calls can tell."""
    found = {m.name: share_of(list(counts_by_item(calls, m).values())) for m in MEASURES}
    return {name: share for name, share in found.items() if share is not None}


def latencies(calls: Iterable[CallResult], *, real_time: bool) -> dict[str, dict[str, float]]:
    """Milliseconds of each part of an answer: count, p50, p95."""
    values: dict[str, list[int]] = {part: [] for part in PARTS if real_time or part in IN_AUDIO_TIME}
    for call in calls:
        for turn in call.turns:
            for part, kept in values.items():
                kept.extend(getattr(turn, part))
    return {
        part: {"n": len(kept), **{f"p{share}": round(float(np.percentile(kept, share))) for share in (50, 95)}}
        for part, kept in values.items()
        if kept
    }


def groupings(calls: Sequence[CallResult]) -> Mapping[str, Mapping[str, list[CallResult]]]:
    """The same calls by condition, and by whatever is known of the callers."""
    found: dict[str, dict[str, list[CallResult]]] = {"condition": defaultdict(list)}
    for call in calls:
        found["condition"][call.condition].append(call)
        for group in GROUPS:
            if group in call.groups:
                found.setdefault(group, defaultdict(list))[call.groups[group]].append(call)
    return found


def summary(calls: Sequence[CallResult], *, real_time: bool) -> dict[str, Any]:
    """For summary.json."""
    return {
        "calls": len(calls),
        "items": len({call.item for call in calls}),
        "audio_seconds": round(sum(call.audio_seconds for call in calls), 1),
        "real_time": real_time,
        "scores": {name: asdict(share) for name, share in scores(calls).items()},
        "latency": latencies(calls, real_time=real_time),
        "by": {
            group: {name: {m: asdict(s) for m, s in scores(some).items()} for name, some in members.items()}
            for group, members in groupings(calls).items()
        },
        "unsteady": unsteady(calls),
    }


def unsteady(calls: Iterable[CallResult]) -> list[str]:
    """Calls that came out differently when they were repeated."""
    outcomes: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for call in calls:
        outcomes[call.pair].add(call.passed)
    return [f"{item}（{condition}）" for (item, condition), seen in outcomes.items() if len(seen) > 1]
