"""python -m bot mic: a call from this machine's microphone, through the running service's Rasa and store."""

import argparse
import asyncio

from bot.app import Hotline
from bot.channels.microphone import Device, list_devices, microphone_call
from bot.errors import DialogueError, SettingsError
from bot.settings import Settings
from bot.sight.logs import logs


def main(arguments: list[str]) -> int:
    """One call; returns when either side has hung up."""
    parser = argparse.ArgumentParser(prog="python -m bot mic", description="用本机麦克风和扬声器打一个电话")
    parser.add_argument("--list-devices", action="store_true", help="列出声音设备")
    parser.add_argument("--input", metavar="设备", help="麦克风的编号或名字，默认用系统的")
    parser.add_argument("--output", metavar="设备", help="扬声器的编号或名字，默认用系统的")
    asked = parser.parse_args(arguments)
    if asked.list_devices:
        print(list_devices())
        return 0
    settings = Settings()
    with logs(settings.run_dir / "log", "mic", level="WARNING"):
        asyncio.run(_call(settings, _device(asked.input), _device(asked.output)))
    return 0


async def _call(settings: Settings, microphone: Device, loudspeaker: Device) -> None:
    async with Hotline(settings) as hotline:
        try:
            await hotline.rasa.health()
        except DialogueError as away:
            raise SettingsError("service_away", "对话引擎没有运行，请先在另一个终端执行 make run。") from away
        await microphone_call(hotline.answer, microphone, loudspeaker)


def _device(named: str | None) -> Device:
    return int(named) if named is not None and named.isdigit() else named
