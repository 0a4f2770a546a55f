"""From a complaint, suggestion or question to its work order: begun, restated, confirmed, saved once."""

import logging
from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_door import Matter, caller_number, record_matter
from actions.call_control import now, wish
from actions.content import ROOT, read
from actions.form import begin, cleared
from actions.form_questions import FormTurn
from actions.offers import offer_person
from actions.opening_hours import is_open
from actions.voice_form import WISHES, VoiceForm, reachable
from actions.voice_questions import CALLING, spoken_between
from bot.errors import BackendError, ContentError, StoreError
from bot.store.work_orders import WorkOrder, WorkOrderKind

log = logging.getLogger(__name__)

KINDS = {
    "complaint": WorkOrderKind.COMPLAINT,
    "dispute": WorkOrderKind.COMPLAINT,
    "suggestion": WorkOrderKind.SUGGESTION,
    "enquiry": WorkOrderKind.ENQUIRY,
}
SHORTEST_OPENING = 9
"""Whoever begins with more than 我要投诉你们 has begun to tell: the matter begins with it."""

TIMED = ("complaint", "suggestion")
"""Kinds whose time limit the guide fixes; only of these a last day is told."""


class BeginVoice(Action):  # type: ignore[misc]
    """我要投诉."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_begin_voice"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """What will be asked, that a person may take it instead if one is there, then the questions; what the caller
        broke off goes on where it was."""
        kind = WISHES[wish(tracker)]
        if tracker.get_slot("unfinished") == wish(tracker) and tracker.get_slot("voice_kind") == kind:
            kept = {slot: tracker.get_slot(slot) for slot in VoiceForm.slots}
            return await begin(VoiceForm(), FormTurn(dispatcher, tracker, kept))
        dispatcher.utter_message(response=f"utter_voice_{kind}")
        if is_open("agents", now(tracker)):
            dispatcher.utter_message(response="utter_voice_or_person")
        turn = FormTurn(dispatcher, tracker, dict.fromkeys(VoiceForm.slots))
        opening = turn.text if len(turn.text) >= SHORTEST_OPENING else ""
        turn.answers |= {
            "voice_kind": kind,
            "voice_caller": await _last_four_of(tracker.sender_id),
            "voice_opening": opening,
            "voice_spans": spoken_between(turn) if opening else [],
        }
        return await begin(VoiceForm(), turn)


class SaveVoice(Action):  # type: ignore[misc]
    """The caller has confirmed what was restated."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_save_voice"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Its number, the day of the answer, the guide's closing sentence. Saved once, however often it is tried."""
        answers = dict(tracker.slots)
        made = int(answers.get("voice_orders") or 0)
        try:
            order = await _saved(tracker.sender_id, answers, made)
        except (StoreError, BackendError) as wrong:
            log.error("the order of call %s was not saved: %s", tracker.sender_id, wrong.code)
            dispatcher.utter_message(response="utter_voice_failed")
            return [*cleared(VoiceForm()), offer_person(dispatcher)]
        kind = str(answers["voice_kind"])
        dispatcher.utter_message(response="utter_voice_saved", number=order.number)
        if kind in TIMED:
            dispatcher.utter_message(response="utter_voice_due", day=_day(order.due_on))
        if order.due_provisional and kind in TIMED:
            dispatcher.utter_message(response="utter_voice_due_provisional")
        if not reachable(answers):
            dispatcher.utter_message(response="utter_voice_no_contact")
        dispatcher.utter_message(response=f"utter_voice_closing_{kind}")
        dispatcher.utter_message(response="utter_anything_else")
        return [*cleared(VoiceForm()), SlotSet("voice_orders", made + 1)]


def category_of(text: str) -> str:
    """What a matter is about (content/work_orders.yml): the first category one of whose words is in it.

    A file written wrongly costs the category, not the order.
    """
    try:
        categories = read(ROOT / "work_orders.yml").entry("categories").named()
        return next((name for name, one in categories if any(word in text for word in one.texts("words"))), "other")
    except ContentError as wrong:
        log.error("the matter is filed under other: %s", wrong)
        return "other"


async def _saved(call_id: str, answers: dict[str, Any], made: int) -> WorkOrder:
    kind = str(answers["voice_kind"])
    told = f"{answers['voice_matter']} {answers.get('voice_about') or ''}"
    matter = Matter(
        kind=KINDS[kind],
        category="balance_dispute" if kind == "dispute" else category_of(told),
        text=str(answers["voice_matter"]),
        about=str(answers.get("voice_about") or ""),
        to_calling_number=answers.get("voice_contact") == CALLING,
        to_given_number=answers.get("voice_contact") != CALLING and reachable(answers),
        confidential=bool(answers.get("voice_confidential")),
        narrated=tuple((begins, ends) for begins, ends in answers.get("voice_spans") or []),
    )
    try:
        return await record_matter(call_id, f"{kind}:{call_id}:{made}", matter)
    except StoreError:  # it may have been saved nevertheless: the same key finds it
        return await record_matter(call_id, f"{kind}:{call_id}:{made}", matter)


async def _last_four_of(call_id: str) -> str:
    try:
        return (await caller_number(call_id))[-4:]
    except (StoreError, BackendError):
        return ""


def _day(on: date) -> str:
    return f"{on.month}月{on.day}日"
