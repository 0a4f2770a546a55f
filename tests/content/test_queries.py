"""业务查询: what callers hear about their own figures, worded by domain.yml, and that nobody hears another's."""

import asyncio
import shutil

import pytest

from actions import backend_door
from actions.content import ROOT
from bot.backend.base import LoginKind
from bot.backend.demo_customers import read_customers
from bot.backend.demo_units import read_units
from bot.backend.records import LoanStep, WithdrawalStep
from tests.content.centre import close_centre, open_centre, types
from tests.content.conversation import names

FILE = ROOT / "demo" / "customers.yml"
CUSTOMERS = read_customers(FILE)
UNITS = read_units(FILE)


@pytest.fixture(scope="module")
def full_store(tmp_path_factory):
    """The whole demo, loaded once; every test takes a copy."""
    folder = tmp_path_factory.mktemp("centre")
    with pytest.MonkeyPatch.context() as patch:
        store = open_centre(folder, patch, FILE)
        close_centre(store)
    return folder


@pytest.fixture
def centre(full_store, tmp_path, monkeypatch):
    """The demo centre as it is at its first call."""
    shutil.copytree(full_store, tmp_path / "centre")
    store = open_centre(tmp_path / "centre", monkeypatch, FILE)
    yield store
    close_centre(store)


def text(said):
    return "".join(one["text"] for one in said)


def whose(**wanted):
    """The first customer of whom all this is true, and who need not change a default password first."""
    usual = (one for one in CUSTOMERS if not one.password_initial)
    return next(one for one in usual if all(test(getattr(one, name)) for name, test in wanted.items()))


def asks(call, customer, intent):
    """This customer logs in for this question; what they hear."""
    assert names(call.hear(intent)) == ["utter_login_needed", "collect_number"]
    types(call, customer.account, customer.password)
    return call.hear("pin_finished")


def test_the_account_in_short_and_in_every_part(call, centre):
    first = CUSTOMERS[0]
    assert text(asks(call, first, "account_overview")).startswith(
        "您尾号1737的公积金账户，余额是12071.20元。您每月一共缴存4270.00元，其中单位缴2135.00元，您个人缴2135.00元。"
        "您的公积金缴到2026年10月。"
    )
    for intent, told in {
        "account_base": "您的缴存基数是21350.00元。",
        "account_ratio": "缴存比例都是10%",
        "account_last_deposit": "最近一笔缴存在2026年11月11日到账，缴的是2026年10月的，单位和个人一共4270.00元。",
        "account_status": "您尾号1737的账户状态正常。",
        "account_unit": "您现在的缴存单位是演示单位三。您的公积金缴到2026年10月。",
        "account_months": "您一共缴存了199个月，中间没有断过。",
        "account_interest": "最近一次结息在2026年6月30日，您的账户结了153.10元利息。",
    }.items():
        said = call.hear(intent)
        assert told in text(said) and names(said)[-1] == "utter_anything_else"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("02", "已经封存"),
        ("03", "已经合并"),
        ("04", "转出到外地"),
        ("05", "已经提取销户"),
        ("06", "被冻结"),
        ("99", "状态特殊"),
    ],
)
def test_every_status_has_its_words_and_nobody_is_told_a_deposit_that_is_none(call, centre, status, told):
    customer = whose(status=lambda found: found == status)
    assert told in text(asks(call, customer, "account_overview"))
    assert "每月一共缴存" not in text(call.hear("account_monthly")) and told in text(call.hear("account_monthly"))
    assert told in text(call.hear("account_last_deposit"))


def test_gaps_are_counted(call, centre):
    assert "一共缴存了115个月，中间断过3个月" in text(asks(call, CUSTOMERS[1], "account_months"))


