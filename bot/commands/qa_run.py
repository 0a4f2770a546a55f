"""python -m bot qa run PATH…: call scripts and recordings through the real stack, under many conditions."""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from tqdm import tqdm

from bot.app import Hotline
from bot.clock import run_in_audio_time
from bot.errors import ContentError
from bot.qa import results
from bot.qa.conditions import STANDARD, STANDARD_NOISES, Condition, condition_of
from bot.qa.junit import write_junit
from bot.qa.recordings import Played, played
from bot.qa.report.page import write_page
from bot.qa.report.sound import AUDIO, keep_sound
from bot.qa.results import CallResult, result_of
from bot.qa.scores import MEASURES, scores, summary
from bot.settings import ROOT
from bot.stage import Stage

RUNS = ROOT / "var" / "qa"


Round = tuple[Condition | None, Condition | None]
"""Line and noise under which everything is played; None: the script's own."""


@dataclass(frozen=True)
class Case:
    """One call to make."""

    played: Played
    repetition: int


def main(arguments: list[str]) -> int:
    """Play all; 0 if every call came out as expected."""
    asked = _asked(arguments)
    out: Path = asked.out or RUNS / f"{datetime.now():%Y%m%d-%H%M%S}"
    if (out / results.FILE).exists():
        raise ContentError("qa", f"{out} 里已经有一次结果，请换一个 --out。")
    calls = [each for path in asked.paths for each in played(path)]
    cases = cases_of(calls, _conditions(asked), asked.repeat)
    out.mkdir(parents=True, exist_ok=True)
    found = _play(cases, out, asked.jobs, asked.real_time)
    write_reports(out, found, asked.real_time, asked.baseline)
    return 1 if any(not call.passed for call in found) else 0


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bot qa run",
        description="用脚本和录音打一批电话，得出分数和能听的报告",
        epilog=f"--standard 的条件：{'、'.join((*STANDARD, *STANDARD_NOISES))}。每个字的意思见 docs/call-scripts.md。",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="脚本.yml|目录", help="脚本，或带 TSV 表的录音目录")
    parser.add_argument("--line", action="append", metavar="线路", help="换成这种线路，可写几次：每种都打一遍")
    parser.add_argument("--noise", action="append", metavar="噪声", help="加上这种噪声，可写几次；干净写 clean")
    parser.add_argument("--standard", action="store_true", help="十二种标准线路和噪声各打一遍")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="每个电话打几遍（看稳不稳）")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="同时用几个进程，每个约 1 GB 内存")
    parser.add_argument("--out", type=Path, metavar="目录", help=f"结果放在哪里，默认在 {RUNS} 下按时间命名")
    parser.add_argument("--baseline", type=Path, metavar="目录", help="报告里与这一次对照")
    parser.add_argument("--real-time", action="store_true", help="按真实时间打，能量出完整的回答时间（慢）")
    return parser.parse_args(arguments)


def _conditions(asked: argparse.Namespace) -> list[Round]:
    try:
        if asked.standard:
            return [condition_of(each).apart() for each in (*STANDARD, *STANDARD_NOISES)]
        lines = [condition_of(each, noise=False) for each in asked.line] if asked.line else [None]
        noises = [condition_of(each, noise=True) for each in asked.noise] if asked.noise else [None]
    except ValueError as wrong:
        raise ContentError("condition", str(wrong)) from wrong
    return [(line, noise) for line in lines for noise in noises]


def cases_of(calls: Sequence[Played], rounds: Sequence[Round], repeat: int) -> list[Case]:
    """Every call under every condition, so many times."""
    cases = []
    for line, noise in rounds:
        for one in calls:
            script = replace(one.script, condition=one.script.condition.on(line, noise))
            cases += [Case(replace(one, script=script), repetition) for repetition in range(1, repeat + 1)]
    return cases


def _play(cases: Sequence[Case], out: Path, jobs: int, real_time: bool) -> list[CallResult]:
    """All calls, in order; each process has a service of its own."""
    numbered = list(enumerate(cases, 1))
    if jobs <= 1:
        return _play_share(numbered, out, 0, real_time)
    shares = [numbered[place::jobs] for place in range(min(jobs, len(numbered)))]
    with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
        played_by = [pool.submit(_play_share, share, out, place, real_time) for place, share in enumerate(shares)]
        found = [each.result() for each in played_by]
    placed = {
        number: call
        for share, calls in zip(shares, found, strict=True)
        for (number, _), call in zip(share, calls, strict=True)
    }
    return [placed[number] for number in sorted(placed)]


def _play_share(cases: list[tuple[int, Case]], out: Path, place: int, real_time: bool) -> list[CallResult]:
    # Rasa and the actions live on an ordinary loop; the calls run beside it on the audio clock.
    with asyncio.Runner() as runner:
        stage = Stage()
        print("正在启动对话引擎……", file=sys.stderr)
        try:
            runner.run(stage.open())
            run = asyncio.run if real_time else run_in_audio_time
            return run(make_calls(stage, cases, out, place))
        finally:
            runner.run(stage.close())


async def make_calls(stage: Stage, cases: list[tuple[int, Case]], out: Path, place: int = 0) -> list[CallResult]:
    """Play numbered calls on an open stage; their sound goes into the run's folder. `place`: of the progress bar."""
    found = []
    async with Hotline(stage.settings) as hotline:
        with tqdm(cases, position=place, unit="通", disable=None) as bar:
            for number, case in bar:
                script = case.played.script
                call = await stage.play(hotline, script, understand=True)
                kept = result_of(case.played, script.condition, case.repetition, call)
                keep_sound(kept, call, stage.recording_of(script), out / AUDIO, number)
                results.write(out / results.FILE, [kept])  # at once: a run that is broken off can still be reported
                found.append(kept)
                bar.set_description(kept.item)
                if bar.disable:
                    print(f"{'✓' if kept.passed else '✗'} {kept.item}（{kept.condition}）", file=sys.stderr)
    return found


def write_reports(out: Path, found: list[CallResult], real_time: bool, baseline: Path | None) -> None:
    """Figures, JUnit and the page to listen to, beside the results."""
    figures = summary(found, real_time=real_time)
    (out / "summary.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    write_junit(out / "junit.xml", found)
    write_page(out, found, figures, results.read(baseline) if baseline else None)
    print("\n".join(_told(found)))
    print(f"报告：{out / 'index.html'}")


def _told(found: Sequence[CallResult]) -> Iterator[str]:
    """The figures on the screen."""
    failed = sum(not call.passed for call in found)
    yield f"{len(found)} 个电话，{failed} 个不符合预期"
    shares = scores(found)
    for measure in MEASURES:
        if measure.name in shares:
            yield f"  {measure.told}：{measure.written(shares[measure.name])}"
