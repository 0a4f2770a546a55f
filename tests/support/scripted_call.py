"""A call in virtual time with fakes at the seams: the ear is told what was said, the voice makes tones.

Everything between them (line, turns, phases, session, journal) is the real thing.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bot.audio.frame import FRAME_SECONDS, Frame
from bot.backend.base import LoginKind, LoginOutcome, LoginStatus, PasswordChange, PersonalAccount
from bot.call.commands import Commands
from bot.call.journal import CallJournal, Entry
from bot.call.line import CallLine
from bot.call.prompts import Prompts
from bot.call.recorder import Recorder
from bot.call.session import CallBounds, CallSession
from bot.channels.base import Caller
from bot.channels.script import ScriptChannel
from bot.clock import run_in_audio_time
from bot.dialogue.base import Reply, Say, Signal, Span
from bot.errors import SynthesisError
from bot.events import EarEvent, PartialHeard, SilenceLasted, SpeechStarted, Utterance
from bot.listening.base import Question
from bot.speaking.base import Manner
from tests.conftest import ROOT

SECONDS_A_CHARACTER = 0.25
QUESTIONS = {
    "open": Question(),
    "yes_no": Question("yes_no", short_words=("对", "不"), end_of_turn_seconds=0.35),
    "digits": Question("digits", end_of_turn_seconds=1.0),
    "anything_else": Question("anything_else"),
}


class ToldEar:
    """Hears what the test says is said, when it is said."""

    def __init__(self) -> None:
        self.deaf = False
        self.heard_while_deaf = 0
        self._at = 0.0
        self._question = Question()
        self._silent_since: float | None = None
        self._sayings: deque[tuple[float, str, float, str]] = deque()

    def will_hear(self, at: float, text: str, seconds: float, final: str | None = None) -> None:
        """`text` while it is said; `final` if the recogniser thinks better of it in the end."""
        self._sayings.append((at, text, seconds, text if final is None else final))

    def attend(self, question: Question) -> None:
        self._question = question
        self._silent_since = None

    def prompt_started(self, text: str) -> None:
        self._silent_since = None

    def prompt_ended(self) -> None:
        self._silent_since = self._at

    def close(self) -> None:
        pass

    async def hear(self, frame: Frame, sent: bytes, behind: int = 0) -> list[EarEvent]:
        self._at = round(self._at + FRAME_SECONDS, 2)
        if self._sayings and self._at >= self._sayings[0][0]:
            return self._saying()
        waited = self._question.no_input_seconds
        if self._silent_since is not None and not self.deaf and self._at - self._silent_since >= waited:
            self._silent_since = None
            return [SilenceLasted(waited)]
        return []

    def _now(self, moment: float) -> bool:
        """Whether this frame is the first one after that moment."""
        return self._at - FRAME_SECONDS < moment <= self._at

    def _saying(self) -> list[EarEvent]:
        at, text, seconds, final = self._sayings[0]
        wait = self._question.end_of_turn_seconds
        if self.deaf:
            self._sayings.popleft()
            self.heard_while_deaf += 1
            return []
        self._silent_since = None
        if self._now(at):
            return [SpeechStarted(at)]
        if text and self._now(at + seconds / 2):
            return [PartialHeard(text[: max(1, len(text) // 2 + 1)], self._at)]
        if self._at >= at + seconds + wait:
            self._sayings.popleft()
            return [Utterance(final, 0.9, at, at + seconds, wait)]
        return []


class ToneVoice:
    """Speaks every character as a quarter of a second of tone."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Manner, bool]] = []
        self.broken_for: str | None = None
        """Sentences with this in them cannot be spoken ('': none can)."""

    async def sound_of(self, sentence: str, manner: Manner, *, utterance: str = "", fixed: bool = True) -> bytes:
        if self.broken_for is not None and self.broken_for in sentence:
            raise SynthesisError("synthesizer_died", "gone")
        self.asked.append((sentence, manner, fixed))
        samples = int(8000 * SECONDS_A_CHARACTER * len(sentence) / manner.speed)
        return b"\x10\x10" * samples


class ToldDialogue:
    """Answers what the test says, and remembers what it was told."""

    def __init__(self, answers: Callable[["str | Signal"], list[Reply]]) -> None:
        self._answers = answers
        self.received: list[str | Signal] = []
        self.spoken: list[Span | None] = []
        self.doubts: list[float] = []

    async def hear(self, text: str, between: Span | None = None, doubt: float = 0.0) -> list[Reply]:
        self.spoken.append(between)
        self.doubts.append(doubt)
        return self._answer(text)

    async def notify(self, signal: Signal) -> list[Reply]:
        return self._answer(signal)

    def _answer(self, turn: "str | Signal") -> list[Reply]:
        self.received.append(turn)
        return self._answers(turn)

    @property
    def heard(self) -> list[str]:
        return [turn for turn in self.received if isinstance(turn, str)]

    @property
    def signals(self) -> list[str]:
        return [turn.name for turn in self.received if isinstance(turn, Signal)]


