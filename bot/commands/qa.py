"""python -m bot qa …: the tools of those who test the service with calls and recordings. docs/qa.zh.md."""

import argparse
from collections.abc import Callable
from importlib import import_module

_COMMANDS = {
    "import": ("bot.commands.qa_import", "把中心自己的录音变成测试材料：整通电话，或带表的单句录音"),
    "correct": ("bot.commands.qa_correct", "在浏览器里听录音，改草稿，静音号码"),
    "record": ("bot.commands.qa_record", "在浏览器里照着句子录新的录音"),
    "run": ("bot.commands.qa_run", "打一批电话：脚本和录音，在各种线路和噪声下，得出分数和能听的报告"),
    "compare": ("bot.commands.qa_compare", "和上一次比：变差了没有"),
    "loop": ("bot.commands.qa_loop", "nlu/ 的例句念出来，识别，再理解：哪些说了也白说"),
    "report": ("bot.commands.qa_report", "从已有的结果重新做报告，可与另一次对照"),
}


def main(arguments: list[str]) -> int:
    """Run one of them."""
    parser = argparse.ArgumentParser(prog="python -m bot qa", description="用脚本和录音测试热线")
    commands = parser.add_subparsers(dest="command", metavar="命令", required=True)
    for name, (_, told) in _COMMANDS.items():
        commands.add_parser(name, help=told, add_help=False)
    chosen, rest = parser.parse_known_args(arguments[:1])
    command: Callable[[list[str]], int] = import_module(_COMMANDS[chosen.command][0]).main
    return command(rest + arguments[1:])
