"""The line heard nothing, or no word: ask the same again in other words, then with examples and keys, then a person."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import as_if_said, fact
from actions.offers import ANYTHING_ELSE, last_said, manner_of, since_last_turn
from actions.reach_person import give_to_person

OPEN = "open"
"""The question of whatever is said without one."""

REPEATED_SIGNALS = ("no_input", "no_match")


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
        if signal == "no_input" and last_said(tracker) in ANYTHING_ELSE and count > 1:
            return as_if_said("goodbye")
        if count >= 3:
            dispatcher.utter_message(response=repeat_of(signal, "person"))
            return give_to_person(dispatcher, tracker, signal)
        question = last_question(tracker)
        if count == 2 and question == OPEN:
            question = "examples"
        dispatcher.utter_message(response=repeat_of(signal, question))
        return []


def repeat_of(signal: str, question: str) -> str:
    """The response that asks this kind of question (voices/questions.yml) again."""
    return f"utter_no_input_{question}" if signal == "no_input" else f"utter_no_match_{question}"


def last_question(tracker: Tracker) -> str:
    """Which kind of question the bot's last turn ended with."""
    for event in since_last_turn(tracker):
        if event.get("event") == "bot" and event.get("text"):
            return str(manner_of(event).get("question") or OPEN)
    return OPEN
