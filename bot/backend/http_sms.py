"""Text messages by a centre's own system, over HTTP (docs/backend.md). It has an outbox of its own."""

from datetime import date

from pydantic import TypeAdapter

from bot.backend.call_numbers import CallNumbers
from bot.backend.http_wire import ANYTHING, Wire
from bot.backend.records import LastFour
from bot.backend.sms import Topic
from bot.errors import BackendError

TOPICS = TypeAdapter(set[Topic])
LAST_FOUR = TypeAdapter(LastFour)


class HttpMessages:
    """`Messages` over the wire."""

    def __init__(self, wire: Wire, numbers: CallNumbers) -> None:
        self._wire = wire
        self._numbers = numbers

    async def topics(self, call_id: str) -> set[Topic]:
        """What the person logged in is told about."""
        return await self._wire.ask("sms/topics", {"call": call_id}, TOPICS)

    async def subscribe(self, call_id: str, topic: Topic, *, on: bool) -> None:
        """Begin or end it, for the person logged in."""
        await self._wire.tell("sms/subscribe", {"call": call_id, "topic": topic.value, "on": on}, ANYTHING)

    async def send_to_registered(self, call_id: str, once_key: str, text: str, today: date, most_a_day: int) -> str:
        """To the telephone registered for the person logged in."""
        return await self._send(call_id, once_key, None, text, today, most_a_day)

    async def send_to_caller(self, call_id: str, once_key: str, text: str, today: date, most_a_day: int) -> str:
        """To the telephone that calls."""
        phone = await self._numbers.calling(call_id)
        if not phone:
            raise BackendError("no_phone", "the exchange did not tell which telephone calls")
        return await self._send(call_id, once_key, phone, text, today, most_a_day)

    async def _send(
        self, call_id: str, once_key: str, phone: str | None, text: str, today: date, most_a_day: int
    ) -> str:
        asked = {"call": call_id, "phone": phone, "text": text, "today": today.isoformat(), "most_a_day": most_a_day}
        return await self._wire.tell("sms/send", asked, LAST_FOUR, once_key)