def test_a_loan_being_repaid(call, centre):
    said = asks(call, CUSTOMERS[0], "loan_query_overview")
    assert text(said).startswith(
        "您尾号5607的公积金贷款，还剩本金127359.06元。每月还款2690.40元，每月20号扣款。还剩50期，也就是4年零2个月。"
    )
    assert text(call.hear("loan_query_overdue")).startswith("您的贷款没有逾期。")
    assert text(call.hear("loan_query_repayment")).startswith("每月还款2690.40元")
    assert text(call.hear("loan_query_remaining")).startswith("还剩50期")


def test_whoever_is_overdue_hears_it_whatever_they_ask_about_the_loan(call, centre):
    said = asks(call, CUSTOMERS[1], "loan_query_balance")
    assert "还剩本金744872.50元。您现在逾期1期，一共3885.56元" in text(said)
    assert names(call.hear("loan_query_overdue")) == ["utter_loan_overdue", "utter_anything_else"]


def test_a_settled_loan_and_no_loan_at_all_are_answers_too(call, centre):
    assert "已经在2026年8月22日结清" in text(asks(call, CUSTOMERS[2], "loan_query_remaining"))
    call.call_id = "call-2"
    assert "没有查到" in text(asks(call, CUSTOMERS[3], "loan_query_balance"))


@pytest.mark.parametrize("step", list(LoanStep))
def test_every_step_of_a_loan_application_says_since_when(call, centre, step):
    customer = whose(application=lambda found: found is not None and found.step is step)
    since = customer.application.since
    said = asks(call, customer, "progress_loan")
    assert names(said) == [f"utter_progress_loan_{step.value}", "utter_anything_else"]
    assert f"{since.year}年{since.month}月{since.day}日" in text(said) and customer.application.last_four in text(said)


@pytest.mark.parametrize("step", list(WithdrawalStep))
@pytest.mark.parametrize("intent", ["progress_withdrawal", "progress_withdrawal_returned"])
def test_every_step_of_a_withdrawal_says_how_much_and_where_it_went(call, centre, step, intent):
    customer = whose(withdrawal=lambda found: found is not None and found.step is step)
    withdrawal = customer.withdrawal
    said = text(asks(call, customer, intent))
    assert f"{withdrawal.amount:.2f}元" in said
    assert (f"尾号{withdrawal.card_last_four}" in said) == (step in (WithdrawalStep.PAID, WithdrawalStep.PAYING))
    assert withdrawal.why_returned in said and ("3日内" in said) == (step is WithdrawalStep.DECIDING)


def test_a_closed_account_still_says_what_became_of_its_withdrawal(call, centre):
    customer = whose(status=lambda found: found == "05")
    said = text(asks(call, customer, "progress_withdrawal"))
    assert "销户提取" in said and f"{customer.withdrawal.amount:.2f}元" in said


def test_nothing_under_way_is_said_so(call, centre):
    customer = whose(application=lambda found: found is None, withdrawal=lambda found: found is None)
    assert "没有查到您的贷款申请" in text(asks(call, customer, "progress_loan"))
    assert "没有查到您最近的提取申请" in text(call.hear("progress_withdrawal"))


def unit_asks(call, unit):
    said = call.hear("unit_account")
    assert names(said) == ["utter_login_needed_unit", "collect_number"] and said[1]["kind"] == "unit"
    complete = {"kind": "unit", "outcome": "complete", "last_four": unit.account[-4:]}
    assert names(call.hear("number_finished", **complete)) == ["collect_pin"]
    types(call, unit.account, unit.password, LoginKind.UNIT)
    return text(call.hear("pin_finished"))


@pytest.mark.parametrize("unit", [one for one in UNITS if not one.password_initial], ids=lambda unit: unit.record.name)
def test_every_unit_hears_its_own_figures(call, centre, unit):
    said, record = unit_asks(call, unit), unit.record
    assert record.name in said and f"缴到{record.paid_to.year}年{record.paid_to.month}月" in said
    assert (f"{record.people}人" in said) == (record.people > 0)
    assert ("欠缴" in said and f"{record.arrears_amount:.2f}" in said) == (
        record.arrears_months > 0
    ) or "没有欠缴" in said
    assert (record.returned is not None and record.returned.why in said) == ("被银行退回" in said)


