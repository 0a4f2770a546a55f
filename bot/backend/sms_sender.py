"""Sends what waits in the outbox, tries again what the carrier did not take, and never sends one twice."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.backend.sms import SmsCarrier
from bot.errors import BackendError, StoreError
from bot.store import sms
from bot.store.database import Database
from bot.store.sealing import Seal
from bot.store.working_days import BEIJING

log = logging.getLogger(__name__)

AGAIN_AFTER = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""Waits between tries; after the last one a message has failed."""

LOOKS_EVERY_SECONDS = 2.0


class SmsSender:
    """One for all processes: two at work would be harmless, as the carrier takes each key once."""

    def __init__(
        self,
        database: Database,
        seal: Seal,
        carrier: SmsCarrier,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(BEIJING),
    ) -> None:
        self._database = database
        self._seal = seal
        self._carrier = carrier
        self._now = now

    async def run(self) -> None:
        """For ever: look, send, wait."""
        while True:
            try:
                await self.send_due()
            except StoreError as away:
                log.warning("the outbox cannot be read: %s", away.code)
            await asyncio.sleep(LOOKS_EVERY_SECONDS)

    async def send_due(self) -> int:
        """Send all that is due now; how many the carrier took. Raises StoreError."""
        taken = 0
        for message in await self._database.read(lambda connection: sms.due(connection, self._now(), 20)):
            taken += await self._send(message)
        return taken

    async def _send(self, message: sms.Waiting) -> bool:
        """A process that dies between sending and writing it down sends the same key again; the carrier knows it."""
        key = message.once_key
        try:
            await self._carrier.send(key, self._seal.open(message.sealed_phone), self._seal.open(message.sealed_text))
        except BackendError as refused:
            again = self._now() + AGAIN_AFTER[message.tries] if message.tries < len(AGAIN_AFTER) else None
            log.warning("a text message was not taken (%s), try %d", refused.code, message.tries + 1)
            await self._database.write(lambda connection: sms.note_failed(connection, key, message.tries + 1, again))
            return False
        await self._database.write(lambda connection: sms.note_sent(connection, key))
        return True
