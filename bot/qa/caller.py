"""Acts a script out on a channel and keeps what came of each step."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bot.audio.frame import LINE_RATE, SILENCE, seconds_of
from bot.call.journal import Entry
from bot.call.line import ListeningEar
from bot.call.turn import PASSWORD
from bot.channels.script import ScriptChannel, clean
from bot.dialogue.base import Reading
from bot.mandarin import masked, says_password
from bot.qa.conditions import CLEAN, Condition
from bot.qa.expectations import failures_of_turn
from bot.qa.overhearing import Overheard, OverheardEar
from bot.qa.script import Script, Step
from bot.qa.telephone import Telephone
from bot.qa.transcript import Transcript, TurnTaken

_KEY_SECONDS = 0.25
_PATIENCE_SECONDS = 180.0
_BREATH = SILENCE * 10
_VOICE_BELOW_PEAK_DB = 35.0

Speaks = Callable[[str, str], Awaitable[bytes]]
"""(text, voice name) → line audio of a caller saying it."""

Reads = Callable[[Path], bytes]
"""Recording → line audio."""

Understands = Callable[[list[str]], Awaitable[list[Reading]]]
"""Texts → what the dialogue engine takes each for; the conversation does not move."""


Knows = Callable[[], Awaitable[Mapping[str, Any]]]
"""What the conversation's slots hold at this moment."""


async def nothing_understood(_: list[str]) -> list[Reading]:
    """For calls in which nobody asks for intents."""
    return []


async def nothing_known() -> Mapping[str, Any]:
    """For calls in which nobody asks for slots."""
    return {}


class ScriptedCaller:
    """One caller, one script, one call."""

    def __init__(
        self,
        script: Script,
        channel: ScriptChannel,
        speaks: Speaks,
        reads: Reads,
        understands: Understands = nothing_understood,
        knows: Knows = nothing_known,
    ) -> None:
        self._script = script
        self._channel = channel
        self._speaks = speaks
        self._reads = reads
        self._understands = understands
        self._knows = knows
        self._telephones: dict[Condition, Telephone] = {}
        self._entries: list[Entry] = []
        self._overheard: list[Overheard] = []
        self._unjudged: list[Step] = []
        self.transcript = Transcript(script.path.name, script.name, [TurnTaken(1, "（来电）")])

    def keep(self, entry: Entry) -> None:
        """The call's journal passes its entries here."""
        self._entries.append(entry)

    def overhear(self, ear: ListeningEar) -> ListeningEar:
        """Listen in at the call's ear."""
        return OverheardEar(ear, self._overheard.append)

    async def act(self) -> None:
        """All steps in order; then the caller hangs up. What was expected and did not come is in the transcript."""
        steps = self._script.steps
        await self._take_telephone(self._script.condition)
        await self._settle(steps[0] if steps else None)
        for step, following in zip(steps, (*steps[1:], None), strict=True):
            if self._channel.ended and not step.expect:
                self._fail(step, "通话已经结束，这一步没有做成")
                break
            if _acts(step):
                await self._do(step)
                await self._settle(following)
            await self._collect()
            if wanted := step.slots:
                known = await self._knows()
                self.transcript.turns[-1].slots |= {name: known.get(name) for name in wanted}
            self._unjudged.append(step)
            if following is None or following.after_seconds is None:  # else the answer is yet to come
                self._judge()
        self._channel.hang_up()

    async def finish(self) -> None:
        """The call is over: what came after the last step belongs to it."""
        await self._collect()

    def _judge(self) -> None:
        """Whether the turn that is complete is what its steps expect."""
        for step in self._unjudged:
            self.transcript.failures += failures_of_turn(self.transcript.turns[-1], step.expect, self._script)
        self._unjudged.clear()

    async def _do(self, step: Step) -> None:
        if step.after_seconds is not None:
            await self._channel.until_speaking(step.after_seconds)
        sound = await self._sound(step)
        await self._collect()
        self._judge()
        telephone = await self._take_telephone(step.condition or self._script.condition)
        turn = TurnTaken(step.line, deed(step, self._private()), step=step, began_seconds=self._channel.at_seconds)
        self.transcript.turns.append(turn)
        if sound:
            if telephone is not None:
                telephone.will_carry(sound)
            begin, end = _voice_in(sound)
            began = self._channel.at_seconds + seconds_of(_BREATH)
            turn.voice_seconds = (began + begin, began + end)
            await self._channel.play(_BREATH + sound)
        for key in step.press:
            self._channel.press(key)
            await asyncio.sleep(_KEY_SECONDS)
        if step.type:
            self._channel.type(step.type)
        if step.hang_up:
            self._channel.hang_up()
        self._channel.await_answer()
        await asyncio.sleep(step.wait_seconds)

    def _private(self) -> bool:
        """Whether the line was last seen waiting for a password."""
        captions = [caption for turn in self.transcript.turns for caption in turn.captions]
        return next((each.text for each in reversed(captions) if each.kind == "state"), "") == "private"

    async def _take_telephone(self, condition: Condition) -> Telephone | None:
        """Speak through this from now on; a clean line is none."""
        if condition == CLEAN:
            self._channel.carries = clean
            return None
        if condition not in self._telephones:
            self._telephones[condition] = await Telephone.under(condition, self._speaks)
        self._channel.carries = self._telephones[condition].carry
        return self._telephones[condition]

    async def _sound(self, step: Step) -> bytes:
        if step.play is not None:
            return self._reads(step.play)
        return await self._speaks(step.say, step.voice) if step.say else b""

    async def _settle(self, following: Step | None) -> None:
        """Wait until it is the caller's turn, unless the next step interrupts."""
        if following is not None and following.after_seconds is not None:
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._channel.until_asked()
        except TimeoutError:
            self._fail(following, f"热线 {_PATIENCE_SECONDS:.0f} 秒没有说话")

    async def _collect(self) -> None:
        turn = self.transcript.turns[-1]
        turn.captions += self._channel.captions
        turn.entries += self._entries
        self._channel.captions, self._entries = [], []
        overheard = list(self._overheard)
        self._overheard.clear()
        turn.overheard += overheard
        await self._understand(turn, [masked(one.utterance.text) for one in overheard if _is_for_the_dialogue(one)])

    async def _understand(self, turn: TurnTaken, heard: list[str]) -> None:
        """What the engine takes the texts heard for and, once a turn, the caller's own words."""
        said = turn.step.words if turn.step is not None and turn.meant is None else ""
        meant = [masked(said)] if said and not says_password(said) else []
        readings = await self._understands([*meant, *heard]) if meant or heard else []
        if meant and readings:
            turn.meant, *readings = readings
        turn.understood += readings

    def _fail(self, step: Step | None, told: str) -> None:
        line = step.line if step is not None else 1
        self.transcript.failures.append(f"{self._script.path}:{line}：{told}")


