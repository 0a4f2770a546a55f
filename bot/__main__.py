"""The service's commands: python -m bot COMMAND."""

import argparse
import resource
import sys
from collections.abc import Callable
from importlib import import_module

from pydantic import ValidationError
from pydantic_settings import SettingsError as UnreadableSetting

from bot.errors import BotError

_COMMANDS = {
    "run": ("bot.commands.run", "启动全部服务并守护（make run）"),
    "serve": ("bot.commands.serve", "只启动语音机器人进程"),
    "mic": ("bot.commands.mic", "用本机麦克风和扬声器打一个电话"),
    "call": ("bot.commands.call", "用脚本或录音打电话（python -m bot call 脚本.yml 录音.wav …）"),
    "doctor": ("bot.commands.doctor", "检查设备、语音、模型、数据库、业务系统、端口、磁盘，并说明怎样修好"),
    "check": ("bot.check", "检查内容文件（make check）"),
    "train": ("bot.training", "内容有变化时训练对话模型（make train）"),
    "preview": ("bot.commands.preview", "试听一句话、一条政策在电话里的声音"),
    "publish": ("bot.commands.publish", "检查、训练、试用，再换上新的对话模型（make publish；--back 换回）"),
    "qa": ("bot.commands.qa", "测试人员的工具：一批电话、对比、能听的报告（python -m bot qa run 脚本或目录 …）"),
    "orders": ("bot.commands.orders", "工单：列出没有办结的，看一张，开始办理，办结"),
    "report": ("bot.commands.report", "话务日报：呼入、自助、转人工、工单、满意度（--day 2026-11-28）"),
    "sbom": ("bot.commands.sbom", "软件物料清单：用了哪些软件，版本、校验值和许可证（CycloneDX）"),
    "version": ("bot.commands.version", "版本、模型和内容的校验值"),
}


def main() -> int:
    """Run one command; its errors are told in a sentence, without a stack trace."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold what only memory may hold
    parser = argparse.ArgumentParser(prog="python -m bot", description="住房公积金热线语音自助服务")
    parser.add_argument("--version", action="store_true", help="版本、模型和内容的校验值")
    commands = parser.add_subparsers(dest="command", metavar="命令")
    for name, (_, told) in _COMMANDS.items():
        commands.add_parser(name, help=told, add_help=False)
    chosen, rest = parser.parse_known_args()
    name = "version" if chosen.version else chosen.command
    if name is None:
        parser.print_help()
        return 2
    return carry_out(import_module(_COMMANDS[name][0]).main, rest)


def carry_out(command: Callable[[list[str]], int], arguments: list[str]) -> int:
    """Do it; what is wrong with files, settings or the machine is said in a sentence on standard error."""
    try:
        return command(arguments)
    except BotError as wrong:
        print(f"错误（{wrong.code}）：{wrong}", file=sys.stderr)
        return 1
    except OSError as wrong:
        print(
            f"错误（system）：{wrong.filename or '系统'}：{wrong.strerror}。请检查路径、权限和磁盘空间。",
            file=sys.stderr,
        )
        return 1
    except (ValidationError, UnreadableSetting) as wrong:
        print(
            f"错误（settings）：{_refused(wrong)}\n请改 hotline.toml 或环境变量；每个设置的说明见 bot/settings.py。",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130


def _refused(wrong: Exception) -> str:
    """Which settings do not fit, and why; their values may be secret and are not shown."""
    if not isinstance(wrong, ValidationError):
        return f"设置读不出来：{wrong}"
    return "；".join(f"设置 {'.'.join(map(str, one['loc']))} 不对：{one['msg']}" for one in wrong.errors())


if __name__ == "__main__":
    sys.exit(main())
