"""Back from the agents, or nobody was there."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import fact
from actions.reach_person import offer_call_back
from actions.satisfaction import begin_survey


class AgentFinished(Action):  # type: ignore[misc]
    """The line reports how the hand-off went."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_agent_finished"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """An agent's part is rated. Where nobody was reached the line has recorded a call-back already; off hours it
        is offered here."""
        outcome = fact(tracker, "outcome")
        if outcome == "off_hours":
            return offer_call_back(dispatcher, tracker)
        survey = await begin_survey(dispatcher, tracker, "more") if outcome == "returned" else []
        if not survey:
            dispatcher.utter_message(response="utter_anything_else")
        return survey
