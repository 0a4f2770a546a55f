"""Appointments through the real actions and a real store, Rasa's part played by the rules."""

import asyncio
from datetime import date

import pytest

from actions import backend_door
from actions.content import ROOT
from bot.backend.demo_customers import read_customers
from tests.content.centre import close_centre, open_centre
from tests.content.conversation import Conversation, names


@pytest.fixture
def customers(tmp_path, monkeypatch):
    """The demo centre with its first three customers on a new database."""
    text = (ROOT / "demo" / "customers.yml").read_text("utf-8")
    (tmp_path / "customers.yml").write_text(text[: text.index("  - name: 演示用户四")], "utf-8")
    store = open_centre(tmp_path, monkeypatch, tmp_path / "customers.yml")
    yield read_customers(tmp_path / "customers.yml")
    close_centre(store)


def begins(customer, call_id="call-1"):
    """A call on Tuesday, 24 November 2026, by somebody who has logged in."""
    call = Conversation(call_id, slots={"date": "2026-11-24T10:00:00"})
    if customer:
        asyncio.run(backend_door.backend().begin_login(call_id, customer.account))
        asyncio.run(backend_door.backend().verify_password(call_id, customer.password))
    return call


def booked(call):
    return asyncio.run(backend_door.appointment_book().mine(call.call_id, date(2026, 11, 24)))


def says(call, text, intent="nlu_fallback"):
    return call.hear(intent, text)


def yes(call):
    return call.hear("affirm", "对")


def test_a_loan_appointment_question_by_question(customers):
    call = begins(customers[0])
    assert names(says(call, "贷款预约", "appointment_loan")) == [
        "utter_appointment_branch",
        "utter_appointment_branch_keys",
    ]
    assert names(says(call, "高新区", "branch_at"))[0] == "utter_appointment_day"
    assert names(says(call, "下周二"))[0] == "utter_appointment_half"
    assert says(call, "上午")[0]["last_four"] == customers[0].phone[-4:]
    said = yes(call)
    assert said[0]["visit"] == "12月1日周二上午，到高新区服务大厅办理贷款" and booked(call) == []
    said = yes(call)
    assert names(said) == ["utter_appointment_booked", "utter_appointment_bring", "utter_anything_else"]
    assert [one.number for one in booked(call)] == [said[0]["number"]]


def test_what_was_said_at_once_is_kept_while_the_caller_logs_in(customers):
    call = begins(None)
    said = says(call, "预约下周二上午去高新区办贷款", "appointment_loan")
    assert names(said) == ["utter_login_needed", "collect_number"]
    asyncio.run(backend_door.backend().begin_login(call.call_id, customers[0].account))
    asyncio.run(backend_door.backend().verify_password(call.call_id, customers[0].password))
    assert names(call.hear("pin_finished"))[0] == "utter_appointment_contact"
    assert yes(call)[0]["visit"] == "12月1日周二上午，到高新区服务大厅办理贷款"


def test_by_keys_alone(customers):
    call = begins(customers[0])
    says(call, "", "appointment_loan")
    said = call.hear("key_pressed", key="3")
    assert said[1]["text"].startswith("11月25日周三请按1，11月26日周四请按2，")
    assert said[1]["text"].endswith("更多请按8。")
    assert call.hear("key_pressed", key="8")[0]["text"].startswith("12月")
    assert names(call.hear("key_pressed", key="1"))[0] == "utter_appointment_half"
    assert names(call.hear("key_pressed", key="2"))[0] == "utter_appointment_contact"
    assert names(call.hear("key_pressed", key="1"))[0] == "utter_appointment_confirm"
    assert names(call.hear("key_pressed", key="1"))[0] == "utter_appointment_booked"


