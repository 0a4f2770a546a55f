"""The line's end of the wire to Rasa: words and signals go out, replies come back, and every failure has a name.

DialogueError codes: rasa_away (not there, or gone in the middle), rasa_stalled (no answer in time), rasa_failed
(an error inside Rasa or an action, or an answer that makes no sense), rasa_silent (nothing to say).
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import aiohttp

from bot.clock import outside
from bot.dialogue.base import (
    CollectNewPin,
    CollectNumber,
    CollectPin,
    HandOff,
    HangUp,
    Reading,
    Reply,
    Say,
    Signal,
    Span,
)
from bot.errors import DialogueError

log = logging.getLogger(__name__)

IDLE_CONNECTION_SECONDS = 60.0
"""Less than Rasa's own 120 s, so that it never closes a connection that we are about to use."""


class RasaClient:
    """All calls' way to Rasa; connections are kept open between turns."""

    def __init__(self, url: str, longest_answer_seconds: float) -> None:
        self._url = f"{url.rstrip('/')}/webhooks/voice"
        self._longest_answer_seconds = longest_answer_seconds
        self._session: aiohttp.ClientSession | None = None

    async def open(self, call_id: str, channel_kind: str) -> "RasaDialogue":
        """A conversation for this call. `channel_kind` is the channel's; wordings know 'phone' and 'browser' only."""
        return RasaDialogue(self, call_id, "browser" if channel_kind == "browser" else "phone")

    async def health(self) -> dict[str, Any]:
        """The model's name and the number of calls in memory. Raises DialogueError."""
        return await self._request("GET", "health", None)

    async def ask(self, way: str, asked: dict[str, Any]) -> dict[str, Any]:
        """One request, its answer as an object. Raises DialogueError."""
        return await self._request("POST", way, asked)

    async def close(self) -> None:
        """At the program's end."""
        if self._session is not None:
            await outside(self._session.close())
            self._session = None

    async def _request(self, method: str, way: str, asked: dict[str, Any] | None) -> dict[str, Any]:
        try:
            status, answer = await outside(self._exchange(method, way, asked), self._longest_answer_seconds)
        except TimeoutError as late:
            message = f"Rasa did not answer {way} within {self._longest_answer_seconds} s"
            raise DialogueError("rasa_stalled", message) from late
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError) as gone:
            raise DialogueError("rasa_away", f"Rasa cannot be reached at {self._url}: {gone}") from gone
        except (aiohttp.ClientError, ValueError) as nonsense:
            raise DialogueError("rasa_failed", f"Rasa answered {way} with something that is no JSON") from nonsense
        if not isinstance(answer, dict):
            raise DialogueError("rasa_failed", f"Rasa answered {way} with {type(answer).__name__}, not an object")
        if status != 200:
            code = answer.get("code")
            raise DialogueError(
                code if code in ("rasa_silent", "rasa_failed") else "rasa_failed",
                f"Rasa answered {way} with {status}: {answer.get('message', '')}",
            )
        return answer

    async def _exchange(self, method: str, way: str, asked: dict[str, Any] | None) -> tuple[int, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_CONNECTION_SECONDS),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # `outside` keeps the time
                trust_env=False,
            )
        async with self._session.request(method, f"{self._url}/{way}", json=asked) as answer:
            return answer.status, await answer.json(content_type=None)


class RasaDialogue:
    """One call's conversation with Rasa."""

    def __init__(self, client: RasaClient, call_id: str, channel: str) -> None:
        self._client = client
        self._call = {"call": call_id, "channel": channel}
        self._turn = asyncio.Lock()

    async def hear(self, text: str, between: Span | None = None, doubt: float = 0.0) -> list[Reply]:
        """The caller said this, there in the recording; how it was heard speaks against it so far. Raises
        DialogueError."""
        if not text.strip():
            raise ValueError("An empty turn is a no_match signal, nothing to hear")
        asked: dict[str, Any] = {"text": text} | ({"between": list(between)} if between else {})
        return await self._ask("hear", asked | ({"doubt": doubt} if doubt else {}))

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """What each text would be taken for; the conversation does not move. Raises DialogueError."""
        answer = await self._client.ask("read", {"call": self._call["call"], "texts": list(texts)})
        try:
            return [Reading(_text(one["intent"]), float(one["confidence"])) for one in answer["readings"]]
        except (KeyError, TypeError, ValueError) as nonsense:
            raise DialogueError("rasa_failed", f"Rasa's readings make no sense: {nonsense}") from nonsense

    async def known(self) -> dict[str, Any]:
        """What the conversation's slots hold, without the empty ones; nothing once the call is over. Raises
        DialogueError."""
        slots = (await self._client.ask("known", {"call": self._call["call"]})).get("slots")
        if not isinstance(slots, dict):
            raise DialogueError("rasa_failed", "Rasa's slots make no sense")
        return slots

    async def notify(self, signal: Signal) -> list[Reply]:
        """The line noticed this. Raises DialogueError."""
        return await self._ask("notify", {"signal": signal.name, "facts": signal.facts})

    async def close(self) -> None:
        """The call is over: Rasa forgets it. Never raises; a Rasa that is away has forgotten anyway."""
        try:
            await self._client.ask("forget", {"call": self._call["call"]})
        except DialogueError as problem:
            log.info("Call %s was not forgotten by Rasa: %s", self._call["call"], problem)

    async def _ask(self, way: str, asked: dict[str, Any]) -> list[Reply]:
        async with self._turn:
            answer = await self._client.ask(way, self._call | asked)
        replies = answer.get("replies")
        if not isinstance(replies, list):
            raise DialogueError("rasa_failed", f"Rasa's answer to {way} has no list of replies")
        if not replies:
            raise DialogueError("rasa_silent", f"Rasa's answer to {way} is empty")
        return [as_reply(reply) for reply in replies]


def as_reply(reply: Any) -> Reply:
    """One element of an answer in the line's words. Raises DialogueError."""
    try:
        return _command(reply["custom"]) if "custom" in reply else _sentence(reply)
    except (KeyError, TypeError, AttributeError) as nonsense:
        raise DialogueError("rasa_failed", f"Rasa's reply makes no sense: {type(nonsense).__name__} {nonsense}") from (
            nonsense
        )


def _sentence(reply: dict[str, Any]) -> Say:
    utterance = reply.get("utterance") or ""
    manner = reply.get("metadata") or {}
    return Say(
        text=_text(reply["text"]),
        utterance=_text(utterance),
        question=_text(manner.get("question", "")),
        barge_in=bool(manner.get("barge_in", True)),
        # A text without a name was made up by an action and may hold anything of the caller's.
        fixed=bool(manner.get("fixed", utterance)) and not manner.get("private"),
        note=str(manner.get("note", "")),
    )


def _command(custom: dict[str, Any]) -> Reply:
    match custom.get("command"):
        case "collect_number":
            return CollectNumber(_text(custom["kind"]), bool(custom.get("pin_follows", False)))
        case "collect_pin":
            return CollectPin()
        case "collect_new_pin":
            return CollectNewPin()
        case "hand_off":
            return HandOff(
                _text(custom["reason"]), _text(custom.get("queue", "agents")), _text(custom.get("summary", ""))
            )
        case "hang_up":
            return HangUp()
        case unknown:
            raise DialogueError("rasa_failed", f"Rasa sent an unknown command: {unknown}")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where a text belongs")
    return value
