"""python -m bot qa record FOLDER SENTENCES: people read sentences into the browser's microphone."""

import argparse
from pathlib import Path

from bot.commands.qa_page import show
from bot.qa.recorded.collection import opened
from bot.qa.recorded.numbers_said import hidden
from bot.qa.recorded.studio import Studio, sentences_of
from bot.web.record import LONGEST_TAKE_BYTES, record_app


def main(arguments: list[str]) -> int:
    """Serve the page until Ctrl+C; everything is on the disk by then."""
    parser = argparse.ArgumentParser(
        prog="python -m bot qa record", description="在浏览器里照着句子录音，存成 qa run 能用的材料；只有这台电脑能打开"
    )
    parser.add_argument("folder", type=Path, metavar="目录", help="放到哪里；已有材料时接着编号")
    parser.add_argument("sentences", type=Path, metavar="句子.txt", help="每行一句，后面可以用制表符隔开写意图")
    parser.add_argument("--port", type=int, default=0, metavar="端口", help="默认由系统选")
    asked = parser.parse_args(arguments)
    sentences = sentences_of(asked.sentences)
    with_numbers = sum(hidden(one.text) != one.text for one in sentences)
    if with_numbers:
        print(f"{with_numbers} 句里有六位以上的号码：只能是编造的，不能是真人的。")
    with opened(asked.folder, make=True) as collection:
        before = len(collection.recordings)
        app, path = record_app(Studio(collection, sentences))
        told = f"{len(sentences)} 句。一个人录完，刷新页面换下一个人。"
        result = show(app, path, asked.port, told, LONGEST_TAKE_BYTES)
        print(f"录了 {len(collection.recordings) - before} 段。打电话试：python -m bot qa run {asked.folder}")
    return result
