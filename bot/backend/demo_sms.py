"""The demo centre's text messages: subscriptions and outbox in our own store, and a carrier that delivers to a page."""

from collections.abc import Callable
from datetime import date, datetime

import sqlalchemy as sa

from bot.backend.numbers import phone_key
from bot.backend.persons import Persons
from bot.backend.sms import Topic
from bot.backend.store_errors import backend_errors
from bot.errors import BackendError
from bot.store import sms
from bot.store.database import Database
from bot.store.sealing import Seal
from bot.store.working_days import BEIJING


class DemoMessages:
    """`Messages` on the store."""

    def __init__(
        self, database: Database, seal: Seal, *, now: Callable[[], datetime] = lambda: datetime.now(BEIJING)
    ) -> None:
        self._database = database
        self._seal = seal
        self._now = now
        self._persons = Persons(seal, now)

    async def topics(self, call_id: str) -> set[Topic]:
        """What the person logged in is told about."""

        def find(connection: sa.Connection) -> set[str]:
            return sms.topics(connection, self._persons.account(connection, call_id))

        with backend_errors():
            return {Topic(topic) for topic in await self._database.read(find)}

    async def subscribe(self, call_id: str, topic: Topic, *, on: bool) -> None:
        """Begin or end it, for the person logged in."""

        def write(connection: sa.Connection) -> None:
            sms.subscribe(connection, self._persons.account(connection, call_id), topic.value, on=on)

        with backend_errors():
            await self._database.write(write)

    async def send_to_registered(self, call_id: str, once_key: str, text: str, today: date, most_a_day: int) -> str:
        """To the telephone registered for the person logged in."""
        return await self._send(self._persons.registered_phone, call_id, once_key, text, today, most_a_day)

    async def send_to_caller(self, call_id: str, once_key: str, text: str, today: date, most_a_day: int) -> str:
        """To the telephone that calls."""
        return await self._send(self._persons.caller, call_id, once_key, text, today, most_a_day)

    async def _send(
        self,
        phone_of: Callable[[sa.Connection, str], str],
        call_id: str,
        once_key: str,
        text: str,
        today: date,
        most_a_day: int,
    ) -> str:
        def write(connection: sa.Connection) -> str:
            phone = phone_of(connection, call_id)
            if not phone:
                raise BackendError("no_phone", "there is no telephone to send to")
            row = {
                "once_key": once_key,
                "phone_key": phone_key(self._seal, phone),
                "sealed_phone": self._seal.seal(phone),
                "phone_last_four": phone[-4:],
                "sealed_text": self._seal.seal(text),
                "day": today,
                "due_at": self._now(),
                "call_id": call_id,
            }
            sms.put(connection, row, most_a_day)
            return phone[-4:]

        with backend_errors("sms_too_many"):
            return await self._database.write(write)


class DemoCarrier:
    """`SmsCarrier` whose telephones are one page: /demo/sms."""

    def __init__(
        self, database: Database, seal: Seal, *, now: Callable[[], datetime] = lambda: datetime.now(BEIJING)
    ) -> None:
        self._database = database
        self._seal = seal
        self._now = now

    async def send(self, once_key: str, phone: str, text: str) -> None:
        """Onto the page; at most once for each key."""
        sealed = self._seal.seal(text)
        with backend_errors():
            await self._database.write(
                lambda connection: sms.deliver_demo(connection, once_key, phone[-4:], sealed, self._now())
            )

    async def delivered(self, most: int = 100) -> list[tuple[datetime, str, str]]:
        """What was delivered, newest first: when, the telephone's last four, the text."""
        with backend_errors():
            rows = await self._database.read(lambda connection: sms.delivered_demo(connection, most))
        return [
            (row.sent_at.astimezone(BEIJING), row.phone_last_four, self._seal.open(row.sealed_text)) for row in rows
        ]
