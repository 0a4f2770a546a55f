"""Rasa's end of the wire: the connector that Rasa loads into its own process.

POST /webhooks/voice/hear    {"call", "channel", "text", "between", "doubt"}  what the caller said, never an intent
POST /webhooks/voice/notify  {"call", "channel", "signal", "facts"}  what the line noticed; always an intent
    → 200 {"replies": [{"text", "utterance", "metadata"} | {"custom": {…}}, …]}, never an empty list
    → 500 {"code", "message"}, see the codes below
POST /webhooks/voice/read    {"call", "texts"}                     what each would be taken for, if it were said
    → 200 {"readings": [{"intent", "confidence"}, …]}
POST /webhooks/voice/known   {"call"}                              what the call's slots hold → {"slots": {name: value}}
POST /webhooks/voice/forget  {"call"}                                the call is over → {"forgotten": bool}
POST /webhooks/voice/model   {"path"}                                new calls get this model, others keep theirs
GET  /webhooks/voice/health                                          → {"status", "model", "models", "calls"}

Codes: rasa_failed (something raised, also inside an action or the wording endpoint), rasa_silent (no answer to say),
bad_request (400: the line's own mistake).
"""

import asyncio
import logging
import time
from collections import OrderedDict
from contextvars import ContextVar
from json import dumps
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response

from bot.dialogue.belief import believed
from bot.dialogue.rasa_formats import check_formats_once
from bot.dialogue.rasa_models import Models
from bot.dialogue.rasa_reading import read_together

log = logging.getLogger(__name__)

LONGEST_CALL_SECONDS = 2 * 3600.0
"""A conversation untouched for so long belongs to a call whose end nobody told us."""

KEPT_INTENTS = 5
"""Of the ranking; the rest of a parse would only make the tracker long, and long trackers are slow."""


