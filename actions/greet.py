"""The beginning of a call: who we are, what is recorded, what is announced, and the open question with the keys."""

import logging
from datetime import datetime

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import now, say
from actions.facts import fill
from actions.menu import HOME, everywhere, menu_at
from actions.notices import told_at
from bot.errors import ContentError

log = logging.getLogger(__name__)


class Greet(Action):  # type: ignore[misc]
    """Answers the call."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_greet"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """The keys come from the menu, so that greeting and menu cannot disagree."""
        dispatcher.utter_message(response="utter_greeting")
        for announced in _announced(now(tracker)):
            say(dispatcher, announced, name="utter_notice")
        keys = menu_at(HOME).keys | {
            key: choice for key, choice in everywhere().items() if choice.asks == "human_agent"
        }
        spoken = "，".join(f"{choice.name}请按{key}" for key, choice in keys.items())
        say(dispatcher, f"请直接说出您要办的业务，也可以按键：{spoken}。", name="utter_greeting_keys", question="open")
        return [SlotSet("place", HOME)]


def _announced(at: datetime) -> list[str]:
    """Today's notices, short. One written in haste and wrongly must not cost a caller the whole call."""
    try:
        return [fill(notice.short, at.date()) for notice in told_at(at)]
    except ContentError as wrong:
        log.error("no notices are told: %s", wrong)
        return []
