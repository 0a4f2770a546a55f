"""The questions of an appointment: where, when, for how much, whom to ring, and is it right."""

from datetime import date
from decimal import Decimal
from typing import Any

from actions.appointments import (
    HALVES,
    branches_for,
    day_words,
    first_and_last,
    free_halves,
    name_of_business,
    open_halves,
    rules,
    visit_words,
)
from actions.backend_door import appointment_book, backend
from actions.branches import Branch, branches, branches_in
from actions.call_control import collect_number
from actions.days import day_in, next_holiday
from actions.form_questions import Answer, Choice, ChoiceQuestion, FormTurn, Question, yes_or_no
from actions.opening_hours import opening
from actions.written import yuan
from bot.backend.appointments import Business, Half
from bot.mandarin import amount_in, date_in, half_in

ALL = "all"
"""All of the loan is to be paid back."""


class WhichBranch(ChoiceQuestion):
    """Where; only branches that do the business."""

    slot, wording, listens = "appointment_branch", "utter_appointment_branch", "branch"

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """In the order of the file."""
        return [Choice(one.name, one.key) for one in branches_for(business(turn))]

    async def chosen(self, turn: FormTurn, value: Any) -> dict[str, Any]:
        """A day said before has to suit the branch."""
        day = turn.answers.get(WhichDay.slot)
        if day and not open_halves(branch_of(value), date.fromisoformat(day)):
            turn.answers[self.slot] = value
            say_closed(turn, date.fromisoformat(day))
            return {self.slot: value, WhichDay.slot: None, WhichHalf.slot: None}
        return {self.slot: value}

    async def read(self, turn: FormTurn) -> Answer:
        """A name, a district with one branch for it, a place nearby, 第二个."""
        named = branches_in(turn.text) if turn.text else []
        fitting = [one for one in named if one in branches_for(business(turn))]
        if len(fitting) == 1:
            return await self.chosen(turn, fitting[0].key)
        if fitting:
            turn.line.utter_message(response="utter_appointment_which_branch", names="，还是".join(_names(fitting)))
            return {}
        if named:
            name = name_of_business(business(turn))
            turn.line.utter_message(response="utter_appointment_not_there", branch=named[0].name, business=name)
            return {}
        return await super().read(turn)


class WhichDay(Question):
    """Which day; from tomorrow on, open, with a place left."""

    slot, wording, listens = "appointment_day", "utter_appointment_day", "date"

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """All days that are still free."""
        free = await free_halves(branch_of(turn.answers[WhichBranch.slot]), *first_and_last(turn.today))
        return [Choice(day_words(day), day.isoformat()) for day in free]

    async def chosen(self, turn: FormTurn, value: Any) -> dict[str, Any]:
        """If only one half of the day is left, that one."""
        branch, day = turn.answers.get(WhichBranch.slot), date.fromisoformat(value)
        if not branch:
            return {self.slot: value}
        free = (await free_halves(branch_of(branch), day, day)).get(day, [])
        if not free:
            turn.line.utter_message(response="utter_appointment_full_day", day=day_words(day))
            return {}
        asked = half_in(turn.text)
        if len(free) == 1 and asked in (None, free[0].value):
            if asked is None:
                half = HALVES[free[0]]
                turn.line.utter_message(response="utter_appointment_only_half", day=day_words(day), half=half)
            return {self.slot: value, WhichHalf.slot: free[0].value}
        return {self.slot: value}

    async def read(self, turn: FormTurn) -> Answer:
        """下周二, 后天, 十二月三号; a holiday is refused with its dates."""
        day = date_in(turn.text, turn.today) if turn.text else None
        if day is None:
            holiday = next_holiday(day_in(turn.text, turn.today).holiday, turn.today) if turn.text else None
            if holiday is None:
                return None
            say_closed(turn, holiday.first)
            return {}
        first, last = first_and_last(turn.today)
        if day < first:
            turn.line.utter_message(response="utter_appointment_too_soon")
        elif day > last:
            turn.line.utter_message(response="utter_appointment_too_late", last=day_words(last))
        elif not _open_somewhere(turn, day):
            say_closed(turn, day)
        else:
            return await self.chosen(turn, day.isoformat())
        return {}


class WhichHalf(Question):
    """Morning or afternoon."""

    slot, wording = "appointment_half", "utter_appointment_half"

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """What is left of the day."""
        return [Choice(HALVES[half], half.value) for half in await self._free(turn)]

    async def read(self, turn: FormTurn) -> Answer:
        """上午, 下午, 三点; the first or the second of those read out."""
        asked = half_in(turn.text) if turn.text else None
        if asked is None:
            return None
        if turn.answers.get(WhichBranch.slot) and turn.answers.get(WhichDay.slot):
            free = [half.value for half in await self._free(turn)]
            if asked not in free:
                day = day_words(date.fromisoformat(turn.answers[WhichDay.slot]))
                turn.line.utter_message(response="utter_appointment_full_half", day=day, half=HALVES[Half(asked)])
                return {}
        return {self.slot: asked}

    async def _free(self, turn: FormTurn) -> list[Half]:
        day = date.fromisoformat(turn.answers[WhichDay.slot])
        return (await free_halves(branch_of(turn.answers[WhichBranch.slot]), day, day)).get(day, [])


