"""What an action may ask of the line, and how it goes on with another of the caller's wishes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecuted, EventType, UserUttered
from rasa_sdk.executor import CollectingDispatcher

CENTRE_ZONE = ZoneInfo("Asia/Shanghai")


def say(line: CollectingDispatcher, text: str, *, name: str, question: str = "", private: bool = False) -> None:
    """Speak a text made here. `private` marks a caller's own values: never cached, masked in the journal."""
    metadata: dict[str, object] = {"question": question} if question else {}
    if private:
        metadata["fixed"] = False
    line.utter_message(text=text, utter_action=name, metadata=metadata)


def collect_number(line: CollectingDispatcher, kind: str, *, pin_follows: bool = False) -> None:
    """Ask for a long number by keys or speech."""
    line.utter_message(json_message={"command": "collect_number", "kind": kind, "pin_follows": pin_follows})


def collect_pin(line: CollectingDispatcher) -> None:
    """Ask for the six-digit password, keys only."""
    line.utter_message(json_message={"command": "collect_pin"})


def collect_new_pin(line: CollectingDispatcher) -> None:
    """Ask twice for a new six-digit password, keys only."""
    line.utter_message(json_message={"command": "collect_new_pin"})


def hand_off(line: CollectingDispatcher, reason: str, summary: str = "") -> None:
    """Give the caller to a person."""
    line.utter_message(json_message={"command": "hand_off", "reason": reason, "queue": "agents", "summary": summary})


def hang_up(line: CollectingDispatcher) -> None:
    """Nothing more to say: the caller hangs up first, then the line."""
    line.utter_message(json_message={"command": "hang_up"})


def anything_else(line: CollectingDispatcher, tracker: Tracker) -> None:
    """请问还需要什么？ after an answer; in the middle of a form its open question follows by itself."""
    if not tracker.active_loop_name:
        line.utter_message(response="utter_anything_else")


def as_if_said(intent: str, **facts: str) -> list[EventType]:
    """Go on as if the caller had said this: a key, a confirmed guess or a finished login leads where speech leads."""
    entities = [{"entity": name, "value": value} for name, value in facts.items()]
    parse = {"intent": {"name": intent, "confidence": 1.0}, "entities": entities, "text": f"/{intent}"}
    return [ActionExecuted("action_listen"), UserUttered(text=f"/{intent}", parse_data=parse)]


def wish(tracker: Tracker) -> str:
    """The caller's last intent: account_balance, withdraw_rent, human_agent."""
    return str(tracker.latest_message["intent"]["name"])


def fact(tracker: Tracker, name: str) -> str:
    """A fact that came with the line's signal (key, count, outcome …), '' if it did not."""
    found = next(tracker.get_latest_entity_values(name), None)
    return "" if found is None else str(found)


def now(tracker: Tracker) -> datetime:
    """The centre's local time of this call; a call script may set the day (slot or metadata `date`, ISO form)."""
    current = datetime.now(CENTRE_ZONE)
    metadata = tracker.latest_message.get("metadata") or {}
    given = tracker.get_slot("date") or metadata.get("date")
    if not given:
        return current
    day = datetime.fromisoformat(str(given))
    if len(str(given)) == len("2026-01-31"):
        return datetime.combine(day.date(), current.time(), CENTRE_ZONE)
    return day.replace(tzinfo=CENTRE_ZONE)
