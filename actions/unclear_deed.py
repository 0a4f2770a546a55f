"""The centre's system was to do something, and no answer says whether it did: the caller is told so, and a work order
has the desk find out.

Neither 办好了 nor 没有办成 would be true, and to do it again might do it twice.
"""

import logging

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_door import record_unclear
from actions.call_control import anything_else, say
from bot.errors import BackendError, StoreError

log = logging.getLogger(__name__)


async def tell_unclear(line: CollectingDispatcher, tracker: Tracker, told: str, about: str, asked: str) -> None:
    """`told`: what is not known, and how the caller finds out (content). `about`: the kind of deed, for reports
    (appointment, sms). `asked`: what was to be done, for the desk."""
    say(line, told, name=f"utter_{about}_unclear")
    once_key = f"unclear:{tracker.sender_id}:{len(tracker.events)}"
    try:
        order = await record_unclear(tracker.sender_id, once_key, f"{about}_unclear", asked)
    except (StoreError, BackendError) as wrong:
        log.error("nobody will find out about the %s of call %s: %s", about, tracker.sender_id, wrong.code)
        line.utter_message(response="utter_call_back_failed")
        return
    if order.contact:
        line.utter_message(response="utter_call_back_recorded", number=order.number)
    else:
        line.utter_message(response="utter_voice_saved", number=order.number)
        line.utter_message(response="utter_voice_no_contact")
    anything_else(line, tracker)
