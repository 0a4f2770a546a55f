"""贷款预约, 还款预约, 提取预约: who is asking, all questions, and only then the appointment."""

from datetime import date
from decimal import Decimal
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.appointment_questions import (
    ALL,
    HowMuch,
    IsItRight,
    PhoneNumber,
    WhichBranch,
    WhichDay,
    WhichHalf,
    WhichPhone,
)
from actions.appointments import name_of_business, rules, to_bring, told, unclear, visit_words
from actions.backend_door import appointment_book, backend
from actions.call_control import anything_else, wish
from actions.form import Form, begin, volunteered
from actions.form_questions import FormTurn, Question
from actions.login import logged_in, unavailable
from actions.offers import offer
from actions.unclear_deed import tell_unclear
from bot.backend.appointments import Appointment, Business, Half, Wanted
from bot.errors import BackendError, UnclearDeed


class AppointmentForm(Form):
    """An appointment, or another time for one that there is (slot appointment_changes: its number)."""

    form = "appointment_form"
    slots = (
        *("appointment_business", "appointment_branch", "appointment_day", "appointment_half", "appointment_amount"),
        *("appointment_contact", "appointment_phone", "appointment_right", "appointment_once", "appointment_changes"),
    )

    def is_own(self, turn: FormTurn) -> bool:
        """The same business again; another one is a change of mind."""
        return turn.intent == f"appointment_{turn.answers['appointment_business']}"

    def questions(self, answers: dict[str, Any]) -> list[Question]:
        """A repayment has an amount; a change leaves amount and telephone as they are."""
        asked: list[Question] = [WhichBranch(), WhichDay(), WhichHalf()]
        if not answers.get("appointment_changes"):
            asked += [HowMuch()] if answers.get("appointment_business") == Business.REPAYMENT.value else []
            asked += [WhichPhone()]
            asked += [PhoneNumber()] if answers.get(WhichPhone.slot) == "phone" else []
        return [*asked, IsItRight()]


class BeginAppointment(Action):  # type: ignore[misc]
    """The caller wants an appointment."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_begin_appointment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """What was said at once (下周二上午去高新区) is kept while the caller logs in."""
        wanted, form = wish(tracker), AppointmentForm()
        turn = FormTurn(dispatcher, tracker, dict.fromkeys(form.slots))
        if tracker.get_slot("pending") == wanted:
            turn.answers |= {name: tracker.get_slot(name) for name in form.slots}
        turn.answers["appointment_business"] = wanted.removeprefix("appointment_")
        turn.answers["appointment_once"] = f"{turn.call_id}:{len(tracker.events)}"
        try:
            await volunteered(turn, form.questions(turn.answers))
        except BackendError:
            return unavailable(dispatcher)
        known = [SlotSet(name, turn.answers[name]) for name in form.slots]
        if (login := await logged_in(dispatcher, tracker, wanted)) is not None:
            return [*known, *login]
        try:
            return [SlotSet("pending", None), *await self._of_person(turn, form)]
        except BackendError:
            return unavailable(dispatcher)

    async def _of_person(self, turn: FormTurn, form: Form) -> list[EventType]:
        """One open appointment of each business is enough; only a loan that is not settled can be paid back early."""
        business = Business(turn.answers["appointment_business"])
        loan = await backend().loan(turn.call_id) if business is Business.REPAYMENT else None
        if business is Business.REPAYMENT and (loan is None or loan.settled_on is not None):
            turn.line.utter_message(response="utter_appointment_no_loan")
            anything_else(turn.line, turn.tracker)
            return []
        for there in await appointment_book().mine(turn.call_id, turn.today):
            if there.business is business:
                return _already(turn, there)
        if not await appointment_book().registered_phone(turn.call_id):
            turn.answers[WhichPhone.slot] = "phone"
        return await begin(form, turn)


class SaveAppointment(Action):  # type: ignore[misc]
    """All questions are answered, the last one with yes."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_save_appointment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """A place that somebody else has just taken is asked for anew; the rest stays."""
        turn = FormTurn(dispatcher, tracker, {name: tracker.get_slot(name) for name in AppointmentForm.slots})
        changed = bool(turn.answers["appointment_changes"])
        over = [SlotSet(name, None) for name in AppointmentForm.slots]
        try:
            saved = await _save(turn)
        except UnclearDeed:
            told_so = unclear("changed" if changed else "booked")
            await tell_unclear(dispatcher, tracker, told_so, "appointment", _asked(turn))
            return over
        except BackendError as refused:
            return await _refused(turn, refused.code)
        said = "utter_appointment_changed" if changed else "utter_appointment_booked"
        dispatcher.utter_message(response=said, number=saved.number, visit=told(saved))
        dispatcher.utter_message(response="utter_appointment_bring", bring=to_bring(saved.business))
        anything_else(dispatcher, tracker)
        return over


async def _save(turn: FormTurn) -> Appointment:
    answers = turn.answers
    branch, day, half = _visit(turn)
    places = rules().places[half]
    if answers["appointment_changes"]:
        return await appointment_book().change(turn.call_id, answers["appointment_changes"], branch, day, half, places)
    amount = answers[HowMuch.slot]
    wanted = Wanted(
        business=Business(answers["appointment_business"]),
        branch=branch,
        day=day,
        half=half,
        contact=answers[WhichPhone.slot],
        amount=None if amount in (None, ALL) else Decimal(amount),
    )
    return await appointment_book().book(turn.call_id, answers["appointment_once"], wanted, places, turn.today)


def _visit(turn: FormTurn) -> tuple[str, date, Half]:
    answers = turn.answers
    return answers[WhichBranch.slot], date.fromisoformat(answers[WhichDay.slot]), Half(answers[WhichHalf.slot])


def _asked(turn: FormTurn) -> str:
    """For the desk: what was to be booked, or changed."""
    visit = visit_words(Business(turn.answers["appointment_business"]), *_visit(turn))
    number, phone = turn.answers["appointment_changes"], turn.answers[PhoneNumber.slot]
    return f"预约{number}改为{visit}" if number else f"预约{visit}" + (f"，联系电话尾号{phone}" if phone else "")


async def _refused(turn: FormTurn, code: str) -> list[EventType]:
    if code not in ("appointment_full", "appointment_busy"):
        return unavailable(turn.line)
    turn.line.utter_message(response=f"utter_{code}")
    turn.answers |= {WhichDay.slot: None, WhichHalf.slot: None, IsItRight.slot: None}
    return await begin(AppointmentForm(), turn)


def _already(turn: FormTurn, there: Appointment) -> list[EventType]:
    name = name_of_business(there.business)
    turn.line.utter_message(response="utter_appointment_again", business=name, visit=told(there), number=there.number)
    return [offer("appointment_change")]
