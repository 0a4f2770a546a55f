"""查询或取消预约: found by its number or after a login; cancelled, moved, or only told."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments import told, unclear
from actions.backend_door import appointment_book, backend
from actions.book_appointment import AppointmentForm
from actions.call_control import anything_else, collect_number, wish
from actions.form import Form, begin, volunteered
from actions.form_questions import Answer, Choice, ChoiceQuestion, FormTurn, Question, yes_or_no
from actions.login import logged_in, unavailable
from actions.unclear_deed import tell_unclear
from bot.backend.appointments import Appointment
from bot.backend.base import LoginKind, LoginStatus
from bot.errors import BackendError, UnclearDeed

CANCEL, CHANGE, KEEP = "cancel", "change", "keep"


class HowToFind(ChoiceQuestion):
    """By number, or by who the caller is."""

    slot, wording, volunteered = "my_appointment_by", "utter_my_appointment_by", False

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """Two."""
        return [Choice("有编号", "number"), Choice("没有编号", "login")]

    async def read(self, turn: FormTurn) -> Answer:
        """有; 没有，不记得."""
        if any(word in turn.text for word in ("没", "不记得", "忘", "找不到", "不知道")):
            return {self.slot: "login"}
        return {self.slot: "number"} if "有" in turn.text or yes_or_no(turn) else await super().read(turn)


class OrderNumber(Question):
    """The number noted when it was booked."""

    slot, wording, volunteered = "my_appointment_number", "utter_my_appointment_unknown", False

    async def ask(self, turn: FormTurn, page: int = 1) -> None:
        """The line asks, by keys or by speech."""
        collect_number(turn.line, "order")

    async def read(self, turn: FormTurn) -> Answer:
        """A number of another person's appointment is told to nobody: then the caller has to log in."""
        given = await backend().collected_number(turn.call_id, "order") if turn.intent == "number_finished" else None
        if given is None:
            return None
        try:
            found = await appointment_book().find(turn.call_id, given)
        except BackendError as refused:
            if refused.code != "not_yours":
                raise
            turn.line.utter_message(response="utter_my_appointment_whose")
            return {HowToFind.slot: "login"}
        if found is None or not found.booked:
            turn.line.utter_message(response="utter_my_appointment_unknown")
            return {HowToFind.slot: None}
        return {self.slot: found.number}


class WhichOne(ChoiceQuestion):
    """One of several."""

    slot, wording, volunteered = "my_appointment_number", "utter_my_appointment_which", False

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """All that are to come."""
        return [Choice(told(one), one.number) for one in await appointment_book().mine(turn.call_id, turn.today)]


class WhatToDo(ChoiceQuestion):
    """Told what there is; cancel it, move it, or leave it."""

    slot, wording, giving_up_is_answer = "my_appointment_wish", "utter_my_appointment_told", True

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """Three."""
        return [Choice("取消预约", CANCEL), Choice("改时间", CHANGE), Choice("不用改", KEEP)]

    async def filling(self, turn: FormTurn) -> dict[str, Any]:
        """The appointment."""
        found = await _found(turn)
        return {"visit": told(found), "number": found.number}

    async def read(self, turn: FormTurn) -> Answer:
        """取消; 去不了了; 改到后天; 不用."""
        text = turn.text
        if any(word in text for word in ("取消", "退", "不去", "去不", "去不了", "不要了", "不要")):
            return {self.slot: CANCEL}
        if any(word in text for word in ("改", "换", "推", "提前", "挪")) and "不用改" not in text:
            return {self.slot: CHANGE}
        if turn.answers.get("requested_slot") == self.slot and (yes_or_no(turn) is False or "知道了" in text):
            return {self.slot: KEEP}
        return await super().read(turn) if turn.answers.get("requested_slot") == self.slot else None


class ReallyCancel(Question):
    """Nothing is cancelled without a yes."""

    slot, wording, volunteered = "my_appointment_right", "utter_my_appointment_cancel", False
    listens, giving_up_is_answer = "yes_no", True

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """Two."""
        return [Choice("确认取消", "yes"), Choice("保留预约", "no")]

    async def filling(self, turn: FormTurn) -> dict[str, Any]:
        """The appointment."""
        return {"visit": told(await _found(turn))}

    async def read(self, turn: FormTurn) -> Answer:
        """对，取消; 不，留着."""
        if any(word in turn.text for word in ("保留", "留着", "不取消", "别取消", "算了", "不用")):
            return {self.slot: "no"}
        said = True if "取消" in turn.text else yes_or_no(turn)
        return None if said is None else {self.slot: "yes" if said else "no"}


