"""python -m bot qa correct FOLDER: listen to imported recordings and correct their drafts, in the browser."""

import argparse
from pathlib import Path

from bot.commands.qa_page import show
from bot.errors import ContentError
from bot.qa.recorded.collection import opened
from bot.qa.recorded.correcting import Correction
from bot.qa.recorded.state import State
from bot.web.correct import correct_app


def main(arguments: list[str]) -> int:
    """Serve the page until Ctrl+C; everything is on the disk by then."""
    parser = argparse.ArgumentParser(
        prog="python -m bot qa correct", description="在浏览器里听录音、改草稿、静音号码；只有这台电脑能打开"
    )
    parser.add_argument("folder", type=Path, metavar="目录", help="qa import 的结果，或带 TSV 表的录音目录")
    parser.add_argument("--port", type=int, default=0, metavar="端口", help="默认由系统选")
    asked = parser.parse_args(arguments)
    with opened(asked.folder) as collection:
        if not collection.recordings:
            raise ContentError("recordings", f"{asked.folder} 里没有录音的 TSV 表，先用 qa import 导入。")
        app, path = correct_app(Correction(collection), str(asked.folder))
        drafts = sum(one.state == State.DRAFT for one in collection.recordings)
        result = show(app, path, asked.port, f"{len(collection.recordings)} 段录音，{drafts} 段待核对。")
        left = sum(one.state == State.DRAFT for one in collection.recordings)
        print(f"还有 {left} 段待核对；核对过的可以打电话了：python -m bot qa run {asked.folder}")
    return result
