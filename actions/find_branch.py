"""网点: which branch is near, where it is, how to get there."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.branches import Branch, branches, branches_in, districts
from actions.call_control import fact, say


class FindBranch(Action):  # type: ignore[misc]
    """Names the branches of the place that the caller named, or asks for the district."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_find_branch"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """A district, a branch's name, or a place near one; the keypad's list gives its key."""
        key = fact(tracker, "branch")
        found = [one for one in branches() if one.key == key] or branches_in(str(tracker.latest_message.get("text")))
        if not found:
            dispatcher.utter_message(response="utter_branch_ask_district", districts="、".join(districts()))
            return []
        say(dispatcher, _told(found), name="utter_branch_found")
        if not tracker.active_loop_name:
            dispatcher.utter_message(response="utter_branch_anything_else")
        return [SlotSet("branch", found[0].key)]


def _told(found: list[Branch]) -> str:
    if len(found) == 1:
        return found[0].spoken()
    names = "、".join(one.name for one in found)
    return f"那里有{len(found)}个网点：{names}。" + "".join(one.spoken() for one in found[:2])