class MyAppointmentForm(Form):
    """Finds one appointment and what is to become of it."""

    form, own = "my_appointment_form", frozenset({"appointment_change"})
    slots = ("my_appointment_by", "my_appointment_number", "my_appointment_wish", "my_appointment_right")

    def questions(self, answers: dict[str, Any]) -> list[Question]:
        """Who has to log in leaves the form for it."""
        ways: dict[str, list[Question]] = {
            "number": [HowToFind(), OrderNumber()],
            "login": [HowToFind()],
            "logged_in": [WhichOne()],
        }
        asked = ways.get(answers.get(HowToFind.slot) or "", [HowToFind()])
        if answers.get(OrderNumber.slot):
            asked = [*asked, WhatToDo()]
            asked += [ReallyCancel()] if answers.get(WhatToDo.slot) == CANCEL else []
        return asked


class FindAppointment(Action):  # type: ignore[misc]
    """The caller asks about an appointment that there is."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_find_appointment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Somebody logged in is told at once; a stranger is asked for the number first."""
        form = MyAppointmentForm()
        turn = FormTurn(dispatcher, tracker, dict.fromkeys(form.slots))
        if tracker.get_slot("pending") == wish(tracker):
            turn.answers[WhatToDo.slot] = tracker.get_slot(WhatToDo.slot)
        await volunteered(turn, [WhatToDo()])
        try:
            login = await backend().login(turn.call_id)
            if login is None or login.status is not LoginStatus.OK or login.kind is not LoginKind.PERSON:
                return await begin(form, turn)
            mine = await appointment_book().mine(turn.call_id, turn.today)
        except BackendError:
            return unavailable(dispatcher)
        if not mine:
            dispatcher.utter_message(response="utter_my_appointment_none")
            anything_else(dispatcher, tracker)
            return [SlotSet("pending", None)]
        turn.answers[HowToFind.slot] = "logged_in"
        turn.answers[OrderNumber.slot] = mine[0].number if len(mine) == 1 else None
        return [SlotSet("pending", None), *await begin(form, turn)]


class SettleAppointment(Action):  # type: ignore[misc]
    """What is to become of it is known."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_settle_appointment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Cancel it, ask for another time, or nothing."""
        turn = FormTurn(dispatcher, tracker, {name: tracker.get_slot(name) for name in MyAppointmentForm.slots})
        wanted = turn.answers[WhatToDo.slot]
        over = [SlotSet(name, None) for name in MyAppointmentForm.slots]
        if turn.answers[HowToFind.slot] == "login":
            begun = await logged_in(dispatcher, tracker, "appointment_change")
            return [*over, SlotSet(WhatToDo.slot, wanted), *(begun or [])]
        try:
            if wanted == CHANGE:
                return [*over, *await self._move(turn)]
            if wanted == CANCEL and turn.answers[ReallyCancel.slot] == "yes":
                gone = await appointment_book().cancel(turn.call_id, turn.answers[OrderNumber.slot])
                dispatcher.utter_message(response="utter_my_appointment_cancelled", visit=told(gone))
            else:
                dispatcher.utter_message(response="utter_my_appointment_kept")
        except UnclearDeed:
            asked = f"取消预约{turn.answers[OrderNumber.slot]}"
            await tell_unclear(dispatcher, tracker, unclear("cancelled"), "appointment", asked)
            return over
        except BackendError:
            return [*over, *unavailable(dispatcher)]
        anything_else(dispatcher, tracker)
        return over

    async def _move(self, turn: FormTurn) -> list[EventType]:
        """The form of a new appointment, with all but the time filled in."""
        there, form = await _found(turn), AppointmentForm()
        answers = dict.fromkeys(form.slots) | {
            "appointment_business": there.business.value,
            "appointment_branch": there.branch,
            "appointment_phone": there.contact_last_four,
            "appointment_changes": there.number,
        }
        return await begin(form, FormTurn(turn.line, turn.tracker, answers))


async def _found(turn: FormTurn) -> Appointment:
    found = await appointment_book().find(turn.call_id, turn.answers[OrderNumber.slot])
    if found is None:
        raise BackendError("no_appointment", "it was there a moment ago")
    return found
