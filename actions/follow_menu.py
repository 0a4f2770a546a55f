"""Keys and the ways through the menus: a key leads where speech leads."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import as_if_said, fact, now, say
from actions.menu import HOME, Menu, everywhere, menu_at
from actions.offers import offer_person
from actions.opening_hours import usual


class FollowMenu(Action):  # type: ignore[misc]
    """A key was pressed outside number entry."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_follow_menu"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """An unknown key is answered with the keys that there are."""
        menu = menu_at(tracker.get_slot("place") or HOME)
        choice = (everywhere() | menu.keys).get(fact(tracker, "key"))
        if choice is None:
            dispatcher.utter_message(response="utter_menu_unknown_key")
            return _open(dispatcher, menu)
        if choice.opens:
            return _open(dispatcher, menu_at(choice.opens))
        if choice.branch:
            return as_if_said(choice.asks, branch=choice.branch)
        return as_if_said(choice.asks)


class MainMenu(Action):  # type: ignore[misc]
    """主菜单."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_main_menu"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Whatever was begun is dropped."""
        return [*_open(dispatcher, menu_at(HOME)), SlotSet("pending", None)]


class GoBack(Action):  # type: ignore[misc]
    """返回: one level up."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_go_back"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """From a leaf to its menu is one level too: the place is still that menu, so it is told again."""
        menu = menu_at(tracker.get_slot("place") or HOME)
        return [*_open(dispatcher, menu_at(menu.above)), SlotSet("pending", None)]


class NoKeypad(Action):  # type: ignore[misc]
    """没有按键."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_no_keypad"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Only the password needs keys; whoever has none is told the ways without, and offered a person."""
        dispatcher.utter_message(response="utter_no_keypad", hours=usual("agents", now(tracker).date()))
        if tracker.active_loop_name:
            return []
        return [offer_person(dispatcher)]


def _open(dispatcher: CollectingDispatcher, menu: Menu) -> list[EventType]:
    say(dispatcher, menu.spoken(), name=f"utter_menu_{menu.place.replace(':', '_')}", question="menu")
    return [SlotSet("place", menu.place)]
