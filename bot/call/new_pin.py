"""A new six-digit password, entered twice by keys, in a private window the whole time.

Like the password itself (pin.py) its digits exist only in this phase's local variables; what leaves is an outcome.
"""

from typing import Literal

from bot.backend.base import Backend, PasswordChange
from bot.call.line import CallLine
from bot.call.prompts import Prompts
from bot.call.six_digits import PIN_LENGTH, SixDigits
from bot.errors import BackendError, UnclearDeed

TRIES = 3
NewPinOutcome = Literal["changed", "gave_up", "unavailable", "unclear"]
"""unclear: it may have been changed, no answer says so; the caller knows."""


class NewPinPhase:
    """Asks for a new password until it is changed, or three tries have failed."""

    def __init__(self, line: CallLine, backend: Backend, digits: SixDigits, prompts: Prompts) -> None:
        self._line = line
        self._backend = backend
        self._digits = digits
        self._prompts = prompts

    async def run(self) -> NewPinOutcome:
        """The outcome; the window stays open until it has been spoken. Keys of an earlier secret are not its digits."""
        await self._line.privacy.open()
        self._line.drop_keys()
        outcome = await self._change()
        self._line.privacy.secret_complete = outcome in ("changed", "unclear")
        self._line.journal.note("pin", outcome=f"new_{outcome}")
        return outcome

    async def _change(self) -> NewPinOutcome:
        prompt = "new_pin_ask"
        try:
            for _ in range(TRIES):
                failed = await self._try(prompt)
                if failed is None:
                    return "changed"
                prompt = failed
        except UnclearDeed as wrong:
            self._line.journal.note("failed", code=wrong.code)
            await self._line.say(self._prompts.say("new_pin_unclear"))
            self._line.drop_keys()
            return "unclear"
        except BackendError as wrong:
            self._line.journal.note("failed", code=wrong.code)
            return "unavailable"
        return "gave_up"

    async def _try(self, prompt: str) -> str | None:
        """None once the password is changed, else the prompt that says what was wrong."""
        call_id = self._line.channel.call_id
        digits = await self._digits.collect(prompt)
        if len(digits) < PIN_LENGTH:
            return "new_pin_short"
        if await self._line.bridge.over(self._backend.refuses_password(call_id, digits)):
            return "new_pin_weak"
        if await self._digits.collect("new_pin_again", after_others=True) != digits:
            return "new_pin_different"
        changed = await self._line.bridge.over(self._backend.change_password(call_id, digits))
        return None if changed is PasswordChange.CHANGED else "new_pin_weak"
