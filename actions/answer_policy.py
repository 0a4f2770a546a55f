"""业务指南: answers a policy question from content. The intent is the policy's name."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import anything_else, now, say, wish
from actions.offers import offer
from actions.policies import all_policies


class AnswerPolicy(Action):  # type: ignore[misc]
    """Says the answer that belongs to the caller's question."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_answer_policy"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Outside an answer's dates the bot says that it has none, never the old text."""
        day = now(tracker).date()
        policy = all_policies().get(wish(tracker))
        if policy is None or not policy.may_be_said(day):
            dispatcher.utter_message(response="utter_policy_none_in_force")
            return []
        question = "open" if policy.asks else ""
        say(dispatcher, policy.spoken(day), name=f"utter_policy_{policy.name}", question=question)
        if policy.has_list and not policy.asks and not tracker.active_loop_name:
            dispatcher.utter_message(response="utter_sms_offer")
            return [offer("sms_answer")]
        if not policy.asks:
            anything_else(dispatcher, tracker)
        return []
