"""python -m bot qa import SOURCE --into FOLDER: a centre's own recordings become material for bot qa run."""

import argparse
import asyncio
import sys
from pathlib import Path

from tqdm import tqdm

from bot.errors import ContentError
from bot.listening.vosk_recognizer import VoskModel, VoskRecognizer
from bot.qa.recorded.collection import Collection, opened
from bot.qa.recorded.sides import SIDE_NAMES
from bot.qa.recorded.single_utterances import SingleUtterances, listed
from bot.qa.recorded.state import State
from bot.qa.recorded.whole_calls import Origin, TakenIn, calls_in, guess_caller, take_in
from bot.qa.table import table_in
from bot.settings import Settings

_ROWS_AT_A_TIME = 20


def main(arguments: list[str]) -> int:
    """Take everything in; 1 if some calls could not be read."""
    asked = _asked(arguments)
    source: Path = asked.source
    if asked.into.resolve() == (source if source.is_dir() else source.parent).resolve():
        raise ContentError("recordings", "--into 要换一个目录：原来的录音不会改动，也不应混在一起。")
    table = source if source.suffix.lower() == ".tsv" else table_in(source) if source.is_dir() else None
    model = VoskModel(Settings().listening.model)
    recognizer = model.recognizer()
    try:
        with opened(asked.into, make=True) as into:
            if table:
                broken = asyncio.run(_single_utterances(table, into, recognizer))
            else:
                caller = SIDE_NAMES.index(asked.caller) if asked.caller in SIDE_NAMES else None
                origin = Origin(asked.device, asked.region)
                broken = asyncio.run(_whole_calls(calls_in(source), caller, into, recognizer, origin))
            _tell(into)
    finally:
        recognizer.close()
        model.close()
    return 1 if broken else 0


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bot qa import",
        description="把中心自己的录音变成测试材料：整通电话（立体声或单声道），或带 TSV 表的单句录音",
    )
    parser.add_argument("source", type=Path, metavar="录音|目录|表.tsv", help="录音文件、放录音的目录，或单句录音的表")
    parser.add_argument("--into", type=Path, required=True, metavar="目录", help="放到哪里；已有材料时接着编号")
    parser.add_argument(
        "--caller", choices=("猜", *SIDE_NAMES), default="猜", help="立体声里来电人在哪一边；默认猜：先说话的是坐席"
    )
    parser.add_argument("--device", default="", metavar="设备", help="全部来电人的设备，例如 手机")
    parser.add_argument("--region", default="", metavar="地区", help="全部来电人的地区，例如 四川")
    return parser.parse_args(arguments)


async def _whole_calls(
    calls: list[Path], caller: int | None, into: Collection, recognizer: VoskRecognizer, origin: Origin
) -> int:
    """How many could not be taken in."""
    if caller is None:
        votes = guess_caller(calls)
        caller = votes.caller
        if caller is not None:
            print(
                f"来电人在{SIDE_NAMES[caller]}声道（猜的：先说话的是坐席；{votes.left} 通说左，{votes.right} 通说右）。"
                "不对的话，删掉结果，加 --caller 重来。"
            )
    taken: list[TakenIn] = []
    broken: list[str] = []
    for call in tqdm(calls, unit="通", disable=None):
        try:
            taken.append(await take_in(call, caller, into, recognizer, origin))
        except ContentError as wrong:
            broken.append(str(wrong))
    mixed = sum(one.mixed for one in taken)
    print(f"{len(taken)} 通电话，{sum(one.turns for one in taken)} 段话，{sum(one.numbers for one in taken)} 段有号码")
    if mixed:
        print(
            f"其中 {mixed} 通是单声道：来电人和坐席混在一起，程序分不开谁在说话，两人同时说的也分不开。"
            "每一段都留下了，没有写说话人；核对时请把坐席的话标成“不用”。"
        )
    for told in broken:
        print(told, file=sys.stderr)
    if broken:
        print(f"{len(broken)} 通没有导入，原因见上。", file=sys.stderr)
    return len(broken)


async def _single_utterances(table: Path, into: Collection, recognizer: VoskRecognizer) -> int:
    rows = listed(table)
    utterances = SingleUtterances(table, into, recognizer)
    with tqdm(total=len(rows), unit="句", disable=None) as bar:
        for at in range(0, len(rows), _ROWS_AT_A_TIME):
            some = rows[at : at + _ROWS_AT_A_TIME]
            await utterances.take_in(some)
            bar.update(len(some))
    return 0


def _tell(into: Collection) -> None:
    drafts = sum(one.state == State.DRAFT for one in into.recordings)
    print(f"{into.folder} 里现在有 {len(into.recordings)} 段录音，{drafts} 段待核对。原来的文件名和号码没有保留。")
    print(f"下一步：python -m bot qa {'correct' if drafts else 'run'} {into.folder}")
