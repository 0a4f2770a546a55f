"""Did it get worse? Two runs over the same scripts and recordings, pair by pair.

Non-inferiority: the new run passes when, with 95 % confidence, it is worse by no more than the margin. It is worse
when it does not pass and the loss cannot be chance. Between the two there are too few calls to tell, which is told.
Other figures are watched: none of them has to prove anything, but one that got worse beyond chance makes the run worse.
Scripts and recordings are drawn anew (paired bootstrap); conditions and repetitions of one stay together.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from bot.errors import ContentError
from bot.qa.results import CallResult
from bot.qa.scores import DRAWS, MEASURES, counts_by_item

_CHANCE = 0.05
_FEWEST_WATCHED = 5
"""Of fewer scripts and recordings the bootstrap knows no chance."""

_POWER_Z = 1.645 + 0.842
"""A difference so many standard errors large is found in 80 % of comparisons at 5 % error."""

_SEED = 12329


class Verdict(Enum):
    """What a comparison says."""

    NO_WORSE = "没有变差"
    WORSE = "变差了"
    UNDECIDED = "看不出，电话太少"


@dataclass(frozen=True, slots=True)
class Question:
    """One measure compared; shares from 0 to 1."""

    name: str
    lower_is_better: bool
    margin: float
    """So much worse is still accepted."""

    watched: bool = False
    """It need not be proved that it is no worse. All that are watched share one chance of a false alarm."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How one measure changed."""

    question: Question
    before: float
    after: float
    least_worse: float
    most_worse: float
    """The loss is between these with 90 % confidence, of a watched figure with more; negative: a gain."""

    smallest: float
    """The smallest loss that so many calls would show four times out of five."""

    items: int
    needed: int
    """So many items would show a loss as large as the margin."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, compared."""

    answers: tuple[Answer, ...]
    newly_failing: tuple[str, ...]
    newly_passing: tuple[str, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of all; a figure that is only watched can do no more than make it worse."""
        found = {
            answer.verdict for answer in self.answers if not answer.question.watched or answer.verdict is Verdict.WORSE
        }
        return next(verdict for verdict in (Verdict.WORSE, Verdict.UNDECIDED, Verdict.NO_WORSE) if verdict in found)


def compare(before: Sequence[CallResult], after: Sequence[CallResult], questions: Sequence[Question]) -> Comparison:
    """Compare what both runs have. Raises ContentError if that is nothing."""
    shared = {call.pair for call in before} & {call.pair for call in after}
    old, new = ([call for call in calls if call.pair in shared] for calls in (before, after))
    shared_by = sum(question.watched for question in questions)
    answers = [
        answer
        for question in questions
        if (answer := _answer(question, old, new, _CHANCE / shared_by if question.watched else _CHANCE)) is not None
    ]
    if all(answer.question.watched for answer in answers):
        raise ContentError("compare", "两次结果里没有相同的脚本或录音，不能比。")
    was, now = _outcomes(old), _outcomes(new)
    return Comparison(
        tuple(answers),
        tuple(_told(pair) for pair in was if was[pair] and not now[pair]),
        tuple(_told(pair) for pair in was if now[pair] and not was[pair]),
        tuple(_told(pair) for pair in dict.fromkeys(call.pair for call in before) if pair not in shared),
        tuple(_told(pair) for pair in dict.fromkeys(call.pair for call in after) if pair not in shared),
    )


def _outcomes(calls: Sequence[CallResult]) -> dict[tuple[str, str], bool]:
    """Which pairs came out as expected each time."""
    failed = {call.pair for call in calls if not call.passed}
    return {call.pair: call.pair not in failed for call in calls}


def _answer(question: Question, old: Sequence[CallResult], new: Sequence[CallResult], chance: float) -> Answer | None:
    measure = next(each for each in MEASURES if each.name == question.name)
    was, now = counts_by_item(old, measure), counts_by_item(new, measure)
    items = [item for item in was if was[item][1] and now[item][1]]
    if len(items) < (_FEWEST_WATCHED if question.watched else 1):
        return None
    counts = np.array([(*was[item], *now[item]) for item in items])
    drawn = np.random.default_rng(_SEED).integers(0, len(items), (DRAWS, len(items)))
    sign = 1 if question.lower_is_better else -1
    before, after = (float(each) for each in _ratios(counts.sum(axis=0)))
    old_drawn, new_drawn = _ratios(counts[drawn].sum(axis=1).T)
    losses = sign * (new_drawn - old_drawn)
    least, most = (float(each) for each in np.quantile(losses, (chance, 1 - chance)))
    error = float(losses.std())
    # Without any difference the bootstrap sees no chance at work: then it is how many of all calls may differ unseen.
    smallest = _POWER_Z * error if error else 1 - _CHANCE ** (1 / len(items))
    needed = len(items) * (smallest / question.margin) ** 2 if error else np.log(_CHANCE) / np.log1p(-question.margin)
    verdict = Verdict.UNDECIDED
    if most <= question.margin:
        verdict = Verdict.NO_WORSE
    elif least > 0:
        verdict = Verdict.WORSE
    return Answer(question, before, after, least, most, smallest, len(items), math.ceil(needed), verdict)


def _ratios(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return sums[0] / sums[1], sums[2] / sums[3]


def _told(pair: tuple[str, str]) -> str:
    item, condition = pair
    return f"{item}（{condition}）" if condition else item
