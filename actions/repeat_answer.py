"""再说一遍, where the line itself cannot do it: says the last turn again."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import say
from actions.offers import manner_of, since_last_turn


class RepeatAnswer(Action):  # type: ignore[misc]
    """The bot's last turn once more, in its order."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_repeat"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Commands are not repeated; each sentence keeps its name and manner."""
        spoken = [one for one in since_last_turn(tracker) if one.get("event") == "bot" and one.get("text")]
        for event in reversed(spoken):
            about = event.get("metadata") or {}
            manner = manner_of(event)
            say(
                dispatcher,
                str(event["text"]),
                name=str(about.get("utter_action") or ""),
                question=str(manner.get("question") or ""),
                private=manner.get("fixed") is False,
            )
        if not spoken:
            dispatcher.utter_message(response="utter_open_question")
        return []