def test_a_unit_logged_in_is_no_person_and_the_other_way_round(call, centre):
    unit_asks(call, UNITS[0])
    said = asks(call, CUSTOMERS[0], "account_balance")
    assert "12071.20元" in text(said)
    assert names(call.hear("unit_account")) == ["utter_login_needed_unit", "collect_number"]


def test_after_a_failed_second_login_nobody_is_logged_in(call, centre):
    unit_asks(call, UNITS[0])
    call.hear("account_balance")
    types(call, CUSTOMERS[0].account, "111112")
    assert names(call.hear("pin_finished")) == ["utter_login_wrong", "collect_number"]
    assert names(call.hear("unit_account"))[0] == "utter_login_needed_unit"


def test_a_units_wrong_password_is_asked_for_as_a_units(call, centre):
    call.hear("unit_account")
    types(call, UNITS[0].account, "111112", LoginKind.UNIT)
    said = call.hear("pin_finished")
    assert names(said) == ["utter_login_wrong", "collect_number"] and said[1]["kind"] == "unit"


def new_password(call, password):
    """What the line does in its phase for a new password."""
    asyncio.run(backend_door.backend().change_password(call.call_id, password))
    return call.hear("new_pin_finished", outcome="changed")


def test_a_password_is_changed_after_login(call, centre):
    said = asks(call, CUSTOMERS[0], "change_password")
    assert names(said) == ["collect_new_pin"]
    assert names(new_password(call, "408163")) == ["utter_password_changed", "utter_anything_else"]
    call.call_id = "call-2"
    call.hear("account_balance")
    types(call, CUSTOMERS[0].account, "408163")
    assert "12071.20元" in text(call.hear("pin_finished"))


@pytest.mark.parametrize("intent", ["account_balance", "change_password"])
def test_a_default_password_is_changed_before_any_figure_is_told(call, centre, intent):
    ninth = CUSTOMERS[8]
    assert names(asks(call, ninth, intent)) == ["utter_password_must_change", "collect_new_pin"]
    assert names(call.hear("new_pin_finished", outcome="changed"))[:2] != [
        "utter_password_changed",
        "utter_account_balance",
    ]
    assert names(call.hear("account_balance")) == ["utter_password_must_change", "collect_new_pin"]
    said = new_password(call, "408163")
    assert names(said) == ["utter_password_changed", "utter_account_balance", "utter_anything_else"]


def test_a_password_that_was_not_changed_has_a_next_step_and_tells_no_figure(call, centre):
    asks(call, CUSTOMERS[8], "account_balance")
    said = call.hear("new_pin_finished", outcome="gave_up")
    assert names(said) == ["utter_password_not_changed", "utter_offer_person"]
    assert names(call.hear("affirm"))[-1] == "hand_off"
    assert names(call.hear("loan_query_balance")) == ["utter_password_must_change", "collect_new_pin"]


def test_a_unit_with_a_default_password_changes_its_own(call, centre):
    unit = next(one for one in UNITS if one.password_initial)
    call.hear("unit_account")
    types(call, unit.account, unit.password, LoginKind.UNIT)
    assert names(call.hear("pin_finished")) == ["utter_password_must_change", "collect_new_pin"]
    assert unit.record.name in text(new_password(call, "408163"))
    assert names(call.hear("change_password")) == ["collect_new_pin"]


def test_a_closed_line_has_a_next_step_and_says_nothing_of_the_account(call, centre):
    call.hear("account_balance")
    for number in range(31):
        types(call, f"81999999{number:04d}", "111112")
    types(call, CUSTOMERS[0].account, CUSTOMERS[0].password)
    assert names(call.hear("pin_finished")) == ["utter_login_paused", "utter_offer_person"]
    assert names(call.hear("affirm"))[-1] == "hand_off"
