"""单位账户, for whoever does a unit's 公积金 business and knows its account and password."""

from typing import ClassVar

from actions.backend_door import backend
from actions.query import Answer, Query, told
from actions.written import day, month, yuan
from bot.backend.base import LoginKind
from bot.backend.records import UnitAccount


class AnswerUnit(Query):
    """Name and status, people, month paid to, balance, this month's credit, arrears and returned payments."""

    who: ClassVar[LoginKind] = LoginKind.UNIT

    def name(self) -> str:
        """As the rules call it."""
        return "action_answer_unit"

    async def answers(self, call_id: str, wanted: str) -> list[Answer]:
        """A closed or sealed account has no people: only what became of it is told."""
        unit = await backend().unit_account(call_id)
        status = told(f"utter_unit_status_{unit.status.value}", unit_name=unit.name, last_four=unit.last_four)
        return [status, _paid_to(unit), *_figures(unit)] if unit.people else [status, _paid_to(unit)]


def _paid_to(unit: UnitAccount) -> Answer:
    return told("utter_unit_paid_to", month=month(unit.paid_to))


def _figures(unit: UnitAccount) -> list[Answer]:
    said = [told("utter_unit_people", people=str(unit.people)), told("utter_unit_balance", balance=yuan(unit.balance))]
    if unit.credited_this_month:
        said.append(told("utter_unit_credited", amount=yuan(unit.credited_this_month)))
    else:
        said.append(told("utter_unit_not_credited"))
    if unit.arrears_months:
        said.append(told("utter_unit_arrears", months=str(unit.arrears_months), amount=yuan(unit.arrears_amount)))
    else:
        said.append(told("utter_unit_no_arrears"))
    if back := unit.returned:
        said.append(told("utter_unit_returned", day=day(back.day), amount=yuan(back.amount), why=back.why))
    return said
