"""One call from answer to hang-up: the phases, in order, and the one place where the end of a call is caught."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.backend.base import Backend
from bot.call.asides import MOST_QUESTIONS, before_asking_again
from bot.call.desk import Desk
from bot.call.line import CallLine
from bot.call.new_pin import NewPinPhase
from bot.call.number import Collected, NumberPhase
from bot.call.number_kinds import KINDS
from bot.call.pin import PinPhase
from bot.call.prompts import Prompts
from bot.call.six_digits import SixDigits
from bot.call.talk import TalkPhase
from bot.call.with_agent import AgentPhase
from bot.channels.base import NextStep
from bot.dialogue.base import (
    CollectNewPin,
    CollectNumber,
    CollectPin,
    Dialogue,
    HandOff,
    HangUp,
    Reply,
    Say,
    Signal,
)
from bot.errors import BackendError, BotError, CallEnded
from bot.events import CallerTyped, DigitPressed, Utterance
from bot.listening.base import Question

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallBounds:
    """How long things may take in one call."""

    longest_call_seconds: float
    first_key_seconds: float
    next_key_seconds: float
    hang_up_after_goodbye_seconds: float


class CallSession:
    """The conversation on one line."""

    def __init__(
        self,
        line: CallLine,
        dialogue: Dialogue,
        backend: Backend,
        desk: Desk,
        prompts: Prompts,
        questions: Mapping[str, Question],
        bounds: CallBounds,
        on: datetime | None = None,
    ) -> None:
        """`on`: the moment the call takes place, if it is not now (call scripts)."""
        self._line = line
        self._backend = backend
        self._prompts = prompts
        self._bounds = bounds
        self._on = on
        self._talk = TalkPhase(line, dialogue, prompts, questions)
        self._number = NumberPhase(line, prompts, questions, bounds.next_key_seconds)
        digits = SixDigits(line, prompts, bounds.first_key_seconds, bounds.next_key_seconds)
        self._pin = PinPhase(line, backend, digits)
        self._new_pin = NewPinPhase(line, backend, digits, prompts)
        self._agent = AgentPhase(line, desk, self._number, prompts)
        self._ended_by = "bot"

    async def run(self) -> str:
        """The whole call. Returns who ended it: 'caller', 'bot' or 'failure'; the journal says it too."""
        try:
            await self._line.run(self._converse_to_its_end)
        except* CallEnded:
            self._ended_by = "caller"
        except* BotError as wrong:  # the line itself broke: nothing can be said any more
            self._ended_by = "failure"
            self._line.journal.note("failed", code=_first_code(wrong))
            await self._line.close(self._to_person())
        finally:
            self._line.mouth.hush()  # what was being said when the call ended belongs to the journal too
            self._line.journal.note("ended", by=self._ended_by)
        return self._ended_by

    async def _converse_to_its_end(self) -> None:
        """Whatever fails in the conversation, the caller is told so and given to a person."""
        try:
            await self._converse_within_bounds()
        except Exception as wrong:
            self._ended_by = "failure"
            self._line.journal.note("failed", code=wrong.code if isinstance(wrong, BotError) else "unexpected")
            log.exception("the conversation failed; the caller is given to a person")
            if await self._hand_off(HandOff("failure")) is not None:
                await self._line.close(self._to_person())

    def _to_person(self) -> NextStep:
        """A person where there is an exchange."""
        return NextStep("agent", "failure") if self._line.channel.takes_back_calls else NextStep("hangup", "failure")

    async def _converse_within_bounds(self) -> None:
        try:
            async with asyncio.timeout(self._bounds.longest_call_seconds):
                await self._converse()
        except TimeoutError:
            await self._line.say(self._prompts.say("call_too_long"))
            await self._line.close(NextStep("hangup", "too_long"))

    async def _converse(self) -> None:
        talk = self._talk
        facts: dict[str, str | int | bool] = {"channel": self._line.channel.kind}
        if self._on is not None:
            facts["date"] = self._on.isoformat(timespec="minutes")
        replies = await talk.notify(Signal("call_started", facts))
        while True:
            match await talk.run(replies):
                case CollectNumber() as ask:
                    replies = await self._collect_number(ask)
                case CollectPin():
                    await self._pin.run()
                    replies = await talk.notify(Signal("pin_finished"))
                case CollectNewPin():
                    outcome = await self._new_pin.run()
                    replies = await talk.notify(Signal("new_pin_finished", {"outcome": outcome}))
                case HandOff() as request:
                    signal = await self._hand_off(request)
                    if signal is None:
                        return
                    replies = await talk.notify(signal)
                case HangUp():
                    spoken = await self._wait_for_hang_up()
                    if spoken is None:
                        await self._line.close(NextStep("hangup"))
                        return
                    replies = await talk.hear(spoken)

    async def _collect_number(self, ask: CollectNumber) -> Sequence[Reply]:
        """What the dialogue says to the number, or to its absence. A question in between is answered, and the number
        asked for again, unless the caller turns to something else."""
        before: Sequence[Say] | None = ()
        asked = 0
        while before is not None:
            collected = await self._number.run(ask, before, hears_questions=asked < MOST_QUESTIONS)
            asked += 1
            if not collected.question:
                return await self._talk.notify(await self._given_on(ask, collected))
            replies = await self._talk.hear(collected.question)
            before = before_asking_again(ask, replies)
        return replies

    async def _given_on(self, ask: CollectNumber, collected: Collected) -> Signal:
        """A number that logs somebody in begins the login; any other is sealed in the store, where the actions fetch it
        by call and kind. The dialogue learns kind, outcome and last four only."""
        signal, number = collected.signal, collected.number
        if not number:
            return signal
        channel, logs_in = self._line.channel, KINDS[ask.kind].logs_in
        try:
            if logs_in is not None:
                begun = self._backend.begin_login(channel.call_id, number, logs_in, caller=channel.caller.number)
                await self._line.bridge.over(begun)
            else:
                await self._backend.keep_number(channel.call_id, ask.kind, number)
        except BackendError as wrong:
            self._line.journal.note("failed", code=wrong.code)
            return Signal("number_finished", {**signal.facts, "outcome": "unavailable"})
        return signal

    async def _hand_off(self, request: HandOff) -> Signal | None:
        await self._line.end_private()
        return await self._agent.run(request)

    async def _wait_for_hang_up(self) -> str | None:
        """The guide: the caller hangs up first. Words after the goodbye open the conversation again."""
        await self._line.end_private()
        try:
            async with asyncio.timeout(self._bounds.hang_up_after_goodbye_seconds):
                while True:
                    match await self._line.next_event():
                        case Utterance(text) | CallerTyped(text) if len(text) > 1 and "再见" not in text:
                            return text
                        case DigitPressed():
                            pass
        except TimeoutError:
            return None


def _first_code(group: BaseExceptionGroup[BotError]) -> str:
    """The code of the first failure in a group."""
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first.code if isinstance(first, BotError) else "unknown"