class VoiceInput(InputChannel):  # type: ignore[misc]
    """The way from the line into Rasa. One turn at a time in each call; calls do not wait for each other here."""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._models = Models(CallTrackers)
        listen_for_swallowed_errors()
        check_formats_once()

    @classmethod
    def name(cls) -> str:
        """The routes' prefix."""
        return "voice"

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """The routes."""
        voice = Blueprint("voice")

        @voice.post("/hear")  # type: ignore[untyped-decorator]
        async def hear(request: Any) -> Any:
            asked = request.json
            if not _strings(asked, "call", "channel", "text"):
                return _refuse(400, "bad_request", "hear needs call, channel and text")
            doubt = asked.get("doubt") or 0.0
            if not isinstance(doubt, int | float):
                return _refuse(400, "bad_request", "doubt is a number")
            answer = Answer(asked["channel"])
            message = UserMessage(
                never_an_intent(asked["text"]),
                answer,
                asked["call"],
                input_channel=asked["channel"],
                metadata={"between": asked.get("between")},
            )
            return await self._turn(self._models.for_call(request.app, asked["call"]), message, doubt)

        @voice.post("/notify")  # type: ignore[untyped-decorator]
        async def notify(request: Any) -> Any:
            asked = request.json
            if not _strings(asked, "call", "channel", "signal") or not isinstance(asked.get("facts", {}), dict):
                return _refuse(400, "bad_request", "notify needs call, channel, signal and facts")
            agent = self._models.for_call(request.app, asked["call"])
            if agent.domain is None or asked["signal"] not in agent.domain.intents:
                return _refuse(400, "bad_request", f"the domain has no intent {asked['signal']}")
            answer = Answer(asked["channel"])
            parsed = as_intent(asked["signal"], asked.get("facts", {}))
            message = UserMessage(parsed["text"], answer, asked["call"], parsed, input_channel=asked["channel"])
            return await self._turn(agent, message)

        @voice.post("/read")  # type: ignore[untyped-decorator]
        async def read(request: Any) -> Any:
            asked = request.json
            texts = asked.get("texts") if _strings(asked, "call") else None
            if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
                return _refuse(400, "bad_request", "read needs call and texts")
            agent = self._models.for_call(request.app, asked["call"])
            return response.json({"readings": read_together(agent.processor, [never_an_intent(t) for t in texts])})

        @voice.post("/known")  # type: ignore[untyped-decorator]
        async def known(request: Any) -> Any:
            if not _strings(request.json, "call"):
                return _refuse(400, "bad_request", "known needs call")
            call = request.json["call"]
            tracker = await self._models.for_call(request.app, call).tracker_store.retrieve(call)
            slots = tracker.current_slot_values() if tracker is not None else {}
            return response.json({"slots": {name: value for name, value in slots.items() if value is not None}})

        @voice.post("/forget")  # type: ignore[untyped-decorator]
        async def forget(request: Any) -> Any:
            if not _strings(request.json, "call"):
                return _refuse(400, "bad_request", "forget needs call")
            call = request.json["call"]
            async with self._turn_of(call):
                trackers = self._models.for_call(request.app, call).tracker_store
                known = await trackers.exists(call)
                await trackers.save(DialogueStateTracker(call, slots=[]))  # a tracker without events: see CallTrackers
                self._models.ended(call)
            return response.json({"forgotten": known})

        @voice.post("/model")  # type: ignore[untyped-decorator]
        async def model(request: Any) -> Any:
            if not _strings(request.json, "path"):
                return _refuse(400, "bad_request", "model needs path")
            try:
                taken = await self._models.take(request.app, request.json["path"])
            except Exception as problem:  # Rasa has no narrower one; calls go on with the model they have
                log.exception("Model %s could not be loaded", request.json["path"])
                return _refuse(500, "rasa_failed", f"{type(problem).__name__}: {problem}")
            return response.json({"model": taken.model_name})

        @voice.get("/health")  # type: ignore[untyped-decorator]
        async def health(request: Any) -> Any:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return _refuse(503, "rasa_failed", "no model is loaded")
            await self._models.warm(agent)
            return response.json({"status": "ok", "model": agent.model_name, **await self._models.counted(request.app)})

        return voice

    def _turn_of(self, call: str) -> asyncio.Lock:
        """Rasa's own lock lets the second message of a call look again only every second; this one is immediate."""
        return self._turns.setdefault(call, asyncio.Lock())

    async def _turn(self, agent: Any, message: Any, doubt: float = 0.0) -> Any:
        """Let Rasa take the message and collect its answer. A business that is in doubt is asked for first."""
        swallowed: list[str] = []
        listening = _swallowed.set(swallowed)
        try:
            async with self._turn_of(message.sender_id):
                if message.parse_data is None:
                    message.parse_data = believed(short(await agent.processor.parse_message(message)), doubt)
                await agent.handle_message(message)
                await self._models.begun(agent, message.sender_id)
        except Exception as problem:
            log.exception("A turn of call %s failed", message.sender_id)
            return _refuse(500, "rasa_failed", f"{type(problem).__name__} in Rasa")
        finally:
            _swallowed.reset(listening)
        if swallowed:
            return _refuse(500, "rasa_failed", swallowed[0])
        if not message.output_channel.replies:
            return _refuse(500, "rasa_silent", "Rasa chose to say nothing")
        return response.json({"replies": message.output_channel.replies})


class Answer(OutputChannel):  # type: ignore[misc]
    """Collects what Rasa says in one turn. Its name is the line's channel, so that `channel: phone` wordings match."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.replies: list[dict[str, Any]] = []

    def name(self) -> str:
        """'phone' or 'browser'."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep the text with its name and manner, and the command, in this order."""
        if message.get("text"):
            manner = {**(message.get("manner") or {}), **(message.get("metadata") or {})}
            utterance = message.get("utter_action") or ""
            self.replies.append({"text": message["text"], "utterance": utterance, "metadata": manner})
        if message.get("custom"):
            self.replies.append({"custom": message["custom"]})


