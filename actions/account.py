"""个人账户: balance, deposits, status and interest of the person logged in."""

from collections.abc import Callable

from actions.backend_door import backend
from actions.query import Answer, Query, told
from actions.written import day, month, yuan
from bot.backend.records import PersonalAccount


class AnswerAccount(Query):
    """Answers account_balance, account_monthly …; account_overview is the whole in short."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_answer_account"

    async def answers(self, call_id: str, wanted: str) -> list[Answer]:
        """One sentence or a few about the account."""
        account = await backend().personal_account(call_id)
        return ANSWERS[wanted.removeprefix("account_")](account)


def _balance(account: PersonalAccount) -> list[Answer]:
    return [told("utter_account_balance", last_four=account.last_four, balance=yuan(account.balance))]


def _monthly(account: PersonalAccount) -> list[Answer]:
    if not account.monthly_own:
        return _not_paying(account)
    unit, own = account.monthly_unit, account.monthly_own
    return [told("utter_account_monthly", total=yuan(unit + own), unit=yuan(unit), own=yuan(own))]


def _base(account: PersonalAccount) -> list[Answer]:
    return [told("utter_account_base", base=yuan(account.base))]


def _rate(account: PersonalAccount) -> list[Answer]:
    return [told("utter_account_ratio", rate=f"{account.rate_percent.normalize():f}%")]


def _paid_to(account: PersonalAccount) -> list[Answer]:
    return [told("utter_account_paid_to", month=month(account.paid_to))]


def _last_deposit(account: PersonalAccount) -> list[Answer]:
    last = account.last_deposit
    if last is None:
        return _not_paying(account)
    return [told("utter_account_last_deposit", day=day(last.day), month=month(last.month), amount=yuan(last.amount))]


def _months(account: PersonalAccount) -> list[Answer]:
    months, missed = str(account.months), account.months_missed
    if missed:
        return [told("utter_account_months_missed", months=months, missed=str(missed))]
    return [told("utter_account_months", months=months)]


def _interest(account: PersonalAccount) -> list[Answer]:
    last = account.last_interest
    if last is None:
        return [told("utter_account_no_interest")]
    return [told("utter_account_interest", day=day(last.day), amount=yuan(last.amount))]


def _unit(account: PersonalAccount) -> list[Answer]:
    if not account.monthly_own:
        return _not_paying(account)
    return [told("utter_account_unit", unit_name=account.unit_name), *_paid_to(account)]


def _status(account: PersonalAccount) -> list[Answer]:
    return [told(f"utter_account_status_{account.status}", last_four=account.last_four)]


def _not_paying(account: PersonalAccount) -> list[Answer]:
    return [*_status(account), *_paid_to(account)]


def _overview(account: PersonalAccount) -> list[Answer]:
    """Balance first; of an account that is not paid into, what has become of it."""
    if account.status == "01":
        return _balance(account) + _monthly(account) + _paid_to(account)
    return _balance(account) + _status(account)


ANSWERS: dict[str, Callable[[PersonalAccount], list[Answer]]] = {
    "overview": _overview,
    "balance": _balance,
    "monthly": _monthly,
    "base": _base,
    "ratio": _rate,
    "paid_to": _paid_to,
    "last_deposit": _last_deposit,
    "status": _status,
    "unit": _unit,
    "months": _months,
    "interest": _interest,
}
"""account_<name> → what is said."""
