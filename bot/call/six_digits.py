"""Six digits by keys, in one local variable of the phase that asks: the way every secret is collected.

Never used outside a private window: ear and recorder are off, and no key goes anywhere else.
"""

from bot.call.line import CallLine
from bot.call.prompts import Prompts

PIN_LENGTH = 6
CLEAR_KEY = "*"
END_KEY = "#"


class SixDigits:
    """Asks for six digits once."""

    def __init__(self, line: CallLine, prompts: Prompts, first_key_seconds: float, next_key_seconds: float) -> None:
        self._line = line
        self._prompts = prompts
        self._first_key_seconds = first_key_seconds
        self._next_key_seconds = next_key_seconds

    async def collect(self, prompt: str, *, after_others: bool = False) -> str:
        """Six digits, or fewer if the caller stopped. The first key silences the prompt.

        `after_others`: six others came just before, and the # that some people end them with belongs to those.
        """
        reading = self._line.mouth.read([self._prompts.say(prompt)])
        digits = ""
        while len(digits) < PIN_LENGTH:
            if digits:
                key = await self._line.next_key(self._next_key_seconds)
            else:
                key = await self._line.first_key(reading, self._first_key_seconds)
            if key == END_KEY and after_others and not digits:
                after_others = False
                continue
            if key is None or key == END_KEY:
                break
            self._line.mouth.hush()
            if key == CLEAR_KEY:
                digits = ""
                reading = self._line.mouth.read([self._prompts.say("pin_cleared")])
                continue
            digits += key
        return digits
