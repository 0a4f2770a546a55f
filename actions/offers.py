"""对 and 不用: what a yes or a no means depends on what the bot has just offered."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import as_if_said

ANYTHING_ELSE = ("utter_anything_else", "utter_branch_anything_else", "utter_no_input_anything_else", "utter_form_left")
"""Said after an answer: a no, or lasting silence, means that the caller has all they wanted."""


class TakeOffer(Action):  # type: ignore[misc]
    """对, 好的."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_take_offer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """A yes to nothing asks what the caller would like."""
        offered = offered_just_now(tracker) or _unfinished(tracker)
        if offered:
            return [SlotSet("offer", None), *as_if_said(offered)]
        dispatcher.utter_message(response="utter_open_question")
        return []


class DeclineOffer(Action):  # type: ignore[misc]
    """不用, 不是."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_decline_offer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """A no to 还需要什么 is a goodbye; to a guess, the caller says it again; to an offer, what else?"""
        last = last_said(tracker)
        if _unfinished(tracker):
            dispatcher.utter_message(response="utter_open_question")
            return [SlotSet("unfinished", None), SlotSet("something_unfinished", None)]
        if last in ANYTHING_ELSE:
            return as_if_said("goodbye")
        if last == "utter_repair_guess":
            dispatcher.utter_message(response="utter_repair_rephrase")
        else:
            dispatcher.utter_message(response="utter_anything_else")
        return [SlotSet("offer", None)]


def _unfinished(tracker: Tracker) -> str:
    """What was broken off, if the bot has just offered to go on with it."""
    return str(tracker.get_slot("unfinished") or "") if last_said(tracker) == "utter_anything_else" else ""


def offer(intent: str) -> EventType:
    """If the caller's next turn is a yes, go on as if this had been said."""
    return SlotSet("offer", intent)


def offer_person(dispatcher: CollectingDispatcher) -> EventType:
    """Ask whether the caller would rather have a person; a yes in the next turn gets one."""
    dispatcher.utter_message(response="utter_offer_person")
    return offer("human_agent")


def manner_of(said: EventType) -> dict[str, Any]:
    """How something the bot said is meant: question, fixed, note … (Rasa keeps them in two places of the event)."""
    about = said.get("metadata") or {}
    return {**(about.get("manner") or {}), **(about.get("metadata") or {})}


def offered_just_now(tracker: Tracker) -> str:
    """The offer made in the bot's last turn; an older one is no longer meant by a yes."""
    for event in since_last_turn(tracker):
        if event.get("event") == "slot" and event.get("name") == "offer":
            return str(event.get("value") or "")
    return ""


def last_said(tracker: Tracker) -> str:
    """Name of the last thing the bot said before the caller's turn, '' if unknown."""
    for event in since_last_turn(tracker):
        if event.get("event") == "bot" and event.get("text"):
            return str((event.get("metadata") or {}).get("utter_action") or "")
    return ""


def since_last_turn(tracker: Tracker) -> list[EventType]:
    """The bot's last turn, latest event first. A silence in between does not count as a turn of the caller's."""
    found: list[EventType] = []
    turns = 0
    for event in reversed(tracker.events):
        if event.get("event") != "user":
            if turns:
                found.append(event)
        elif turns and (event.get("parse_data") or {}).get("intent", {}).get("name") not in ("no_input", "no_match"):
            break
        else:
            turns += 1
    return found