def test_a_holiday_a_sunday_and_today_are_refused_with_the_reason(customers):
    call = begins(customers[0])
    call.slots["date"] = "2026-09-20T10:00:00"
    says(call, "贷款预约", "appointment_loan")
    says(call, "高新区")
    said = says(call, "国庆节", "opening_hours")
    assert names(said)[:2] == ["utter_appointment_holiday", "utter_appointment_day"] and said[0]["why"] == "国庆节"
    assert names(says(call, "十月二号"))[0] == "utter_appointment_holiday"
    assert names(says(call, "今天"))[0] == "utter_appointment_too_soon"
    assert names(says(call, "十一月二十号"))[0] == "utter_appointment_too_late"
    assert names(says(call, "国庆上班吗", "opening_hours"))[0] == "utter_hours_answer"
    assert names(says(call, "下周三上午"))[0] == "utter_appointment_contact"
    call = begins(customers[0])
    says(call, "贷款预约", "appointment_loan")
    says(call, "西山")
    assert names(says(call, "这周日"))[0] == "utter_appointment_closed"


def test_a_saturday_has_only_a_morning(customers):
    call = begins(customers[0])
    says(call, "贷款预约", "appointment_loan")
    says(call, "高新区")
    assert names(says(call, "这周六"))[:2] == ["utter_appointment_only_half", "utter_appointment_contact"]
    says(call, "返回", "go_back")
    assert names(says(call, "下午"))[0] == "utter_appointment_full_half"


def test_a_branch_without_the_business_and_a_district_with_two(customers):
    call = begins(customers[0])
    says(call, "提取预约", "appointment_withdrawal")
    assert names(says(call, "东湖区", "branch_at"))[0] == "utter_appointment_which_branch"
    assert names(says(call, "东湖管理部", "branch_at"))[0] == "utter_appointment_day"
    other = begins(customers[1], "call-2")
    says(other, "贷款预约", "appointment_loan")
    assert names(says(other, "南苑"))[0] == "utter_appointment_not_there"
    assert names(says(other, "东湖区"))[0] == "utter_appointment_day"


def test_a_no_at_the_end_changes_what_the_caller_names(customers):
    call = begins(customers[0])
    says(call, "预约下周二上午去高新区办贷款", "appointment_loan")
    yes(call)
    assert says(call, "不对，改成周四", "deny")[0]["visit"].startswith("11月26日周四上午")
    assert says(call, "改成下午")[0]["visit"].startswith("11月26日周四下午")
    assert says(call, "不对改成上午", "deny")[0]["visit"].startswith("11月26日周四上午")
    assert says(call, "换到西山")[0]["visit"].endswith("到西山管理部办理贷款")
    assert names(call.hear("deny", "不对"))[0] == "utter_appointment_day"
    assert booked(call) == []


def test_hanging_up_before_the_yes_leaves_none(customers):
    call = begins(customers[0])
    says(call, "预约下周二上午去高新区办贷款", "appointment_loan")
    yes(call)
    assert booked(call) == []


def test_a_second_one_of_the_same_business_is_refused_and_leads_to_the_first(customers):
    call = begins(customers[0])
    says(call, "预约下周二上午去高新区办贷款", "appointment_loan")
    yes(call)
    yes(call)
    said = says(call, "贷款预约", "appointment_loan")
    assert names(said) == ["utter_appointment_again"] and "12月1日" in said[0]["visit"]
    assert names(yes(call))[0] == "utter_my_appointment_told"


def test_a_full_half_day_is_refused_and_the_last_place_cannot_be_taken_twice(customers, monkeypatch):
    from actions import appointments

    full = appointments.Rules({half: 1 for half in appointments.Half}, 30, appointments.Decimal(1), [])
    monkeypatch.setattr("actions.appointments.rules", lambda: full)
    monkeypatch.setattr("actions.book_appointment.rules", lambda: full)
    first, second = begins(customers[0]), begins(customers[1], "call-2")
    for call in (first, second):
        says(call, "预约下周二上午去高新区办贷款", "appointment_loan")
        yes(call)
    assert names(yes(first))[0] == "utter_appointment_booked"
    assert names(yes(second))[:2] == ["utter_appointment_full", "utter_appointment_day"]
    assert names(says(second, "下周二上午"))[0] == "utter_appointment_full_half"
    assert names(says(second, "下周二下午"))[0] == "utter_appointment_confirm"


