"""python -m bot doctor: what is wrong with this installation, in Chinese, and how to mend it."""

import asyncio
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from pathlib import Path

import aiohttp
import sqlalchemy as sa

from bot.app import Store
from bot.backend.http_wire import ANYTHING, Wire
from bot.errors import BackendError, BotError
from bot.listening.vosk_recognizer import VoskModel
from bot.settings import ROOT, Settings
from bot.speaking.lexicon import Lexicon
from bot.speaking.pyttsx3_synthesizer import Pyttsx3Synthesizer
from bot.speaking.voices import read_voices
from bot.training import current_model

_LEAST_FREE_MEGABYTES = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """What one examination found."""

    good: bool
    told: str
    mend: str = ""
    serious: bool = True
    """False: the service works without it."""


Examination = Callable[[Settings], Awaitable[Finding]]


def main(arguments: list[str]) -> int:
    """Examine everything; 1 if something serious is wrong."""
    return asyncio.run(_examine(Settings()))


async def _examine(settings: Settings) -> int:
    failed = 0
    for name, examination in EXAMINATIONS.items():
        try:
            finding = await examination(settings)
        except BotError as wrong:
            finding = Finding(False, str(wrong))
        mark = "✓" if finding.good else "✗" if finding.serious else "!"
        print(f"{mark} {name}：{finding.told}")
        if not finding.good and finding.mend:
            print(f"    怎样修好：{finding.mend}")
        failed += not finding.good and finding.serious
    print("一切正常" if not failed else f"{failed} 处需要修好", file=sys.stderr)
    return 1 if failed else 0


async def _voice(_: Settings) -> Finding:
    folder = ROOT / "voices"
    synthesizer = Pyttsx3Synthesizer(read_voices(folder / "voices.yml"), Lexicon.read(folder / "lexicon.yml"))
    try:
        await synthesizer.start()
    finally:
        await synthesizer.close()
    return Finding(True, "pyttsx3 能说普通话（已按音素验证）")


async def _model(settings: Settings) -> Finding:
    model = await asyncio.to_thread(VoskModel, settings.listening.model, 1)
    told = f"{settings.listening.model.name}，{model.rate} Hz，{len(model.words)} 个词，校验值 {model.digest}"
    model.close()
    return Finding(True, told)


async def _dialogue_model(_: Settings) -> Finding:
    model = current_model()
    if model is None:
        return Finding(False, "对话模型与内容不符或还没有训练", "运行 make train")
    return Finding(True, model.name)


async def _rasa(settings: Settings) -> Finding:
    return await _answers(f"{settings.rasa.url}/webhooks/voice/health")


async def _actions(settings: Settings) -> Finding:
    return await _answers(f"{settings.rasa.actions_url}/health")


async def _bot(settings: Settings) -> Finding:
    socket = settings.audiosocket
    return await _answers(f"http://{socket.exchange_host}:{socket.exchange_port}/healthz")


async def _answers(url: str) -> Finding:
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(2)) as session, session.get(url) as answer:
            return Finding(answer.status == 200, f"{url} 回答 {answer.status}")
    except (aiohttp.ClientError, TimeoutError):
        return Finding(False, f"{url} 没有回答", "运行 make run；已在运行时看 var/log 里的日志", serious=False)


async def _database(settings: Settings) -> Finding:
    store = Store(settings)
    try:
        tables = await store.database.read(lambda connection: len(sa.inspect(connection).get_table_names()))
    finally:
        store.database.close()
    if not tables:
        return Finding(False, "数据库是空的", "make run 会自动建表并装入演示数据", serious=False)
    return Finding(True, f"{sa.make_url(settings.database_url).get_backend_name()}，{tables} 张表")


BACKEND_TROUBLES = {
    "backend_away": ("连不上，或者正出故障", "看业务系统是否在运行、防火墙是否放行、backend.url 的地址和证书是否正确"),
    "backend_stalled": ("没有按时回答", "看业务系统是否太忙；确实需要更久时，调大 backend.answer_seconds"),
    "backend_nonsense": ("回答不符合约定", "按 docs/backend.md 检查业务系统的接口，尤其是地址里的路径"),
    "backend_rejects_us": ("不认我们的口令", "核对 backend.token_file 里的口令与业务系统里登记的是否一致"),
}


