"""转人工: in working hours to the agents; outside them the hours, and a call-back."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_door import record_call_back
from actions.call_control import collect_number, hand_off, now
from actions.names import name_of
from actions.offers import offer
from actions.opening_hours import is_open, usual
from bot.errors import BackendError, StoreError


class ReachPerson(Action):  # type: ignore[misc]
    """The caller wants a person."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_reach_person"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Anybody there? Then hand over; else offer to be rung back."""
        return give_to_person(dispatcher, tracker, "asked")


class TakeCallBack(Action):  # type: ignore[misc]
    """The caller agreed to be rung back: a work order in the store, its number said and left on the screen."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_take_call_back"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """One order per call. Without a number nobody could ring back, so it is asked for, and this goes on then."""
        try:
            number = await record_call_back(tracker.sender_id, "off_hours", wanted_so_far(tracker))
        except (StoreError, BackendError):
            dispatcher.utter_message(response="utter_call_back_failed")
            return []
        if number is None:
            collect_number(dispatcher, "phone")
            return [SlotSet("pending", "call_back")]
        dispatcher.utter_message(response="utter_call_back_recorded", number=number)
        dispatcher.utter_message(response="utter_anything_else")
        return [SlotSet("pending", None)]


def give_to_person(dispatcher: CollectingDispatcher, tracker: Tracker, reason: str) -> list[EventType]:
    """Hand the caller over with a summary, or say when people are there."""
    if not is_open("agents", now(tracker)):
        return offer_call_back(dispatcher, tracker)
    if reason == "asked":
        dispatcher.utter_message(response="utter_human_coming")
    hand_off(dispatcher, reason, wanted_so_far(tracker))
    return [SlotSet("pending", None)]


def wanted_so_far(tracker: Tracker) -> str:
    """What the caller asked about in this call, for the agent's screen: names of businesses, never their words."""
    wanted: list[str] = []
    for event in tracker.events:
        if event.get("event") == "user":
            found = name_of(str((event.get("parse_data") or {}).get("intent", {}).get("name") or ""))
            if found and found not in wanted:
                wanted.append(found)
    return "、".join(wanted[-5:])


def offer_call_back(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Say when people are there, and offer to ring back."""
    dispatcher.utter_message(response="utter_human_off_hours", hours=usual("agents", now(tracker).date()))
    return [offer("call_back")]