def test_a_repayment_has_an_amount(customers):
    call = begins(customers[0])
    says(call, "预约提前还款", "appointment_repayment")
    says(call, "高新区")
    assert names(says(call, "下周二上午"))[0] == "utter_appointment_amount"
    assert names(says(call, "还五百块"))[0] == "utter_appointment_too_little"
    assert names(says(call, "还二十万"))[0] == "utter_appointment_too_much"
    assert names(call.hear("key_pressed", key="6"))[0] == "utter_appointment_too_much"
    assert names(says(call, "还五万"))[0] == "utter_appointment_contact"
    assert yes(call)[0]["visit"].endswith("，还款50000.00元")
    yes(call)
    assert booked(call)[0].amount == 50000


def test_who_has_no_loan_pays_none_back(customers):
    call = begins(customers[2])
    said = names(says(call, "预约提前还款", "appointment_repayment"))
    assert said == ["utter_appointment_no_loan", "utter_anything_else"]


def test_another_telephone_is_collected_by_the_line(customers):
    call = begins(customers[0])
    says(call, "预约下周二上午去高新区办贷款", "appointment_loan")
    assert names(says(call, "换一个号码")) == ["collect_number"]
    asyncio.run(backend_door.backend().keep_number(call.call_id, "phone", "13800009876"))
    said = call.hear("number_finished", kind="phone", outcome="complete", last_four="9876")
    assert said[0]["last_four"] == "9876"
    yes(call)
    assert booked(call)[0].contact_last_four == "9876"


def a_booking(customer):
    call = begins(customer)
    says(call, "预约下周二上午去高新区办贷款", "appointment_loan")
    yes(call)
    return yes(call)[0]["number"]


def test_cancelled_after_login(customers):
    a_booking(customers[0])
    call = begins(customers[0], "call-2")
    assert names(says(call, "取消预约", "appointment_change"))[0] == "utter_my_appointment_cancel"
    assert names(yes(call))[0] == "utter_my_appointment_cancelled"
    assert names(says(call, "查我的预约", "appointment_change"))[0] == "utter_my_appointment_none"


def test_moved_after_login_with_the_same_number(customers):
    number = a_booking(customers[0])
    call = begins(customers[0], "call-2")
    assert names(says(call, "查我的预约", "appointment_change"))[0] == "utter_my_appointment_told"
    assert names(says(call, "改时间"))[0] == "utter_appointment_day"
    assert names(says(call, "下周三下午"))[0] == "utter_appointment_confirm"
    said = yes(call)
    assert names(said)[0] == "utter_appointment_changed" and said[0]["number"] == number
    assert said[0]["visit"].startswith("12月2日周三下午")


def test_found_by_number_only_for_its_person(customers):
    number = a_booking(customers[0])
    call = begins(customers[1], "call-2")
    asyncio.run(backend_door.backend().log_out("call-2"))
    assert names(says(call, "取消预约", "appointment_change"))[0] == "utter_my_appointment_by"
    assert names(says(call, "有编号")) == ["collect_number"]
    asyncio.run(backend_door.backend().keep_number("call-2", "order", number.replace("-", "")))
    said = call.hear("number_finished", kind="order", outcome="complete", last_four=number[-4:])
    assert names(said) == ["utter_my_appointment_whose", "utter_login_needed", "collect_number"]
    asyncio.run(backend_door.backend().begin_login("call-2", customers[0].account))
    asyncio.run(backend_door.backend().verify_password("call-2", customers[0].password))
    assert names(call.hear("pin_finished"))[0] == "utter_my_appointment_cancel"
    assert names(call.hear("key_pressed", key="2"))[0] == "utter_my_appointment_kept"


def test_an_unknown_number_is_asked_again(customers):
    call = begins(None)
    says(call, "查我的预约", "appointment_change")
    call.hear("key_pressed", key="1")
    asyncio.run(backend_door.backend().keep_number(call.call_id, "order", "261124500012"))
    said = call.hear("number_finished", kind="order", outcome="complete", last_four="0012")
    assert names(said)[:2] == ["utter_my_appointment_unknown", "utter_my_appointment_by"]
