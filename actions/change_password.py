"""修改查询密码: whoever is logged in enters a new one twice, by keys; the line sees to it that nobody else hears it."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_door import backend
from actions.call_control import anything_else, as_if_said, collect_new_pin, fact
from actions.login import logged_in, unavailable
from actions.offers import offer_person
from bot.backend.base import LoginKind
from bot.errors import BackendError


class ChangePassword(Action):  # type: ignore[misc]
    """A unit that is logged in changes its own; anybody else logs in as a person first."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_change_password"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """The old password is the login itself."""
        try:
            outcome = await backend().login(tracker.sender_id)
        except BackendError:
            return unavailable(dispatcher)
        who = outcome.kind if outcome else LoginKind.PERSON
        if (events := await logged_in(dispatcher, tracker, "change_password", who)) is not None:
            return events
        collect_new_pin(dispatcher)
        return [SlotSet("pending", None)]


class NewPinFinished(Action):  # type: ignore[misc]
    """The new password is entered, or was not."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_new_pin_finished"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """What was wanted before a forced change goes on; the store, not this signal, decides whether it may."""
        match fact(tracker, "outcome"):
            case "changed":
                dispatcher.utter_message(response="utter_password_changed")
                pending = tracker.get_slot("pending")
                if pending:
                    return as_if_said(pending)
                anything_else(dispatcher, tracker)
                return []
            case "unclear":  # the line has said so: only inside its private window is it known
                return [SlotSet("pending", None), offer_person(dispatcher)]
            case "unavailable":
                return [SlotSet("pending", None), *unavailable(dispatcher)]
            case _:
                dispatcher.utter_message(response="utter_password_not_changed")
                return [SlotSet("pending", None), offer_person(dispatcher)]
