"""make run: train if needed, start Rasa, actions and the bot, watch over them, say where to call."""

import asyncio
import os
import socket
import sys
from urllib.parse import urlsplit

from bot.dialogue.processes import Process, actions_process, rasa_process
from bot.errors import SettingsError
from bot.publishing import ServedModel
from bot.settings import ROOT, Settings
from bot.supervisor import supervise
from bot.training import train


def main(arguments: list[str]) -> int:
    """Run the whole service until Ctrl-C."""
    settings = Settings()
    refuse_taken_ports(settings)
    model = ServedModel(settings.run_dir).begin_with(train())
    os.environ.update(settings.for_actions() | {"PYTHONPATH": str(ROOT)})
    processes = [
        actions_process(settings.rasa.actions_url),
        rasa_process(model, settings.rasa.url, settings.rasa.actions_url),
        bot_process(settings),
    ]
    return asyncio.run(supervise(processes, settings.run_dir / "log", lambda seconds: _announce(settings, seconds)))


def refuse_taken_ports(settings: Settings) -> None:
    """Raise SettingsError if another program has one of the service's ports; most often it is the service itself."""
    web, audio = settings.web, settings.audiosocket
    wanted = {
        "浏览器电话": (web.host, web.port),
        "AudioSocket": (audio.host, audio.port),
        "来电登记": (audio.exchange_host, audio.exchange_port),
        "Rasa": _address(settings.rasa.url),
        "业务动作": _address(settings.rasa.actions_url),
    }
    for name, (host, port) in wanted.items():
        try:
            socket.create_server((host, port)).close()
        except OSError as error:
            raise SettingsError(
                "port_taken",
                f"{name} 的端口 {host}:{port} 用不了（{error.strerror}）。"
                "热线是否已在运行？请先停掉占用它的程序，或在 hotline.toml 里换一个端口。",
            ) from error


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 80


def bot_process(settings: Settings) -> Process:
    """The bot itself."""
    health = f"http://{settings.audiosocket.exchange_host}:{settings.audiosocket.exchange_port}/healthz"
    return Process("bot", [sys.executable, "-m", "bot", "serve"], health, environment={"MALLOC_ARENA_MAX": "2"})


def _announce(settings: Settings, seconds: float) -> None:
    web, socket = settings.web, settings.audiosocket
    scheme = "http" if web.tls == "off" else "https"
    print(
        f"""
热线已开通（启动用了 {seconds:.0f} 秒）。怎样打进来：
  浏览器电话    {scheme}://{web.host}:{web.port}/
  电话交换机    AudioSocket {socket.host}:{socket.port}（来电登记 http://{socket.exchange_host}:{socket.exchange_port}）
  本机麦克风    .venv/bin/python -m bot mic
按 Ctrl-C 停止。""",
        flush=True,
    )