async def _business_system(settings: Settings) -> Finding:
    """Whether the centre's own system answers to our token."""
    if settings.backend.kind == "demo":
        mend = 'hotline.toml：backend.kind = "http"，接上中心自己的业务系统（docs/backend.md）'
        return Finding(settings.mode == "demo", "演示数据，没有接业务系统", mend, serious=False)
    if settings.mode == "production":
        settings.backend.refuse_unsafe()
    wire = Wire(settings.backend.system())
    try:
        await wire.ask("health", {}, ANYTHING)
    except BackendError as wrong:
        told, mend = BACKEND_TROUBLES.get(wrong.code, (wrong.code, "看 docs/backend.md"))
        return Finding(False, f"{settings.backend.url} {told}", mend)
    finally:
        await wire.close()
    return Finding(True, f"{settings.backend.url} 有回答，口令有效")


async def _disk(settings: Settings) -> Finding:
    folder = settings.run_dir if settings.run_dir.exists() else ROOT
    free = shutil.disk_usage(folder).free // 1_000_000
    mend = "清理磁盘，或把 run_dir、call.recordings 指到别处"
    return Finding(free >= _LEAST_FREE_MEGABYTES, f"{folder} 还有 {free} MB", mend)


async def _ports(settings: Settings) -> Finding:
    wanted = {
        "浏览器电话": (settings.web.host, settings.web.port),
        "AudioSocket": (settings.audiosocket.host, settings.audiosocket.port),
        "来电登记": (settings.audiosocket.exchange_host, settings.audiosocket.exchange_port),
    }
    taken = [f"{name} {host}:{port}" for name, (host, port) in wanted.items() if not _free(host, port)]
    if taken and (await _bot(settings)).good:
        return Finding(True, "端口由本服务使用中")
    mend = "停掉占用端口的程序，或在 hotline.toml 里换端口"
    return Finding(not taken, "端口空闲" if not taken else f"已被占用：{'、'.join(taken)}", mend)


def _free(host: str, port: int) -> bool:
    try:
        socket.create_server((host, port)).close()
    except OSError:
        return False
    return True


async def _loopback(settings: Settings) -> Finding:
    """Nothing listens beyond this machine unless a setting says so; the page then needs TLS."""
    hosts = [settings.web.host, settings.audiosocket.host, settings.audiosocket.exchange_host]
    beyond = [host for host in hosts if host != "localhost" and not ip_address(host).is_loopback]
    if settings.web.host in beyond and settings.web.tls == "off":
        mend = 'hotline.toml：web.tls = "self_signed" 或 "files"；不是本机的网页没有 TLS 就用不了麦克风'
        return Finding(False, f"浏览器电话对外开放（{settings.web.host}）但没有 TLS", mend)
    return Finding(True, "只在本机监听" if not beyond else f"对外监听：{'、'.join(beyond)}")


async def _keys(settings: Settings) -> Finding:
    if settings.audiosocket.sends_keys:
        told = "按键由交换机以消息送来（Asterisk 要在 2025 年 3 月之后：20.13、21.8、22.3 或更新）"
        return Finding(True, told)
    return Finding(True, "交换机不送按键消息，改在声音里识别按键音（sends_keys = false）")


async def _sound_card(_: Settings) -> Finding:
    import sounddevice

    devices = await asyncio.to_thread(sounddevice.query_devices)
    mend = "只有 python -m bot mic 需要；接上声卡，或安装 PulseAudio"
    return Finding(bool(devices), f"{len(devices)} 个声音设备", mend, serious=False)


async def _calendar(_: Settings) -> Finding:
    years = {path.stem for path in (ROOT / "content" / "holidays").glob("[0-9]*.json")}
    year = date.today().year if date.today().month < 12 else date.today().year + 1
    mend = f"国务院办公厅公布后，把 content/holidays/{year}.json 补上；在此之前，涉及该年的日期会说明是暂定"
    return Finding(str(year) in years, f"节假日已有 {'、'.join(sorted(years))} 年", mend, serious=False)


async def _secret(settings: Settings) -> Finding:
    return _privacy_of(settings.secret_key_file)


def _privacy_of(path: Path) -> Finding:
    if not path.exists():
        return Finding(True, "密钥文件将在第一次启动时生成")
    private = path.stat().st_mode & 0o077 == 0
    return Finding(private, f"{path.name} 只有本用户可读" if private else f"{path} 其他用户可读", f"chmod 600 {path}")


EXAMINATIONS: dict[str, Examination] = {
    "语音合成": _voice,
    "语音识别模型": _model,
    "对话模型": _dialogue_model,
    "数据库": _database,
    "业务系统": _business_system,
    "密钥": _secret,
    "磁盘": _disk,
    "端口": _ports,
    "监听范围": _loopback,
    "按键": _keys,
    "节假日": _calendar,
    "声卡": _sound_card,
    "Rasa": _rasa,
    "业务动作": _actions,
    "机器人": _bot,
}
