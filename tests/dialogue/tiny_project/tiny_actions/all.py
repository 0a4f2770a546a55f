"""One action for each way a turn can go."""

from typing import Any

from rasa_sdk import Action


class HandOff(Action):  # type: ignore[misc]
    def name(self) -> str:
        return "action_tiny_hand_off"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(response="utter_greet")
        dispatcher.utter_message(json_message={"command": "hand_off", "reason": "asked", "summary": "想找人"})
        return []


class Crash(Action):  # type: ignore[misc]
    def name(self) -> str:
        return "action_crash"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        raise RuntimeError("as asked")


class Silent(Action):  # type: ignore[misc]
    def name(self) -> str:
        return "action_silent"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        return []
