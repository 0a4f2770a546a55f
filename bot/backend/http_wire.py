"""One request to a centre's own system (docs/backend.md), and everything that can go wrong with it, each under a name.

BackendError codes, beside the refusals that the protocol knows (REFUSALS), which are answers:

backend_away        not there, gone in the middle, or in trouble itself (5xx, 429)
backend_stalled     no answer in time
backend_nonsense    an answer that is not what the protocol promises
backend_rejects_us  our token is not accepted (401, 403)
backend_paused      it failed several times in a row and is left alone for a while (circuit_breaker.py)

A deed that one of these may have hidden is an UnclearDeed: the request was sent, and nothing says that it was not done.

Personal values travel in request bodies only: no address, log line or error text has one.
"""

import asyncio
import json
import logging
import ssl
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from pydantic import TypeAdapter, ValidationError

from bot.backend.circuit_breaker import CircuitBreaker
from bot.clock import outside
from bot.errors import BackendError, UnclearDeed

log = logging.getLogger(__name__)
T = TypeVar("T")

REFUSALS = frozenset(
    "not_logged_in no_login no_account no_phone not_yours no_appointment appointment_full appointment_again"
    " appointment_busy sms_too_many".split()
)
"""What the centre's system may refuse; any other code is nonsense."""

MOST_BYTES = 256 * 1024
"""No answer is larger."""

OF_A_GATEWAY = frozenset((502, 504))
"""What stands between us and the system answers for it, and does not know what it did."""

PAUSE_SECONDS = 0.2
"""Before the second try."""

IDLE_CONNECTION_SECONDS = 15.0

ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)
"""For requests whose answer says no more than that it was done."""


