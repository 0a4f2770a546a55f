"""make run: train if needed, start Rasa, actions and the bot, watch over them, say where to call."""

import asyncio
import os
import sys

from bot.dialogue.processes import Process, actions_process, rasa_process
from bot.settings import ROOT, Settings
from bot.supervisor import supervise
from bot.training import train


def main(arguments: list[str]) -> int:
    """Run the whole service until Ctrl-C."""
    settings = Settings()
    model = train()
    os.environ.update(_for_children(settings))
    processes = [
        actions_process(settings.rasa.actions_url),
        rasa_process(model, settings.rasa.url, settings.rasa.actions_url),
        bot_process(settings),
    ]
    return asyncio.run(supervise(processes, settings.run_dir / "log", lambda seconds: _announce(settings, seconds)))


def bot_process(settings: Settings) -> Process:
    """The bot itself."""
    health = f"http://{settings.audiosocket.exchange_host}:{settings.audiosocket.exchange_port}/healthz"
    return Process("bot", [sys.executable, "-m", "bot", "serve"], health, environment={"MALLOC_ARENA_MAX": "2"})


def _for_children(settings: Settings) -> dict[str, str]:
    """What the action server must know of the settings: it opens the same store."""
    return {
        "HOTLINE_DATABASE_URL": settings.database_url,
        "HOTLINE_SECRET_KEY_FILE": str(settings.secret_key_file),
        "HOTLINE_MODE": settings.mode,
        "PYTHONPATH": str(ROOT),
    }


def _announce(settings: Settings, seconds: float) -> None:
    web, socket = settings.web, settings.audiosocket
    scheme = "http" if web.tls == "off" else "https"
    print(
        f"""
热线已开通（启动用了 {seconds:.0f} 秒）。怎样打进来：
  浏览器电话    {scheme}://{web.host}:{web.port}/
  电话交换机    AudioSocket {socket.host}:{socket.port}（来电登记 http://{socket.exchange_host}:{socket.exchange_port}）
  本机麦克风    python -m bot mic
按 Ctrl-C 停止。""",
        flush=True,
    )