class HowMuch(Question):
    """Of an early repayment: all of it, or a part."""

    slot, wording, listens = "appointment_amount", "utter_appointment_amount", "amount"

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """All of it, and round amounts."""
        return [Choice("全部还清", ALL), *(Choice(f"{amount}元", str(amount)) for amount in rules().amounts)]

    async def filling(self, turn: FormTurn) -> dict[str, Any]:
        """The least amount."""
        return {"least": str(rules().least_repayment)}

    async def read(self, turn: FormTurn) -> Answer:
        """五万, 十二万三, 全部还清."""
        if any(word in turn.text for word in ("全部", "还清", "结清", "一次性", "全还")):
            return {self.slot: ALL}
        amount = amount_in(turn.text) if turn.text and date_in(turn.text, turn.today) is None else None
        if amount is None:
            return None
        if amount < rules().least_repayment:
            turn.line.utter_message(response="utter_appointment_too_little", least=str(rules().least_repayment))
            return {}
        return await self.chosen(turn, str(amount))

    async def chosen(self, turn: FormTurn, value: Any) -> dict[str, Any]:
        """Nobody pays back more than is left (before the login it is not known how much that is)."""
        loan = await backend().loan(turn.call_id) if value != ALL and turn.answers.get("requested_slot") else None
        if loan is not None and Decimal(value) >= loan.balance:
            turn.line.utter_message(response="utter_appointment_too_much", balance=yuan(loan.balance))
            return {}
        return {self.slot: value}


class WhichPhone(Question):
    """The registered telephone, or another one."""

    slot, wording, listens, volunteered = "appointment_contact", "utter_appointment_contact", "yes_no", False

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """Two."""
        return [Choice("可以", "registered"), Choice("换一个号码", "phone")]

    async def filling(self, turn: FormTurn) -> dict[str, Any]:
        """Its last four."""
        return {"last_four": await appointment_book().registered_phone(turn.call_id)}

    async def read(self, turn: FormTurn) -> Answer:
        """好的; 换一个."""
        said = False if "换" in turn.text or "另" in turn.text else yes_or_no(turn)
        return None if said is None else {self.slot: "registered" if said else "phone"}


class PhoneNumber(Question):
    """The other telephone number, by keys or by speech; the line reads it back."""

    slot, wording, volunteered = "appointment_phone", "utter_appointment_contact", False

    async def ask(self, turn: FormTurn, page: int = 1) -> None:
        """The line asks."""
        collect_number(turn.line, "phone")

    async def read(self, turn: FormTurn) -> Answer:
        """Its last four; the number itself lies in the store."""
        return {self.slot: turn.fact("last_four")} if turn.intent == "number_finished" else None


class IsItRight(Question):
    """Everything once more; only a yes saves."""

    slot, wording, listens, volunteered = "appointment_right", "utter_appointment_confirm", "yes_no", False

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """Right, another time, another branch."""
        return [Choice("确认", "yes"), Choice("改时间", "time"), Choice("改网点", "branch")]

    async def chosen(self, turn: FormTurn, value: Any) -> dict[str, Any]:
        """What is to be changed is asked anew."""
        if value == "yes":
            return {self.slot: "yes"}
        again = {WhichDay.slot: None, WhichHalf.slot: None}
        return again if value == "time" else {WhichBranch.slot: None, **again}

    async def filling(self, turn: FormTurn) -> dict[str, Any]:
        """The whole appointment in words."""
        answers = turn.answers
        visit = visit_words(
            business(turn),
            answers[WhichBranch.slot],
            date.fromisoformat(answers[WhichDay.slot]),
            Half(answers[WhichHalf.slot]),
        )
        amount = answers.get(HowMuch.slot)
        visit += "，全部还清" if amount == ALL else f"，还款{Decimal(amount):.2f}元" if amount else ""
        if answers.get(PhoneNumber.slot):
            return {"visit": visit, "last_four": answers[PhoneNumber.slot]}
        return {"visit": visit, "last_four": await appointment_book().registered_phone(turn.call_id)}

    async def read(self, turn: FormTurn) -> Answer:
        """对; 不对，改成周三; 改时间."""
        changed: dict[str, Any] = {}
        for question in (WhichBranch(), WhichDay(), WhichHalf()):
            said = await question.read(turn)
            if said == {}:
                return {}
            turn.answers.update(said or {})
            changed |= said or {}
        if changed:
            return changed
        if "网点" in turn.text or "地方" in turn.text:
            return await self.chosen(turn, "branch")
        said_yes = yes_or_no(turn)
        return None if said_yes is None else await self.chosen(turn, "yes" if said_yes else "time")


def business(turn: FormTurn) -> Business:
    """What the appointment is for."""
    return Business(turn.answers["appointment_business"])


def branch_of(key: str) -> Branch:
    """One branch by its key."""
    return next(one for one in branches() if one.key == key)


def say_closed(turn: FormTurn, day: date) -> None:
    """Why nobody is there on this day."""
    chosen = turn.answers.get(WhichBranch.slot)
    why = opening(branch_of(chosen).hours if chosen else "counter", day).why
    if why:
        turn.line.utter_message(response="utter_appointment_holiday", day=day_words(day), why=why)
    else:
        turn.line.utter_message(response="utter_appointment_closed", day=day_words(day))


def _open_somewhere(turn: FormTurn, day: date) -> bool:
    chosen = turn.answers.get(WhichBranch.slot)
    return any(open_halves(one, day) for one in branches_for(business(turn)) if chosen in (None, one.key))


def _names(found: list[Branch]) -> list[str]:
    return [one.name for one in found[:2]]
