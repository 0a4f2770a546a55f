"""业务查询: what every question about one's own figures has in common. The wording is in domain.yml."""

from abc import ABC, abstractmethod
from typing import ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import anything_else, wish
from actions.login import logged_in, unavailable
from bot.backend.base import LoginKind
from bot.errors import BackendError

Answer = tuple[str, dict[str, str]]
"""A response of domain.yml and the values for its placeholders."""


def told(response: str, **values: str) -> Answer:
    """One answer; the checker compares the names of the values with the response's placeholders."""
    return response, values


class Query(Action, ABC):  # type: ignore[misc]
    """Logs in if need be, then answers from the back end."""

    who: ClassVar[LoginKind] = LoginKind.PERSON

    @abstractmethod
    async def answers(self, call_id: str, wanted: str) -> list[Answer]:
        """What to say to the intent `wanted`. Raises BackendError."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """What was wanted is kept while number and password are collected."""
        wanted = wish(tracker)
        if (events := await logged_in(dispatcher, tracker, wanted, self.who)) is not None:
            return events
        try:
            answers = await self.answers(tracker.sender_id, wanted)
        except BackendError:
            return unavailable(dispatcher)
        for response, values in answers:
            dispatcher.utter_message(response=response, **values)
        anything_else(dispatcher, tracker)
        return [SlotSet("pending", None)]
