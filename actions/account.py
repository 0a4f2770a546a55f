"""个人账户: login (number, then password by keys), balance, monthly deposit and the rest of the account."""

from collections.abc import Callable

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_door import backend
from actions.call_control import as_if_said, collect_number, say, wish
from actions.referrals import refer
from bot.backend.base import LoginOutcome, LoginStatus, PersonalAccount
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
            return refer(dispatcher, "account_person")
        try:
            outcome = await backend().login(tracker.sender_id)
            if outcome is None or outcome.status is not LoginStatus.OK:
                return _begin_login(dispatcher, wanted)
            account = await backend().personal_account(tracker.sender_id)
        except BackendError as error:
            if error.code == "not_logged_in":  # logged in as a unit
                return _begin_login(dispatcher, wanted)
            return unavailable(dispatcher)
        say(dispatcher, tell(account), name="utter_account_answer", private=True)
        dispatcher.utter_message(response="utter_anything_else")
        return [SlotSet("pending", None)]


class PinFinished(Action):  # type: ignore[misc]
    """The password phase is over; what became of it is in the store, nowhere else."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_pin_finished"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Whoever claims that a password was entered gains nothing: the store says who is logged in."""
        try:
            outcome = await backend().login(tracker.sender_id)
        except BackendError:
            return unavailable(dispatcher)
        if outcome is not None and outcome.status is LoginStatus.OK:
            return as_if_said(tracker.get_slot("pending") or "account_overview")
        return _login_failed(dispatcher, outcome)


def _login_failed(dispatcher: CollectingDispatcher, outcome: LoginOutcome | None) -> list[EventType]:
    """A usable next step for every way a login can fail."""
    status = outcome.status if outcome else LoginStatus.BEGUN
    if status is LoginStatus.WRONG and outcome and outcome.attempts_left > 0:
        dispatcher.utter_message(response="utter_login_wrong", left=outcome.attempts_left)
        collect_number(dispatcher, "login", pin_follows=True)
        return []
    if status is LoginStatus.UNAVAILABLE:
        return unavailable(dispatcher)
    if status in (LoginStatus.WRONG, LoginStatus.LOCKED):
        dispatcher.utter_message(response="utter_login_locked")
    elif status is LoginStatus.NO_KEYS:
        dispatcher.utter_message(response="utter_login_no_keys")
    elif status is LoginStatus.NO_PASSWORD:
        dispatcher.utter_message(response="utter_login_no_password")
    else:
        dispatcher.utter_message(response="utter_login_not_done")
    dispatcher.utter_message(response="utter_offer_person")
    return [SlotSet("offer", "human_agent")]


def _begin_login(dispatcher: CollectingDispatcher, wanted: str) -> list[EventType]:
    dispatcher.utter_message(response="utter_login_needed")
    collect_number(dispatcher, "login", pin_follows=True)
    return [SlotSet("pending", wanted)]


def unavailable(dispatcher: CollectingDispatcher) -> list[EventType]:
    """The business system does not answer: said so, with a person as the way on. Never a guess."""
    dispatcher.utter_message(response="utter_account_unavailable")
    dispatcher.utter_message(response="utter_offer_person")
    return [SlotSet("offer", "human_agent")]


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
