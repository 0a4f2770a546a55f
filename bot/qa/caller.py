"""Acts a script out on a channel and keeps what came of each step."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.audio.frame import SILENCE
from bot.call.journal import Entry
from bot.channels.script import ScriptChannel
from bot.mandarin import masked
from bot.qa.expectations import failures_of_turn
from bot.qa.script import Script, Step
from bot.qa.transcript import Transcript, TurnTaken

_KEY_SECONDS = 0.25
_PATIENCE_SECONDS = 180.0
_BREATH = SILENCE * 10

Speaks = Callable[[str, str], Awaitable[bytes]]
"""(text, voice name) → line audio of a caller saying it."""

Reads = Callable[[Path], bytes]
"""Recording → line audio."""


class ScriptedCaller:
    """One caller, one script, one call."""

    def __init__(self, script: Script, channel: ScriptChannel, speaks: Speaks, reads: Reads) -> None:
        self._script = script
        self._channel = channel
        self._speaks = speaks
        self._reads = reads
        self._entries: list[Entry] = []
        self.transcript = Transcript(script.path.name, script.name, [TurnTaken(1, "（来电）")])

    def keep(self, entry: Entry) -> None:
        """The call's journal passes its entries here."""
        self._entries.append(entry)

    async def act(self) -> None:
        """All steps in order; then the caller hangs up. What was expected and did not come is in the transcript."""
        steps = self._script.steps
        await self._settle(steps[0] if steps else None)
        for step, following in zip(steps, (*steps[1:], None), strict=True):
            if self._channel.ended and not step.expect:
                self._fail(step, "通话已经结束，这一步没有做成")
                break
            if _acts(step):
                await self._do(step)
                await self._settle(following)
            self._collect()
            self.transcript.failures += failures_of_turn(self.transcript.turns[-1], step.expect, self._script)
        self._channel.hang_up()

    def finish(self) -> None:
        """The call is over: what came after the last step belongs to it."""
        self._collect()

    async def _do(self, step: Step) -> None:
        if step.after_seconds is not None:
            await self._channel.until_speaking(step.after_seconds)
        sound = await self._sound(step)
        self._collect()
        self.transcript.turns.append(TurnTaken(step.line, _deed(step)))
        if sound:
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

    def _collect(self) -> None:
        turn = self.transcript.turns[-1]
        turn.captions += self._channel.captions
        turn.entries += self._entries
        self._channel.captions, self._entries = [], []

    def _fail(self, step: Step | None, told: str) -> None:
        line = step.line if step is not None else 1
        self.transcript.failures.append(f"{self._script.path}:{line}：{told}")


def _acts(step: Step) -> bool:
    return bool(step.say or step.type or step.press or step.play or step.hang_up or step.wait_seconds)


def _deed(step: Step) -> str:
    """What the caller does, as it may be written down: keys are counted, not shown."""
    over = f"（打断，{step.after_seconds} 秒处）" if step.after_seconds is not None else ""
    if step.say:
        return f"{over}说：{masked(step.say)}"
    if step.play is not None:
        return f"{over}放录音 {step.play.name}"
    if step.press:
        shown = step.press if len(step.press) <= 2 else f"{len(step.press)} 个键"
        return f"{over}按键 {shown}"
    if step.type:
        return f"打字：{masked(step.type)}"
    return "挂机" if step.hang_up else f"等 {step.wait_seconds} 秒"
