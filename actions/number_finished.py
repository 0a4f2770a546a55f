"""A long number is complete, or the caller wants something else than to give it."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.account import unavailable
from actions.call_control import as_if_said, collect_pin, fact


class NumberFinished(Action):  # type: ignore[misc]
    """Goes on after NumberPhase."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_number_finished"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Only a login asks for numbers so far; its password comes next."""
        match fact(tracker, "outcome"):
            case "complete":
                collect_pin(dispatcher)
                return []
            case "wants_person":
                return as_if_said("human_agent")
            case "back":
                return [SlotSet("pending", None), *as_if_said("main_menu")]
            case "unavailable":
                return unavailable(dispatcher)
            case _:
                dispatcher.utter_message(response="utter_login_no_number")
                dispatcher.utter_message(response="utter_offer_person")
                return [SlotSet("offer", "human_agent")]
