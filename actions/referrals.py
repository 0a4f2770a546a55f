"""Businesses that self-service does not do yet (content/referrals.yml): what the caller can do instead, truthfully."""

from datetime import date

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import now, say, wish
from actions.content import ROOT, read
from actions.facts import fill
from actions.offers import offer


class Refer(Action):  # type: ignore[misc]
    """Says how the business can be done today and offers the way there."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_refer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """appointment_loan and appointment_withdrawal share the answer of appointment."""
        return refer(dispatcher, referral_of(wish(tracker)), now(tracker).date())


def referral_of(intent: str) -> str:
    """The referral for an intent: its own, or that of its group; '' if there is none."""
    known = read(ROOT / "referrals.yml").entry("referrals")
    return next((name for name in (intent, intent.rpartition("_")[0], intent.partition("_")[0]) if name in known), "")


def refer(dispatcher: CollectingDispatcher, business: str, on: date) -> list[EventType]:
    """Tell one referral and wait for yes or no."""
    referral = read(ROOT / "referrals.yml").entry("referrals").entry(business)
    say(dispatcher, fill(referral.text("text"), on), name=f"utter_refer_{business}")
    dispatcher.utter_message(response="utter_offer_person")
    return [offer(referral.text("offers"))]
