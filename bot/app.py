"""Makes everything a call needs, once, and answers calls with it. The only place that knows all rooms."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import datetime, time
from pathlib import Path
from typing import Any

from actions.content import read
from bot.audio.frame import frames_of
from bot.backend.centre import open_centre
from bot.backend.demo_customers import load_demo, refuse_demo
from bot.backend.login_limits import LoginLimits
from bot.call.commands import Commands
from bot.call.journal import CallJournal, Entry
from bot.call.line import CallLine, ListeningEar
from bot.call.prompts import Prompts
from bot.call.recorder import Recorder
from bot.call.session import CallBounds, CallSession
from bot.channels.base import Channel, NextStep
from bot.counting import count
from bot.dialogue.one_by_one import OneByOne
from bot.dialogue.rasa_client import RasaClient
from bot.errors import BotError, SettingsError, StoreError, SynthesisError
from bot.listening.ear import Ear
from bot.listening.questions import load_questions
from bot.listening.renewed_model import RenewedModel
from bot.live import Live
from bot.mandarin import sentences
from bot.settings import ROOT, Settings
from bot.sight.logs import call_logs
from bot.sight.metrics import Sight
from bot.speaking.base import Manner
from bot.speaking.cache import SpeechCache
from bot.speaking.lexicon import Lexicon
from bot.speaking.pyttsx3_synthesizer import Pyttsx3Synthesizer
from bot.speaking.recorded import RecordedPrompts
from bot.speaking.voice import LineVoice
from bot.speaking.voices import edition_of, read_voices
from bot.store import appointments, sms
from bot.store.call_writer import CallWriter
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.passwords import Passwords
from bot.store.ratings import rating_of
from bot.store.sealing import Seal, check_seal
from bot.store.work_orders import WorkOrderKind, WorkOrders
from bot.store.working_days import published_in

log = logging.getLogger(__name__)

Overhears = Callable[[ListeningEar], ListeningEar]

VOICES, LEXICON = ROOT / "voices" / "voices.yml", ROOT / "voices" / "lexicon.yml"


def _heard_by_no_one(ear: ListeningEar) -> ListeningEar:
    return ear


class Store:
    """Database, seal and what stands on them."""

    def __init__(self, settings: Settings) -> None:
        self.database = Database(settings.database_url, busy_seconds=settings.database_busy_seconds)
        self.seal = Seal.from_file(settings.secret_key_file)
        self.passwords = Passwords()
        self.centre = open_centre(settings.backend, self.database, self.seal, self.passwords, _limits(settings))
        self.backend = self.centre.backend
        calendar = published_in(ROOT / "content" / "holidays")
        self.work_orders = WorkOrders(self.database, self.seal, calendar, _work_order_limits(), day_ends=time(17, 0))

    def prepare(self, mode: str) -> None:
        """Migrate; load demo customers if they are wanted, in production refuse to start with them.

        Raises SettingsError.
        """
        try:
            self._prepare(mode)
        except StoreError as wrong:
            address = self.database.engine.url.render_as_string(hide_password=True)
            raise SettingsError(
                "database",
                f"数据库不能用（{wrong.code}）：{address}。请检查 database_url、数据库是否在运行、磁盘空间。",
            ) from wrong

    def _prepare(self, mode: str) -> None:
        migrate(self.database)
        check_seal(self.database, self.seal)
        if mode == "production":
            refuse_demo(self.database)
        elif self.centre.wire is None:
            load_demo(self.database, self.seal, self.passwords, ROOT / "content" / "demo" / "customers.yml")

    async def call_back(self, call_id: str, caller_number: str, reason: str, summary: str) -> str:
        """Record that this caller is to be rung back (bot.call.desk.Desk)."""
        return (await self.work_orders.create_call_back(call_id, reason, caller_number, summary)).number

    async def facts_of(self, call_id: str) -> dict[str, Any]:
        """What a call left behind, for call scripts: how many work orders and of which kinds, how many
        appointments and text messages, its rating."""
        orders = await self.work_orders.of_call(call_id)
        asked, grade = await rating_of(self.database, call_id)
        return {
            "work_orders": len(orders),
            "kinds": [order.kind.name.lower() for order in orders],
            "appointments": await self.database.read(lambda connection: appointments.made_in(connection, call_id)),
            "sms": await self.database.read(lambda connection: sms.made_in(connection, call_id)),
            "rating": grade.value if grade else "unrated" if asked else "",
        }


class Hotline:
    """Answers calls, from whichever channel."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings)
        self.sight = Sight()
        self._prompts = Live(ROOT / "voices" / "prompts.yml", Prompts.load)
        self._commands = Live(ROOT / "voices" / "commands.yml", Commands.load)
        self._lexicon = Live(LEXICON, Lexicon.read)
        self._read_by = self._lexicon.now
        self._questions = Live(ROOT / "voices" / "questions.yml", load_questions)
        self.calls = 0
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="recordings")
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> "Hotline":
        """Load model and voice, prove them, connect the store. Raises SettingsError in Chinese."""
        settings, closing = self.settings, self._closing
        if settings.mode == "production" and settings.pretend_now is not None:
            raise SettingsError("pretend_now", "正式运行不能设置 pretend_now（假装的时间），请从设置里去掉。")
        if settings.mode == "production":
            settings.backend.refuse_unsafe()
        await asyncio.to_thread(self.store.prepare, settings.mode)
        closing.push_async_callback(self.store.centre.close)
        closing.callback(self.store.database.close)
        self.writer = CallWriter(self.store.database, self.store.seal, settings.run_dir / "spool")
        closing.callback(self.writer.close)
        self.models = await asyncio.to_thread(RenewedModel, settings.listening.model, settings.listening.threads)
        closing.push_async_callback(self.models.close)
        self.synthesizer, self._cache, self.voice = _voice(settings)
        await self.synthesizer.start()
        closing.push_async_callback(self.synthesizer.close)
        self._warming = asyncio.create_task(self._warm_up())
        closing.callback(self._warming.cancel)
        self.rasa = RasaClient(settings.rasa.url, settings.rasa.longest_answer_seconds)
        closing.push_async_callback(self.rasa.close)
        closing.callback(self._disk.shutdown)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of everything; what the journal still holds is written."""
        await self._closing.aclose()

    async def _warm_up(self) -> None:
        """Make the line's own sentences beforehand: they are what is left when the synthesiser dies."""
        for prompt in self._prompts.now:
            await self.voice.warm(sentences(prompt))

    @property
    def has_room(self) -> bool:
        """Whether one more call may come in."""
        return self.calls < self.settings.call.admission_limit

    async def answer(
        self, channel: Channel, *, on: datetime | None = None, keep: Any = None, overhear: Overhears = _heard_by_no_one
    ) -> None:
        """One call, from answer to hang-up. `on`: when it takes place, if not now; `keep` sees the journal;
        `overhear` may put a tester's ear around the call's."""
        if not self.has_room:
            await self._refuse(channel)
            return
        self.calls += 1
        began = asyncio.get_running_loop().time()
        self.sight.call_began(channel.kind)
        self.writer.call_started(
            channel.call_id, channel=channel.kind, caller=channel.caller.number or None, called=channel.caller.called
        )
        ended_by = "failure"
        try:
            with call_logs(channel.call_id):
                ended_by = await self._converse(channel, on or self.settings.pretend_now, keep, overhear)
        finally:
            self.calls -= 1
            self.sight.call_ended(channel.kind, ended_by, asyncio.get_running_loop().time() - began)
            self.writer.call_ended(channel.call_id, by=ended_by)

    async def _converse(self, channel: Channel, on: datetime | None, keep: Any, overhear: Overhears) -> str:
        def kept(entry: Entry) -> None:
            self.writer.keep(channel.call_id, entry)
            count(entry, self.sight)
            if keep is not None:
                keep(entry)

        bounds = self.settings.call
        journal = CallJournal(asyncio.get_running_loop().time, kept)
        recorder = Recorder(self._recording(channel.call_id), self._disk)
        self._read_as_edited()
        model = self.models.take()
        ear = overhear(Ear(model.recognizer(), guard_seconds=bounds.no_barge_in_seconds))
        prompts = self._prompts.now
        trouble, please_wait = prompts.say("line_trouble"), prompts.say("please_wait")
        line = CallLine(channel, ear, self.voice, journal, recorder, self._commands.now, trouble, please_wait)
        dialogue = OneByOne(await self.rasa.open(channel.call_id, channel.kind))
        session = CallSession(
            line,
            dialogue,
            self.store.backend,
            self.store,
            prompts,
            self._questions.now,
            CallBounds(
                bounds.longest_call_seconds,
                bounds.first_key_seconds,
                bounds.next_key_seconds,
                bounds.hang_up_after_goodbye_seconds,
            ),
            on,
        )
        try:
            return await session.run()
        finally:
            ear.close()
            await asyncio.shield(self._tidy_up(channel.call_id, recorder, dialogue))
            await asyncio.shield(self.models.give_back(model))

    def _read_as_edited(self) -> None:
        """A corrected reading is spoken from the next call on."""
        lexicon = self._lexicon.now
        if lexicon is not self._read_by:
            self._read_by = lexicon
            self._cache.begin_edition(edition_of(VOICES, LEXICON))
            self.synthesizer.read_by(lexicon)

    async def _tidy_up(self, call_id: str, recorder: Recorder, dialogue: Any) -> None:
        """The call is over, however it ended: finish the recording, let Rasa and the login forget it."""
        await recorder.close()
        await dialogue.close()
        try:
            await self.store.backend.log_out(call_id)
        except BotError as wrong:
            log.warning("log-out after call %s failed: %s", call_id, wrong.code)

    async def _refuse(self, channel: Channel) -> None:
        """All lines are taken: a polite sentence, then a person where there is an exchange."""
        self.sight.call_refused(channel.kind)
        try:
            for frame in frames_of(await self.voice.sound_of(self._prompts.now.say("all_busy").text, Manner())):
                await channel.send(frame)
        except SynthesisError:
            log.warning("no sound for the refusal of call %s", channel.call_id)
        await channel.close(NextStep("agent", "all_busy") if channel.takes_back_calls else NextStep("hangup"))

    def _recording(self, call_id: str) -> Path | None:
        folder = self.settings.call.recordings
        return folder / f"{call_id}.wav" if folder is not None else None


def _voice(settings: Settings) -> tuple[Pyttsx3Synthesizer, SpeechCache, LineVoice]:
    longest = settings.speaking.longest_sentence_seconds
    synthesizer = Pyttsx3Synthesizer(read_voices(VOICES), Lexicon.read(LEXICON), longest_seconds=longest)
    cache = SpeechCache(settings.speaking.cache, settings.speaking.cache_megabytes, edition_of(VOICES, LEXICON))
    return synthesizer, cache, LineVoice(synthesizer, cache, RecordedPrompts(ROOT / "voices" / "recorded"))


def _limits(settings: Settings) -> LoginLimits:
    login = settings.login
    return LoginLimits(
        per_caller_a_day=login.wrong_per_caller_a_day,
        without_number_an_hour=login.wrong_without_number_an_hour,
        on_the_line_an_hour=login.wrong_on_the_line_an_hour,
    )


def _work_order_limits() -> dict[WorkOrderKind, int]:
    days = read(ROOT / "content" / "work_orders.yml").entry("working_days")
    return {kind: days.whole(kind.name.lower()) for kind in WorkOrderKind}
