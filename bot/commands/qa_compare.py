"""python -m bot qa compare A B: is the new run no worse than the old one?"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot.qa import results
from bot.qa.compare import Answer, Comparison, Question, Verdict, compare
from bot.qa.scores import MEASURES

_EXIT = {Verdict.NO_WORSE: 0, Verdict.WORSE: 1, Verdict.UNDECIDED: 3}
_SHOWN = 10
WATCHED = (
    Question("digits", False, 0.03, watched=True),
    Question("intent", False, 0.03, watched=True),
    Question("slots", False, 0.03, watched=True),
    Question("cut_off", True, 0.02, watched=True),
    Question("missed_interruption", True, 0.05, watched=True),
    Question("false_interruption", True, 0.05, watched=True),
    Question("phantom", True, 0.05, watched=True),
    Question("no_match", True, 0.05, watched=True),
    Question("turns", True, 0.2, watched=True),
)
"""Figures that tell why a run got worse, or what two figures do not show: callers cut off, prompts that do not stop."""


def main(arguments: list[str]) -> int:
    """0: no worse; 1: worse; 3: too few calls to tell."""
    parser = argparse.ArgumentParser(
        prog="python -m bot qa compare",
        description="新的一次比旧的一次变差了没有",
        epilog="退出码：0 没有变差，1 变差了，3 电话太少看不出。",
    )
    parser.add_argument("before", type=Path, metavar="旧", help="qa run 留下的目录")
    parser.add_argument("after", type=Path, metavar="新")
    parser.add_argument("--cer", type=float, default=2.0, metavar="点", help="字错误率最多允许高几个百分点，默认 2")
    parser.add_argument("--completed", type=float, default=3.0, metavar="点", help="办成率最多允许低几个百分点，默认 3")
    parser.add_argument("--across", action="store_true", help="两次的线路不同也成对比（例如 GSM 比普通电话差多少）")
    asked = parser.parse_args(arguments)
    questions: tuple[Question, ...] = (
        Question("cer", True, asked.cer / 100),
        Question("completed", False, asked.completed / 100),
    )
    questions += WATCHED
    before, after = results.read(asked.before), results.read(asked.after)
    if asked.across:
        before, after = ([replace(call, condition="") for call in calls] for calls in (before, after))
    found = compare(before, after, questions)
    print("\n".join(_told(found)))
    return _EXIT[found.verdict]


def _told(found: Comparison) -> Iterator[str]:
    for answer in found.answers:
        if not answer.question.watched:
            yield _of(answer)
    for answer in found.answers:
        if answer.question.watched and answer.verdict is Verdict.WORSE:
            yield _of_watched(answer)
    for names, told in (
        (found.newly_failing, "上次符合、这次不符合"),
        (found.newly_passing, "上次不符合、这次符合"),
        (found.only_before, "只有上次有，没有比"),
        (found.only_after, "只有这次有，没有比"),
    ):
        if names:
            more = f" 等 {len(names)} 个" if len(names) > _SHOWN else ""
            yield f"{told}：{'、'.join(names[:_SHOWN])}{more}"
    yield f"结论：{found.verdict.value}"
    proved = [each for each in found.answers if not each.question.watched]
    needed = max(each.needed for each in proved)
    if found.verdict is Verdict.NO_WORSE and needed > min(each.items for each in proved):
        yield f"只对这些脚本和录音成立：要能看出允许的那么多变差，约需 {needed} 个。"


def _of_watched(answer: Answer) -> str:
    measure = next(measure for measure in MEASURES if measure.name == answer.question.name)
    before, after = measure.figure(answer.before), measure.figure(answer.after)
    return f"{measure.told}：{before} → {after}：变差了，不像偶然。{answer.items} 个脚本和录音。"


def _of(answer: Answer) -> str:
    asked = answer.question
    told = next(measure.told for measure in MEASURES if measure.name == asked.name)
    loss = (answer.after - answer.before) * (1 if asked.lower_is_better else -1)
    before, after, lost, least, most, margin, smallest = (
        f"{100 * share + 0.0:.1f}".replace("-0.0", "0.0")
        for share in (
            *(answer.before, answer.after, loss),
            *(answer.least_worse, answer.most_worse, asked.margin, answer.smallest),
        )
    )
    return (
        f"{told}：{before}% → {after}%，变差 {lost} 个百分点（90% 区间 {least} 到 {most}），允许 {margin}："
        f"{answer.verdict.value}。{answer.items} 个脚本和录音，差到 {smallest} 个百分点才看得出来。"
    )