class ToldBackend:
    """One account with one password."""

    def __init__(self, password: str) -> None:
        self._password = password
        self.numbers: list[str] = []
        self.kinds: list[LoginKind] = []
        self.kept: dict[str, str] = {}
        self.outcomes: list[LoginStatus] = []

    async def begin_login(
        self, call_id: str, number: str, kind: LoginKind = LoginKind.PERSON, *, caller: str = ""
    ) -> str:
        self.numbers.append(number)
        self.kinds.append(kind)
        return number[-4:]

    async def keep_number(self, call_id: str, kind: str, number: str) -> None:
        self.kept[kind] = number

    async def collected_number(self, call_id: str, kind: str) -> str | None:
        return self.kept.get(kind)

    async def verify_password(self, call_id: str, password: str) -> LoginOutcome:
        await asyncio.sleep(0.1)
        self.outcomes.append(LoginStatus.OK if password == self._password else LoginStatus.WRONG)
        return LoginOutcome(self.outcomes[-1])

    async def note_login(self, call_id: str, status: LoginStatus) -> None:
        self.outcomes.append(status)

    async def refuses_password(self, call_id: str, password: str) -> bool:
        return len(set(password)) == 1 or password == self._password

    async def change_password(self, call_id: str, password: str) -> PasswordChange:
        self._password = password
        return PasswordChange.CHANGED

    async def login(self, call_id: str) -> LoginOutcome | None:
        return LoginOutcome(self.outcomes[-1]) if self.outcomes else None

    async def log_out(self, call_id: str) -> None:
        pass

    async def personal_account(self, call_id: str) -> PersonalAccount:
        raise NotImplementedError


class ToldDesk:
    """Takes call-backs."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.telephones: list[str] = []

    async def call_back(self, call_id: str, caller_number: str, reason: str, summary: str) -> str:
        self.asked.append(reason)
        self.telephones.append(caller_number)
        return "2611-2440-0019"


@dataclass
class ScriptedCall:
    """One call: first say what happens when, then run it, then look at what came of it."""

    answers: Callable[["str | Signal"], list[Reply]]
    password: str = "135792"
    exchange: bool = True
    caller: str = "13800001234"
    """'' where the channel tells no number (a browser)."""

    bounds: CallBounds = field(default_factory=lambda: CallBounds(600.0, 10.0, 6.0, 5.0))

    def __post_init__(self) -> None:
        self.ear = ToldEar()
        self.voice = ToneVoice()
        self.dialogue = ToldDialogue(self.answers)
        self.backend = ToldBackend(self.password)
        self.desk = ToldDesk()
        self.channel = ScriptChannel("call-1", Caller(self.caller), takes_back_calls=self.exchange)
        self.entries: list[Entry] = []
        self.recorder_was_silent: list[tuple[float, bool]] = []
        self.on_recorder: Callable[[Recorder], object] = lambda recorder: None
        """What a test does with the call's recorder before the call begins."""
        self._deeds: list[tuple[float, Callable[[], None]]] = []
        self.ended_by = ""

    def says(self, at: float, text: str) -> None:
        """The caller says this from `at` seconds on; '' is a noise."""
        self.ear.will_hear(at, text, max(1, len(text)) * SECONDS_A_CHARACTER)

    def presses(self, at: float, keys: str) -> None:
        """One key after another, four a second."""
        for place, key in enumerate(keys):
            self._deeds.append((at + place * 0.25, lambda key=key: self.channel.press(key)))

    def hangs_up(self, at: float) -> None:
        self._deeds.append((at, self.channel.hang_up))

    def run(self) -> None:
        """The whole call."""
        run_in_audio_time(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        for at, deed in self._deeds:
            loop.call_at(loop.time() + at, deed)
        self.recorder = Recorder(None, ThreadPoolExecutor(1))
        self.on_recorder(self.recorder)
        self.journal = CallJournal(loop.time, self.entries.append)
        prompts = Prompts.load(ROOT / "voices" / "prompts.yml")
        commands = Commands.load(ROOT / "voices" / "commands.yml")
        trouble, wait = prompts.say("line_trouble"), prompts.say("please_wait")
        line = CallLine(self.channel, self.ear, self.voice, self.journal, self.recorder, commands, trouble, wait)
        session = CallSession(line, self.dialogue, self.backend, self.desk, prompts, QUESTIONS, self.bounds)
        self.ended_by = await session.run()

    def noted(self, kind: str) -> list[Entry]:
        """The journal's entries of one kind."""
        return [entry for entry in self.entries if entry.kind == kind]

    @property
    def said(self) -> list[str]:
        """The sentences that began to sound."""
        return [caption.text for caption in self.channel.captions if caption.kind == "said"]


def greeting_then(answers: dict[str, list[Reply]]) -> Callable[["str | Signal"], list[Reply]]:
    """A dialogue that greets, and answers words and signals (by name, or name:key) as listed."""

    def answer(turn: "str | Signal") -> list[Reply]:
        if isinstance(turn, str):
            return answers.get(turn, [Say("没听懂。", "utter_fallback")])
        key = f"{turn.name}:{turn.facts.get('key', turn.facts.get('count', ''))}"
        if key in answers or turn.name in answers:
            return answers.get(key, answers.get(turn.name, []))
        return [Say("您好。请说。", "utter_greeting")] if turn.name == "call_started" else [Say("好的。", "utter_ok")]

    return answer
