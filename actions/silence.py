"""The line heard nothing, or no word: repeat, then one slow question with examples and keys, then a person."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import as_if_said, fact
from actions.offers import ANYTHING_ELSE, last_said, offered_just_now
from actions.reach_person import give_to_person


class Ladder(Action):  # type: ignore[misc]
    """no_input and no_match. The line counts, Rasa chooses the words."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_ladder"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """After an answer (请问还需要什么) silence means that nothing more is wanted: the second one says goodbye."""
        signal = str(tracker.latest_message["intent"]["name"])
        count = int(fact(tracker, "count") or 1)
        if signal == "no_input" and last_said(tracker) in ANYTHING_ELSE:
            if count > 1:
                return as_if_said("goodbye")
            dispatcher.utter_message(response="utter_no_input_more")
            return []
        if count >= 3:
            dispatcher.utter_message(response=f"utter_{signal}_person")
            return give_to_person(dispatcher, tracker, signal)
        if offered_just_now(tracker) and count == 1:
            dispatcher.utter_message(response=f"utter_{signal}_yes_no")
        else:
            dispatcher.utter_message(response=f"utter_{signal}_{count}")
        return []
