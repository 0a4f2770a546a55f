"""To a person: the exchange takes the caller back into its queue; where there is none, a call-back is recorded."""

from bot.call.desk import Desk
from bot.call.line import CallLine
from bot.call.number import NumberPhase
from bot.call.prompts import Prompts
from bot.channels.base import Caption, NextStep
from bot.dialogue.base import CollectNumber, HandOff, Signal
from bot.errors import StoreError


class AgentPhase:
    """Hands the caller over. A person with a telephone is only behind an exchange."""

    def __init__(self, line: CallLine, desk: Desk, number: NumberPhase, prompts: Prompts) -> None:
        """`number` asks for the telephone to ring back where the channel does not tell it."""
        self._line = line
        self._desk = desk
        self._number = number
        self._prompts = prompts

    async def run(self, request: HandOff) -> Signal | None:
        """None if the caller is with the exchange now; else what to tell the dialogue."""
        channel = self._line.channel
        if channel.takes_back_calls:
            self._note(request, "exchange")
            await self._line.say(self._prompts.say("hand_off"))
            await self._line.close(NextStep("agent", request.reason, request.queue))
            return None
        await self._call_back(request)
        return Signal("agent_finished", {"outcome": "nobody"})

    async def _call_back(self, request: HandOff) -> None:
        """The outcome is noted before it is spoken: a caller who has seen the number may hang up at once."""
        channel = self._line.channel
        await self._line.say(self._prompts.say("hand_off_failed"))
        telephone = channel.caller.number
        if not telephone:
            telephone = (await self._number.run(CollectNumber("phone"))).number
        if not telephone:
            self._note(request, "no_number")
            await self._line.say(self._prompts.say("call_back_no_number"))
            return
        try:
            number = await self._desk.call_back(channel.call_id, telephone, request.reason, request.summary)
        except StoreError as wrong:
            self._line.journal.note("failed", code=wrong.code)
            self._note(request, "failed")
            await self._line.say(self._prompts.say("call_back_failed"))
            return
        self._note(request, "call_back")
        await channel.show(Caption("note", f"回电工单 {number}"))
        await self._line.say(self._prompts.say("call_back_recorded", number=number))

    def _note(self, request: HandOff, outcome: str) -> None:
        self._line.journal.note("hand_off", reason=request.reason, queue=request.queue, outcome=outcome)
