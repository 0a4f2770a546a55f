"""The six-digit password: keys only, in one local variable, in a private window.

Opened before the first digit can fall and closed after the outcome was spoken, the window keeps ear and recorder
out; keys typed ahead, a digit too many and late ones are swallowed. Nothing outside this file and six_digits.py ever
sees a digit.
"""

from bot.backend.base import Backend, LoginStatus
from bot.call.line import CallLine
from bot.call.six_digits import PIN_LENGTH, SixDigits
from bot.errors import BackendError

_HINTS_BEFORE_GIVING_UP = 2


class PinPhase:
    """Asks for the password, has it checked, leaves only the outcome (in the store)."""

    def __init__(self, line: CallLine, backend: Backend, digits: SixDigits) -> None:
        self._line = line
        self._backend = backend
        self._digits = digits

    async def run(self) -> LoginStatus:
        """The outcome, already in the store. The private window stays open until it has been spoken."""
        await self._line.privacy.open()
        prompt = "pin_ask"
        for _ in range(_HINTS_BEFORE_GIVING_UP + 1):
            digits = await self._digits.collect(prompt)
            if len(digits) == PIN_LENGTH:
                return await self._verify(digits)
            prompt = "pin_short" if digits else "pin_find_keypad"
        return await self._nothing_entered()

    async def _verify(self, digits: str) -> LoginStatus:
        self._line.privacy.secret_complete = True
        try:
            verified = self._backend.verify_password(self._line.channel.call_id, digits)
            outcome = await self._line.bridge.over(verified)
        except BackendError as wrong:
            self._line.journal.note("failed", code=wrong.code)
            self._line.journal.note("pin", outcome=LoginStatus.UNAVAILABLE.value)
            return LoginStatus.UNAVAILABLE
        self._line.journal.note("pin", outcome=outcome.status.value)
        return outcome.status

    async def _nothing_entered(self) -> LoginStatus:
        self._line.journal.note("pin", outcome=LoginStatus.NO_PASSWORD.value)
        try:
            noted = self._backend.note_login(self._line.channel.call_id, LoginStatus.NO_PASSWORD)
            await self._line.bridge.over(noted)
        except BackendError as wrong:  # the store goes on saying that a login was begun: nobody is logged in
            self._line.journal.note("failed", code=wrong.code)
        return LoginStatus.NO_PASSWORD
