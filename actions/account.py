"""个人账户: balance, monthly deposit and the rest of the account of the person logged in."""

from collections.abc import Callable

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_door import backend
from actions.call_control import now, say, wish
from actions.login import logged_in, unavailable
from actions.referrals import refer
from bot.backend.base import PersonalAccount
from bot.errors import BackendError

STATUS_WORDS = {
    "01": "账户状态正常",
    "02": "账户已经封存，暂时没有单位在缴存",
    "03": "账户已经合并销户",
    "04": "账户已经转出到外地并销户",
    "05": "账户已经提取销户",
    "06": "账户被冻结，冻结的原因请您带身份证到网点查询",
}
"""Codes of the field's data standard, in words."""


class AnswerAccount(Action):  # type: ignore[misc]
    """Answers from the account of the person logged in; logs in first if need be."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_answer_account"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """What was wanted is kept while number and password are collected."""
        wanted = wish(tracker)
        tell = ANSWERS.get(wanted.removeprefix("account_"))
        if tell is None:
            return refer(dispatcher, "account_person", now(tracker).date())
        if (events := await logged_in(dispatcher, tracker, wanted)) is not None:
            return events
        try:
            account = await backend().personal_account(tracker.sender_id)
        except BackendError:
            return unavailable(dispatcher)
        say(dispatcher, tell(account), name="utter_account_answer", private=True)
        dispatcher.utter_message(response="utter_anything_else")
        return [SlotSet("pending", None)]


def _balance(account: PersonalAccount) -> str:
    return f"您尾号{account.last_four}的公积金账户，余额是{account.balance:.2f}元。"


def _monthly(account: PersonalAccount) -> str:
    total = account.monthly_unit + account.monthly_own
    return f"您每月一共缴存{total:.2f}元，其中单位缴{account.monthly_unit:.2f}元，您个人缴{account.monthly_own:.2f}元。"


def _base(account: PersonalAccount) -> str:
    return f"您的缴存基数是{account.base:.2f}元。"


def _rate(account: PersonalAccount) -> str:
    return f"单位和您个人的缴存比例都是{account.rate_percent.normalize():f}%。"


def _paid_to(account: PersonalAccount) -> str:
    return f"您的公积金缴到{account.paid_to.year}年{account.paid_to.month}月。"


def _status(account: PersonalAccount) -> str:
    words = STATUS_WORDS.get(account.status, "账户状态需要到柜台查询")
    return f"您尾号{account.last_four}的{words}。"


def _unit(account: PersonalAccount) -> str:
    return f"您现在的缴存单位是{account.unit_name}。{_paid_to(account)}"


def _overview(account: PersonalAccount) -> str:
    return _balance(account) + (_monthly(account) + _paid_to(account) if account.status == "01" else _status(account))


ANSWERS: dict[str, Callable[[PersonalAccount], str]] = {
    "overview": _overview,
    "balance": _balance,
    "monthly": _monthly,
    "base": _base,
    "ratio": _rate,
    "paid_to": _paid_to,
    "last_deposit": _paid_to,
    "status": _status,
    "unit": _unit,
}
"""account_<name> → the sentence. A name that is missing here is a question that self-service cannot answer yet."""
