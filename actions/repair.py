"""When Rasa did not understand: first the best guess as a question, then keys, then a person."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, UserUtteranceReverted
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import wish
from actions.names import name_of
from actions.offers import offer
from actions.reach_person import give_to_person

WORTH_GUESSING = 0.15
"""Confidence from which a reading is worth a question."""

NEAR = 0.6
"""A second reading at least so likely, compared to the best one, is offered beside it."""

NOT_UNDERSTOOD = ("nlu_fallback", "no_match")


class Repair(Action):  # type: ignore[misc]
    """Words were heard but not what they want."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_repair"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Never the same question twice: a guess (or two), then other words or keys, then a person."""
        if wish(tracker) not in NOT_UNDERSTOOD:  # understood, but no rule and no story says what to do with it here
            dispatcher.utter_message(response="utter_repair_rephrase")
            return [UserUtteranceReverted()]  # as if it had not been said: else Rasa would come here again at once
        times = in_a_row(tracker, NOT_UNDERSTOOD)
        guesses = best_guesses(tracker) if times == 1 else []
        if len(guesses) == 2:
            first, second = map(name_of, guesses)
            dispatcher.utter_message(response="utter_repair_which", first=first, second=second)
            return []
        if guesses:
            dispatcher.utter_message(response="utter_repair_guess", guess=name_of(guesses[0]))
            return [offer(guesses[0])]
        if times <= 2:
            dispatcher.utter_message(response="utter_repair_rephrase" if times == 1 else "utter_repair_keys")
            return []
        dispatcher.utter_message(response="utter_repair_person")
        return give_to_person(dispatcher, tracker, "no_match")


def best_guesses(tracker: Tracker) -> list[str]:
    """The likeliest one or two businesses behind words that were not understood; none if nothing is likely enough."""
    readings = [
        (float(one["confidence"]), str(one["name"]))
        for one in tracker.latest_message.get("intent_ranking", [])
        if float(one["confidence"]) >= WORTH_GUESSING and name_of(str(one["name"]))
    ]
    if not readings:
        return []
    best = max(readings)[0]
    return [name for likely, name in sorted(readings, reverse=True) if likely >= NEAR * best][:2]


def in_a_row(tracker: Tracker, intents: tuple[str, ...]) -> int:
    """How many of the caller's last turns, this one included, were of these kinds."""
    count = 0
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            if (event.get("parse_data") or {}).get("intent", {}).get("name") not in intents:
                break
            count += 1
    return count