def _voice_in(sound: bytes) -> tuple[float, float]:
    """From when to when there is voice in a sound, in seconds of it."""
    size = np.abs(np.frombuffer(sound, "<i2").astype(np.int32))
    loud = np.flatnonzero(size > size.max(initial=0) * 10 ** (-_VOICE_BELOW_PEAK_DB / 20))
    return (loud[0] / LINE_RATE, (loud[-1] + 1) / LINE_RATE) if len(loud) else (0.0, 0.0)


def _is_for_the_dialogue(heard: Overheard) -> bool:
    """Numbers and passwords are not."""
    text = heard.utterance.text
    return bool(text) and heard.question.name != "digits" and not says_password(text)


def _acts(step: Step) -> bool:
    return bool(step.say or step.type or step.press or step.play or step.hang_up or step.wait_seconds)


def deed(step: Step, private: bool) -> str:
    """What the caller does, as it may be written down: a password is not shown, keys are counted. `private`: the line
    waits for a password; then not even single keys are shown, of which six in a row would be one.
    """
    over = f"（打断，{step.after_seconds} 秒处）" if step.after_seconds is not None else ""
    if step.say:
        return f"{over}说：{PASSWORD if says_password(step.say) else masked(step.say)}"
    if step.play is not None:
        return f"{over}放录音 {step.play.name}"
    if step.press:
        shown = step.press if len(step.press) <= 2 and not private else f"{len(step.press)} 个键"
        return f"{over}按键 {shown}"
    if step.type:
        return f"打字：{PASSWORD if says_password(step.type) else masked(step.type)}"
    return "挂机" if step.hang_up else f"等 {step.wait_seconds} 秒"
