"""A whole service of its own for scripted calls: temporary store, own Rasa and actions, the real rest.

So scripts never touch the running service's data, and the same script gives the same call every time.
"""

import asyncio
import hashlib
import socket
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import sqlalchemy as sa

from bot.app import Hotline
from bot.audio.wav import read_wav, write_wav
from bot.backend.centre import CentreSettings
from bot.channels.base import Caller
from bot.channels.script import ScriptChannel
from bot.clock import outside
from bot.dialogue.processes import Process, actions_process, rasa_process
from bot.qa.caller import ScriptedCaller, Understands, nothing_understood
from bot.qa.expectations import failures_of_call
from bot.qa.script import Script
from bot.qa.transcript import Transcript
from bot.settings import Settings
from bot.speaking.base import Manner
from bot.store.credentials import credentials
from bot.store.tables import metadata
from bot.supervisor import Supervised
from bot.training import train

LONGEST_SECONDS = 60.0
"""By the wall clock, for Rasa, a sentence of the voice, a lock in the store: audio time stands still meanwhile, so that
a busy machine plays the same call."""

_KEPT_TABLES = ("seals", "alembic_version", "credentials", "login_numbers", "demo_accounts", "demo_loads")


class Stage:
    """Where scripted calls are played. Open it outside audio time, play calls inside it."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._asked = settings or Settings()
        self._closing = AsyncExitStack()
        self.settings = self._asked
        self.log_folder = self._asked.run_dir / "log"
        self._passwords: list[tuple[str, dict[str, str | bool]]] = []

    async def open(self) -> None:
        """Start Rasa and the action server on free ports, with a store that goes with the stage."""
        model = await asyncio.to_thread(train)
        folder = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="hotline-stage-")))
        rasa, actions = (f"http://127.0.0.1:{port}" for port in _free_ports(2))
        self.settings = self._asked.model_copy(
            update={
                "mode": "demo",
                "backend": CentreSettings(),
                "database_url": f"sqlite:///{folder / 'stage.db'}",
                "secret_key_file": folder / "secret.key",
                "run_dir": folder,
                "rasa": self._asked.rasa.model_copy(
                    update={"url": rasa, "actions_url": actions, "longest_answer_seconds": LONGEST_SECONDS}
                ),
                "speaking": self._asked.speaking.model_copy(update={"longest_sentence_seconds": LONGEST_SECONDS}),
                "database_busy_seconds": LONGEST_SECONDS,
                "call": self._asked.call.model_copy(update={"recordings": folder / "recordings"}),
            }
        )
        self.folder = folder
        self.log_folder = folder / "log"
        try:
            await asyncio.gather(
                self._start(rasa_process(model, rasa, actions)), self._start(self._with_store(actions_process(actions)))
            )
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End everything the stage started; its store goes with it."""
        await self._closing.aclose()

    async def play(
        self, hotline: Hotline, script: Script, *, save: Path | None = None, understand: bool = False
    ) -> Transcript:
        """One whole call by script. `save`: both sides in stereo (caller left, bot right). `understand`: ask what the
        dialogue engine takes every text for, also where the script does not want to know."""
        self._forget_calls(hotline)
        began = time.perf_counter()
        call_id = _call_id(script)
        channel = ScriptChannel(call_id, Caller(script.caller), takes_back_calls=script.exchange)
        engine = await hotline.rasa.open(call_id, channel.kind)
        understands: Understands = nothing_understood
        if understand or any(each.what == "intent" for step in script.steps for each in step.expect):
            understands = engine.read
        caller = ScriptedCaller(script, channel, _SpeakingCaller(hotline).say, read_wav, understands, engine.known)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hotline.answer(channel, on=script.on, keep=caller.keep, overhear=caller.overhear))
            tasks.create_task(caller.act())
        await caller.finish()
        transcript = caller.transcript
        transcript.hand_off = next(
            (entry.facts["reason"] for turn in transcript.turns for entry in turn.entries if entry.kind == "hand_off"),
            "",
        )
        transcript.ended = next(
            (entry.facts["by"] for turn in transcript.turns for entry in turn.entries if entry.kind == "ended"), ""
        )
        transcript.store = await hotline.store.facts_of(call_id)
        transcript.audio_seconds = round(len(channel.spoken) / 16000, 2)
        transcript.took_seconds = round(time.perf_counter() - began, 2)
        transcript.failures += failures_of_call(transcript, script)
        if save is not None:
            write_wav(save, bytes(channel.spoken), bytes(channel.heard))
        return transcript

    def recording_of(self, script: Script) -> Path:
        """Both sides of the call just played, as the service itself records it: silent where secrets fall."""
        return self.folder / "recordings" / f"{_call_id(script)}.wav"

    def _with_store(self, process: Process) -> Process:
        environment = process.environment | self.settings.for_actions()
        return Process(process.name, process.command, process.health_url, process.cwd, environment)

    async def _start(self, process: Process) -> None:
        supervised = Supervised(process, self.log_folder, lambda _: None)
        keeping = asyncio.create_task(supervised.keep_running())

        async def end() -> None:
            keeping.cancel()
            await supervised.end()

        self._closing.push_async_callback(end)
        await supervised.ready()

    def _forget_calls(self, hotline: Hotline) -> None:
        """As if nobody had called yet today; passwords that callers changed are what they were."""
        with hotline.store.database.writing() as connection:
            for name in sa.inspect(connection).get_table_names():
                if name not in _KEPT_TABLES:
                    connection.execute(metadata.tables[name].delete())
            if not self._passwords:
                self._passwords = [
                    (row.account_key, {"password_hash": row.password_hash, "initial": row.initial})
                    for row in connection.execute(sa.select(credentials))
                ]
            for key, as_before in self._passwords:
                connection.execute(sa.update(credentials).where(credentials.c.account_key == key).values(as_before))


class _SpeakingCaller:
    """Gives a scripted caller a voice."""

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline

    async def say(self, text: str, voice: str) -> bytes:
        return await outside(self._hotline.voice.sound_of(text, Manner(voice=voice)))


def _call_id(script: Script) -> str:
    return "script-" + hashlib.sha256(script.path.name.encode()).hexdigest()[:12]


def _free_ports(count: int) -> list[int]:
    """Loopback ports nobody uses now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports
