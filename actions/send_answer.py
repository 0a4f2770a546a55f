"""发到我手机上, 别念出来: the answer just heard as a text message. Figures go to the registered telephone only."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import anything_else, now
from actions.login import logged_in, unavailable
from actions.offers import manner_of
from actions.policies import all_policies
from actions.sms import send
from bot.errors import BackendError

POLICY = "utter_policy_"
BETWEEN = ("sms_answer", "affirm", "no_input", "no_match", "pin_finished", "number_finished")
"""Turns of the caller's between an answer and its message."""

NO_ANSWERS = ("utter_login_", "utter_sms_", "utter_form_", "utter_my_appointment_by")
"""What is said on the way and is no answer."""


class SendAnswer(Action):  # type: ignore[misc]
    """Sends the policy's text, or the figures."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_send_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Without an answer just heard there is nothing to send."""
        said = _last_answer(tracker)
        policies = [str(one["name"]).removeprefix(POLICY) for one in said if str(one["name"]).startswith(POLICY)]
        figures = "".join(str(one["text"]) for one in said if one["private"])
        try:
            if policies and policies[-1] in all_policies():
                text = all_policies()[policies[-1]].written(now(tracker).date())
                await send(dispatcher, tracker, text, registered=False)
            elif figures:
                if (login := await logged_in(dispatcher, tracker, "sms_answer")) is not None:
                    return login
                await send(dispatcher, tracker, figures, registered=True)
            else:
                dispatcher.utter_message(response="utter_sms_nothing")
                return []
        except BackendError:
            return unavailable(dispatcher)
        anything_else(dispatcher, tracker)
        return []


def _last_answer(tracker: Tracker) -> list[dict[str, Any]]:
    """What the bot said in its last answer: name, text, and whether it holds the caller's own values."""
    found: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            intent = (event.get("parse_data") or {}).get("intent", {}).get("name")
            if found and intent not in BETWEEN:
                break
        elif event.get("event") == "bot" and event.get("text"):
            about = event.get("metadata") or {}
            name = str(about.get("utter_action") or "")
            manner = manner_of(event)
            if not name.startswith(NO_ANSWERS):
                found.append({"name": name, "text": event["text"], "private": manner.get("fixed") is False})
    return found[::-1]
