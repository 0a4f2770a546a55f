"""A long number is complete, or the caller wants something else than to give it."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import as_if_said, collect_pin, fact
from actions.login import NUMBER_OF, unavailable
from actions.offers import offer_person


class NumberFinished(Action):  # type: ignore[misc]
    """Goes on after NumberPhase.

    A number that logs in is followed by its password. For any other kind (contact telephone, order) the leaf that
    asked had set the slot `pending` to its own intent: it is run again as if that had been said, with the facts `kind`
    and `last_four`, and fetches the number by `backend().collected_number(call_id, kind)`.
    """

    def name(self) -> str:
        """As the rules call it."""
        return "action_number_finished"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Whoever gives no number gets a person, the menu, or is told what else to do; what was begun is dropped."""
        kind = fact(tracker, "kind")
        logs_in = kind in NUMBER_OF.values()
        pending = tracker.get_slot("pending")
        match fact(tracker, "outcome"):
            case "complete" if logs_in:
                collect_pin(dispatcher)
                return []
            case "complete" if pending:
                return as_if_said(pending, kind=kind, last_four=fact(tracker, "last_four"))
            case "wants_person":
                return as_if_said("human_agent")
            case "back":
                return [SlotSet("pending", None), *as_if_said("main_menu")]
            case "unavailable":
                return unavailable(dispatcher)
            case _:
                dispatcher.utter_message(response="utter_login_no_number" if logs_in else "utter_number_not_received")
                return [SlotSet("pending", None), offer_person(dispatcher)]
