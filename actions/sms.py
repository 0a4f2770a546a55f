"""The rules of text messages (content/sms.yml), and how one is put on its way."""

from pathlib import Path

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_door import messages
from actions.call_control import now, say
from actions.content import ROOT, read
from bot.backend.sms import Topic
from bot.errors import BackendError, UnclearDeed

TOLD = ("sms_too_many", "no_phone")
"""Refusals that the caller is told; any other one means that the business system does not answer."""


def most_a_day(root: Path = ROOT) -> int:
    """Messages to one number on one day. Raises ContentError."""
    return read(root / "sms.yml").whole("most_a_day")


def name_of_topic(topic: Topic, root: Path = ROOT) -> str:
    """余额变动, 还款提醒, 政策通知."""
    return read(root / "sms.yml").entry("topics").text(topic.value)


def unclear(deed: str, root: Path = ROOT) -> str:
    """What a caller is told if nobody knows whether this was done: subscription, message. Raises ContentError."""
    return read(root / "sms.yml").entry("unclear").text(deed)


async def send(line: CollectingDispatcher, tracker: Tracker, text: str, *, registered: bool) -> None:
    """Send it and say so, or why not, or that nobody knows.

    `registered`: only to the telephone registered for the person logged in. Raises BackendError.
    """
    call_id, once_key = tracker.sender_id, f"{tracker.sender_id}:{len(tracker.events)}"
    way = messages().send_to_registered if registered else messages().send_to_caller
    try:
        last_four = await way(call_id, once_key, text, now(tracker).date(), most_a_day())
    except UnclearDeed:
        say(line, unclear("message"), name="utter_sms_unclear")
        return
    except BackendError as refused:
        if refused.code not in TOLD:
            raise
        line.utter_message(response="utter_sms_too_many" if refused.code == "sms_too_many" else "utter_sms_no_phone")
        return
    line.utter_message(response="utter_sms_sent", last_four=last_four)
