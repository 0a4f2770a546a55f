"""The journal of a call whose id the caller never learns (browser, microphone, a telephone behind an Asterisk)."""

import asyncio
import time

import sqlalchemy as sa

from bot.store.calls import KeptCall, calls
from bot.store.database import Database
from tests.support.service import RunningService


async def newest_call(service: RunningService, channel: str, within_seconds: float = 15.0) -> KeptCall:
    """The journal of the call that began last on this channel, once it is over."""
    newest = sa.select(calls.c.call_id).where(calls.c.channel == channel).order_by(calls.c.started_at.desc()).limit(1)
    database = Database(service.environment["HOTLINE_DATABASE_URL"])
    end = time.monotonic() + within_seconds
    try:
        while (call_id := await database.read(lambda connection: connection.execute(newest).scalar())) is None:
            assert time.monotonic() < end, f"no call on {channel}"
            await asyncio.sleep(0.1)
    finally:
        database.close()
    return await service.journal(call_id, within_seconds)


def heard(call: KeptCall) -> list[str]:
    """What the hotline understood, in order."""
    return [entry.facts["text"] for entry in call.entries if entry.kind == "heard"]


def said(call: KeptCall) -> list[str]:
    """The utterances it said, in order."""
    return [entry.facts["utterance"] for entry in call.entries if entry.kind == "said"]


def outcomes(call: KeptCall, kind: str) -> list[str]:
    """How its number, password and hand-off phases ended."""
    return [entry.facts["outcome"] for entry in call.entries if entry.kind == kind]
