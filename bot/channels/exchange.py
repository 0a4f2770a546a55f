"""Where the telephone exchange announces its calls and asks what comes after the bot. Loopback HTTP, plain text.

AudioSocket carries a call's UUID and nothing else, and knows no password. So the dialplan first tells us the call:

    POST /calls/{uuid}/start    form fields caller, called, name (each may be missing)    → 200 "ok"

connects the audio within the announced time, and when the bot has let go of the line asks

    GET /calls/{uuid}/next      → 200 "hangup,," or "agent,REASON,QUEUE"

Three words between commas: Asterisk takes them apart with Set(ARRAY(STEP,REASON,QUEUE)=…). REASON and QUEUE consist of
letters, digits, '_' and '-' only. Any other answer (400, 404, none) means to the dialplan: connect a person.
A connection whose UUID was not announced is refused.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs
from uuid import UUID

from aiohttp import web

from bot.channels.base import Caller, NextStep
from bot.errors import ChannelError

log = logging.getLogger(__name__)

_WORD = re.compile(r"[A-Za-z0-9_-]{0,64}")
_LONGEST_FIELD = 80
_MOST_FIELDS = 20
_FORM_SECONDS = 5.0
_MOST_ANNOUNCED = 1000
"""Calls that wait for their audio at the same time: no exchange has so many within half a minute."""

_NEXT_KEPT_SECONDS = 30.0
"""The dialplan asks at once; if the caller hung up instead, it never does."""


class Exchange:
    """The calls an exchange has announced, those in progress, and what follows them."""

    def __init__(self, announced_seconds: float = 30.0) -> None:
        self._announced_seconds = announced_seconds
        self._announced: dict[UUID, tuple[Caller, float]] = {}
        self._in_call: set[UUID] = set()
        self._next: dict[UUID, tuple[NextStep, float]] = {}

    @property
    def announced(self) -> int:
        """How many announced calls have not connected yet."""
        self._forget_old()
        return len(self._announced)

    def announce(self, uuid: UUID, caller: Caller) -> None:
        """A call will connect soon. Raises ChannelError if this UUID is or was just in use."""
        self._forget_old()
        if uuid in self._announced or uuid in self._in_call or uuid in self._next:
            raise ChannelError("call_known", f"call {uuid} was announced already; every call needs a new UUID")
        if len(self._announced) >= _MOST_ANNOUNCED:
            raise ChannelError("too_many_announced", f"{_MOST_ANNOUNCED} announced calls have not connected yet")
        self._announced[uuid] = (caller, self._now() + self._announced_seconds)

    def claim(self, uuid: UUID) -> Caller:
        """The audio connected: who calls. Once only. Raises ChannelError if nobody announced this call in time."""
        self._forget_old()
        if uuid not in self._announced:
            raise ChannelError("call_unannounced", f"call {uuid} was not announced, or too long ago")
        caller, _ = self._announced.pop(uuid)
        self._in_call.add(uuid)
        return caller

    def set_next(self, uuid: UUID, next_step: NextStep) -> None:
        """The bot lets go: what the exchange shall do. ValueError for words the dialplan could not take."""
        for word in (next_step.kind, next_step.reason, next_step.queue):
            if not _WORD.fullmatch(word):
                raise ValueError(f"{word!r}: the dialplan takes letters, digits, '_' and '-' only")
        self._in_call.discard(uuid)
        self._next[uuid] = (next_step, self._now() + _NEXT_KEPT_SECONDS)

    def next_step(self, uuid: UUID) -> NextStep:
        """What the exchange shall do. Raises ChannelError if there is no such call, or the bot still has it."""
        self._forget_old()
        if uuid not in self._next:
            raise ChannelError("call_unknown", f"call {uuid} is unknown, or still with the bot")
        return self._next[uuid][0]

    def routes(self) -> list[web.RouteDef]:
        """The two doors for an aiohttp application bound to loopback."""
        return [
            web.post("/calls/{uuid}/start", self._start),
            web.get("/calls/{uuid}/next", self._ask_next),
        ]

    async def _start(self, request: web.Request) -> web.Response:
        try:
            number, called, name = await _form(request, "caller", "called", "name")
            uuid = _uuid(request)
            self.announce(uuid, Caller(number, called or Caller().called, name))
        except ChannelError as error:
            log.warning("announcement refused: %s", error)
            return web.Response(status=400, text=f"{error}\n")
        log.info("call %s announced: %s calls %s", uuid, last_four(number) or "unknown number", called or "?")
        return web.Response(text="ok")

    async def _ask_next(self, request: web.Request) -> web.Response:
        try:
            uuid = _uuid(request)
            step = self.next_step(uuid)
        except ChannelError as error:
            log.warning("next step refused: %s", error)
            return web.Response(status=404 if error.code == "call_unknown" else 400, text=f"{error}\n")
        log.info("call %s goes on: %s %s", uuid, step.kind, step.reason)
        return web.Response(text=f"{step.kind},{step.reason},{step.queue}")

    def _forget_old(self) -> None:
        now = self._now()
        self._announced = {uuid: kept for uuid, kept in self._announced.items() if kept[1] > now}
        self._next = {uuid: kept for uuid, kept in self._next.items() if kept[1] > now}

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


@web.middleware
async def refuse_pages(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """No web page has any business here, and a foreign one could be open in a browser on this machine."""
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none":
        raise web.HTTPForbidden(text="not for web pages\n")
    return await handler(request)


def last_four(number: str) -> str:
    """A telephone number as it may be written down."""
    return "*" * max(0, len(number) - 4) + number[-4:] if len(number) > 4 else "*" * len(number)


def _uuid(request: web.Request) -> UUID:
    text = request.match_info["uuid"]
    try:
        uuid = UUID(text)
    except ValueError:
        uuid = None
    if uuid is None or str(uuid) != text.lower():
        raise ChannelError("call_uuid", f"{text[:_LONGEST_FIELD]!r} is not a UUID like the dialplan's ${{UUID()}}")
    return uuid


async def _form(request: web.Request, *names: str) -> list[str]:
    """These fields of a form, "" for one that is missing, cut to what can be a number or a name. ChannelError."""
    try:
        async with asyncio.timeout(_FORM_SECONDS):
            body = await request.read()
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except (ValueError, TimeoutError, web.RequestPayloadError, ConnectionError) as wrong:
        raise ChannelError("call_form", "the announcement's form cannot be read") from wrong
    return [_one_line(fields.get(name, [""])[0])[:_LONGEST_FIELD] for name in names]


def _one_line(text: str) -> str:
    """Without line breaks and other signs that would make a second line in a log."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