@dataclass(frozen=True, slots=True)
class CentreSystem:
    """Where a centre's own system is, and how long it may take."""

    url: str
    """Without the protocol's paths: https://10.0.0.5/hotline."""

    token: str = field(repr=False)
    answer_seconds: float = 1.5
    """For one try."""

    longest_seconds: float = 3.5
    """With a second try, if the first one failed."""

    authority: Path | None = None
    """Certificate of the authority that signed the system's, if it is the centre's own."""


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why a try failed."""

    code: str
    told: str
    again: bool = True
    """Whether a second try may help."""

    undone: bool = False
    """Certain that nothing was done."""


class Wire:
    """All requests of one process to the centre's system; connections are kept open in between."""

    def __init__(self, system: CentreSystem, breaker: CircuitBreaker | None = None) -> None:
        self._system = system
        self._breaker = breaker or CircuitBreaker(lambda error: error.code not in REFUSALS)
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, way: str, asked: dict[str, Any], answer: TypeAdapter[T]) -> T:
        """A question, tried twice. Raises BackendError."""
        return await self._request(way, asked, answer)

    async def tell(self, way: str, asked: dict[str, Any], answer: TypeAdapter[T], once_key: str = "") -> T:
        """Something to be done once, however often it is tried: by this key, or one of its own.

        Raises BackendError if it was not done, UnclearDeed if nobody can tell.
        """
        return await self._request(way, asked, answer, once_key or uuid.uuid4().hex)

    async def close(self) -> None:
        """At the program's end."""
        if self._session is not None:
            await outside(self._session.close())
            self._session = None

    async def _request(self, way: str, asked: dict[str, Any], answer: TypeAdapter[T], once_key: str = "") -> T:
        """`once_key`: of a deed; '' for a question."""
        with self._breaker.request():
            content = await self._tried_twice(way, json.dumps(asked, ensure_ascii=False).encode(), once_key)
            return _as(answer, way, content, UnclearDeed if once_key else BackendError)

    async def _tried_twice(self, way: str, body: bytes, once_key: str) -> bytes:
        began = time.monotonic()
        headers = {"Idempotency-Key": once_key} if once_key else {}
        answer = first = await self._try(way, body, headers, self._system.answer_seconds)
        left = self._system.longest_seconds - (time.monotonic() - began) - PAUSE_SECONDS
        if isinstance(answer, _Trouble) and answer.again and left > 0:
            log.warning("the centre's system, %s: %s (%s), trying again", way, answer.code, answer.told)
            await asyncio.sleep(PAUSE_SECONDS)
            answer = await self._try(way, body, headers, min(left, self._system.answer_seconds))
        if isinstance(answer, bytes):
            return answer
        told = f"the centre's system, {way}: {answer.told}"
        if answer.code in REFUSALS:
            raise BackendError(answer.code, told)
        log.warning("the centre's system, %s: %s (%s)", way, answer.code, answer.told)
        undone = answer.undone and isinstance(first, _Trouble) and first.undone
        raise (UnclearDeed if once_key and not undone else BackendError)(answer.code, told)

    async def _try(self, way: str, body: bytes, headers: dict[str, str], seconds: float) -> bytes | _Trouble:
        """One try. What the libraries raise is not chained to anything: it may quote what was sent or received."""
        try:
            status, content = await outside(self._exchange(way, body, headers), seconds)
        except TimeoutError:
            return _Trouble("backend_stalled", f"no answer within {seconds:.1f} s")
        except aiohttp.ClientConnectorError as nobody:  # no connection, so nothing was sent
            return _Trouble("backend_away", type(nobody).__name__, undone=True)
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError) as gone:
            return _Trouble("backend_away", type(gone).__name__)
        except (aiohttp.ClientError, ValueError) as nonsense:
            return _Trouble("backend_nonsense", type(nonsense).__name__, again=False)
        return _judged(status, content)

    async def _exchange(self, way: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """A redirection is not followed: it would carry the body to wherever it says."""
        if self._session is None:
            self._session = self._opened()
        url = f"{self._system.url.rstrip('/')}/v1/{way}"
        async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            content = bytearray()
            async for piece in answer.content.iter_any():
                content += piece
                if len(content) > MOST_BYTES:
                    raise ValueError("too large")
            return answer.status, bytes(content)

    def _opened(self) -> aiohttp.ClientSession:
        authority = self._system.authority
        trusts = ssl.create_default_context(cafile=str(authority)) if authority else True
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_CONNECTION_SECONDS, ssl=trusts),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # `outside` keeps the time
            headers={"Authorization": f"Bearer {self._system.token}", "Content-Type": "application/json"},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )


def _judged(status: int, content: bytes) -> bytes | _Trouble:
    """An answer by its status."""
    if status in (200, 204):
        return content or b"null"
    if status in (401, 403):
        return _Trouble("backend_rejects_us", f"status {status}", again=False, undone=True)
    if status == 429 or status >= 500:
        return _Trouble("backend_away", f"status {status}", undone=status not in OF_A_GATEWAY)
    code = _refusal_in(content)
    return _Trouble(code or "backend_nonsense", f"status {status}", again=False, undone=status >= 300)


def _refusal_in(content: bytes) -> str:
    """The code of a refusal, '' if there is none that the protocol knows."""
    try:
        refused = json.loads(content)
    except ValueError:
        return ""
    code = refused.get("code") if isinstance(refused, dict) else None
    return code if isinstance(code, str) and code in REFUSALS else ""


def _as(answer: TypeAdapter[T], way: str, content: bytes, failure: type[BackendError]) -> T:
    """The answer in our words. Raises `failure`, which says where it is wrong but not what stood there."""
    try:
        return answer.validate_json(content, strict=True)
    except ValidationError as wrong:
        faults = [(".".join(map(str, one["loc"])), one["type"]) for one in wrong.errors(include_input=False)]
    told = ", ".join(f"{where or 'answer'}: {fault}" for where, fault in faults[:5])
    log.warning("the centre's system, %s: backend_nonsense (%s)", way, told)
    raise failure("backend_nonsense", f"the centre's system, {way}: {told}")