class CallTrackers(TrackerStore):  # type: ignore[misc]
    """The conversations of running calls, in memory and as they are: nothing is written out and read back each turn.

    Saving a tracker without events drops the conversation. What a crashed bot leaves goes after two hours.
    """

    def __init__(self, domain: Any = None, event_broker: Any = None, **kwargs: Any) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._conversations: OrderedDict[str, tuple[float, Any]] = OrderedDict()

    async def save(self, tracker: Any) -> None:
        """Keep it as it is now."""
        self._conversations.pop(tracker.sender_id, None)
        if tracker.events:
            self._conversations[tracker.sender_id] = (time.monotonic(), tracker)
        while self._conversations:
            oldest, (touched, _) = next(iter(self._conversations.items()))
            if time.monotonic() - touched < LONGEST_CALL_SECONDS:
                break
            del self._conversations[oldest]

    async def retrieve(self, sender_id: str) -> Any:
        """A copy: a turn that is broken off leaves the kept one as it was."""
        kept = self._conversations.get(sender_id)
        return kept[1].copy() if kept else None

    async def keys(self) -> list[str]:
        """The calls."""
        return list(self._conversations)


_swallowed: ContextVar[list[str] | None] = ContextVar("_swallowed", default=None)


class SwallowedErrors(logging.Handler):
    """Rasa catches what an action or the wording endpoint raises, logs it and goes on as if it had said nothing.

    Its log is the one place that all of them pass; the turn in whose context they are logged has failed.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Note it for the turn it belongs to."""
        turn = _swallowed.get()
        if turn is not None and (record.levelno >= logging.ERROR or "Circuit breaker" in record.getMessage()):
            turn.append(record.getMessage())


def listen_for_swallowed_errors() -> None:
    """Attach to Rasa's log, once."""
    processor = logging.getLogger("rasa.core.processor")
    if not any(isinstance(one, SwallowedErrors) for one in processor.handlers):
        processor.addHandler(SwallowedErrors())


def never_an_intent(text: str) -> str:
    """What a caller says or types begins with no '/', which Rasa would take for an intent; it becomes full width."""
    text = text.strip()
    return "／" + text[1:] if text.startswith("/") else text


def as_intent(signal: str, facts: dict[str, Any]) -> dict[str, Any]:
    """A signal of the line as Rasa's parse result: no classifier looks at it."""
    text = f"/{signal}{dumps(facts, ensure_ascii=False)}" if facts else f"/{signal}"
    intent = {"name": signal, "confidence": 1.0}
    entities = [
        {"entity": name, "value": value, "start": 0, "end": len(text), "extractor": "line"}
        for name, value in facts.items()
    ]
    return {"text": text, "intent": intent, "intent_ranking": [intent], "entities": entities}


def short(parsed: dict[str, Any]) -> dict[str, Any]:
    """A parse result without what no policy or action reads: candidates' whole rankings, token positions."""
    kept: dict[str, Any] = {name: parsed[name] for name in ("text", "intent", "entities")}
    kept["intent_ranking"] = parsed.get("intent_ranking", [])[:KEPT_INTENTS]
    selected = parsed.get("response_selector") or {}
    if selected:
        kept["response_selector"] = {
            name: _without_ranking(chosen) if isinstance(chosen, dict) else chosen for name, chosen in selected.items()
        }
    return kept


def _without_ranking(selected: dict[str, Any]) -> dict[str, Any]:
    return {**selected, "ranking": selected.get("ranking", [])[:KEPT_INTENTS]}


def _strings(asked: Any, *names: str) -> bool:
    return isinstance(asked, dict) and all(isinstance(asked.get(name), str) and asked[name] for name in names)


def _refuse(status: int, code: str, message: str) -> Any:
    return response.json({"code": code, "message": message}, status=status)
