"""The centre's own system dies, stalls or lies in a call: callers are told so, and end with a person or with a work
order to be rung back; never with a guess."""

import asyncio
from uuid import uuid4

import pytest

from actions import backend_door
from actions.content import ROOT
from bot.backend.base import LoginKind
from bot.backend.demo_customers import read_customers
from bot.store.work_orders import WorkOrderKind
from tests.content.centre import forget_made_once, types
from tests.content.conversation import Conversation, names
from tests.support.centre_server import CentreServer, demo_centre
from tests.support.stores import sqlite_store

FILE = ROOT / "demo" / "customers.yml"
FIRST = read_customers(FILE)[0]
UNAVAILABLE = ["utter_account_unavailable", "utter_offer_person"]
EVENING = {"date": "2026-11-24T20:00:00"}


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """The centre's own system, in its own store, with two customers and the units."""
    folder = tmp_path_factory.mktemp("theirs")
    people, _, units = FILE.read_text("utf-8").partition("units:")
    some = people[: people.index("  - name: 演示用户三")] + "units:" + units
    with demo_centre(folder, some) as server:
        yield server


@pytest.fixture
def server(theirs, tmp_path, monkeypatch):
    """The same, well again and without appointments; the actions reach it over HTTP and have a store of their own."""
    theirs.misbehaves(None)
    theirs.asked.clear()
    with theirs.store.database.writing() as connection:
        for table in ("appointments", "appointment_places"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    ours = sqlite_store(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", ours.url)
    monkeypatch.setenv("HOTLINE_SECRET_KEY_FILE", str(tmp_path / "secret.key"))
    for name, value in theirs.settings(answer_seconds=0.5, longest_seconds=2.0).to_environment().items():
        monkeypatch.setenv(name, value)
    forget_made_once()
    with asyncio.Runner() as loop:  # one for all of a call's actions, as in their server
        monkeypatch.setattr(asyncio, "run", loop.run)
        yield theirs
        loop.run(backend_door.close())
    forget_made_once()
    ours.database.close()


@pytest.fixture
def patient(theirs, monkeypatch, server):
    """Time enough for every answer, however busy the machine."""
    monkeypatch.setenv("HOTLINE_BACKEND__ANSWER_SECONDS", "20")
    monkeypatch.setenv("HOTLINE_BACKEND__LONGEST_SECONDS", "40")
    return server


def caller(**slots):
    """A call in the evening, when no agent is there."""
    return Conversation(str(uuid4()), slots=EVENING | slots)


def logs_in(call, intent="account_overview"):
    call.hear(intent)
    types(call, FIRST.account, FIRST.password)
    return call.hear("pin_finished")


def orders(call):
    return asyncio.run(backend_door._work_orders().of_call(call.call_id))


def test_a_call_of_somebody_whose_centre_dies_in_the_middle_ends_in_a_work_order(patient):
    call = caller()
    assert f"余额是{FIRST.balance}元" in "".join(one["text"] for one in logs_in(call))
    patient.misbehaves(CentreServer.dies)
    said = call.hear("loan_query_overview")
    assert names(said) == UNAVAILABLE and not any(char.isdigit() for one in said for char in one["text"])
    assert names(call.hear("affirm"))[0] == "utter_human_off_hours"
    assert names(call.hear("affirm")) == ["collect_number"], "the exchange did not tell a number to ring"
    asyncio.run(backend_door.backend().keep_number(call.call_id, "phone", "13800001234"))
    said = call.hear("number_finished", kind="phone", outcome="complete", last_four="1234")
    [order] = orders(call)
    assert order.kind is WorkOrderKind.CALL_BACK and order.contact == "13800001234"
    assert said[0]["name"] == "utter_call_back_recorded" and order.number in said[0]["text"]


def test_in_working_hours_the_caller_is_given_to_a_person(patient):
    call = caller(date="2026-11-24T10:00:00")
    patient.misbehaves(CentreServer.in_trouble)
    assert names(call.hear("account_balance")) == UNAVAILABLE
    assert names(call.hear("affirm")) == ["utter_human_coming", "hand_off"]


FAULTS = {
    "stalls": CentreServer.stalls,
    "dies": CentreServer.dies,
    "dies halfway": CentreServer.dies_halfway,
    "500": CentreServer.in_trouble,
    "garbage": CentreServer.says("<h1>It works!</h1>"),
    "another customer's whole number": CentreServer.says('{"last_four": "100200300401", "status": "ok"}'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_is_wrong_with_it_no_figure_is_told(server, fault):
    call = caller()
    server.misbehaves(FAULTS[fault])
    assert names(call.hear("account_balance")) == UNAVAILABLE


BUSINESSES = [
    *("account_balance", "loan_query_overdue", "progress_loan", "progress_withdrawal", "change_password"),
    *("appointment_loan", "appointment_repayment", "appointment_withdrawal", "appointment_change", "sms_subscribe"),
    "sms_topics",
]


@pytest.mark.parametrize("business", BUSINESSES)
def test_every_business_of_somebody_logged_in_admits_that_the_system_is_away(patient, business):
    call = caller()
    logs_in(call)
    patient.misbehaves(CentreServer.dies)
    assert names(call.hear(business))[-2:] == UNAVAILABLE
    assert names(call.hear("affirm"))[0] == "utter_human_off_hours"


def test_a_units_too(patient):
    call = caller()
    call.hear("unit_account")
    types(call, "8200000001", "000000", LoginKind.UNIT)
    patient.misbehaves(CentreServer.dies)
    assert names(call.hear("pin_finished")) == UNAVAILABLE


DONE = CentreServer.dies_after_the_deed


def loses_the_answer_to(way):
    """Does what it is asked, and of this way it does not say so."""

    async def fault(server, request, answering):
        return await (DONE(server, request, answering) if request.match_info["way"] == way else answering())

    return fault


RINGS_BACK = ["utter_call_back_recorded", "utter_anything_else"]


def to_confirm(call, business="loan"):
    """A booking up to its last question."""
    call.hear(f"appointment_{business}", f"预约下周二上午去高新区办{'贷款' if business == 'loan' else '提取'}")
    return call.hear("affirm", "可以")


def gives_a_telephone(call, number="13800001234"):
    """On this call, to be rung back."""
    asyncio.run(backend_door.backend().keep_number(call.call_id, "phone", number))


@pytest.fixture
def booked(patient):
    """Somebody logged in, with an appointment."""
    call = caller()
    logs_in(call)
    to_confirm(call)
    number = call.hear("affirm", "对")[0]["number"]
    gives_a_telephone(call)
    return call, number


def there_are(server):
    """What the centre itself knows: half-day and state of each appointment."""
    with server.store.database.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT day, half, state FROM appointments")]


def test_a_booking_that_nobody_confirms_is_neither_promised_nor_denied_and_the_desk_finds_out(patient):
    call = caller()
    logs_in(call)
    to_confirm(call, "withdrawal")
    gives_a_telephone(call)
    patient.misbehaves(CentreServer.dies_after_the_deed)
    said = call.hear("affirm", "对")
    assert names(said) == ["utter_appointment_unclear", *RINGS_BACK]
    assert all(words in said[0]["text"] for words in ("不能确定", "先不要再约一次", "查预约"))
    [order] = orders(call)
    assert order.contact == "13800001234" and order.number in said[1]["text"]
    assert order.category == "appointment_unclear" and "12月1日周二上午，到高新区服务大厅办理提取" in order.text
    patient.misbehaves(None)
    there = call.hear("appointment_change", "查预约")
    assert names(there)[0] == "utter_my_appointment_told", "it was done, and this is how the caller learns it"


def test_a_booking_that_was_not_even_sent_is_not_doubtful(patient):
    call = caller()
    logs_in(call)
    to_confirm(call)
    patient.misbehaves(CentreServer.in_trouble)
    assert names(call.hear("affirm", "对")) == UNAVAILABLE and orders(call) == [] and there_are(patient) == []


def test_without_a_telephone_to_ring_the_order_number_is_told_to_ask_with(patient):
    call = caller()
    logs_in(call)
    to_confirm(call)
    patient.misbehaves(CentreServer.dies)
    said = names(call.hear("affirm", "对"))
    assert said == ["utter_appointment_unclear", "utter_voice_saved", "utter_voice_no_contact", "utter_anything_else"]
    assert orders(call)[0].contact == "" and there_are(patient) == []


@pytest.mark.parametrize(("fault", "day"), [(CentreServer.dies, "2026-12-01"), (DONE, "2026-12-02")])
def test_another_day_that_nobody_confirms(patient, booked, fault, day):
    call, number = booked
    call.hear("appointment_change", "查预约")
    call.hear("affirm", "改时间")
    call.hear("affirm", "下周三上午")
    patient.misbehaves(fault)
    said = call.hear("affirm", "对")
    assert names(said) == ["utter_appointment_unclear", *RINGS_BACK] and "有没有改成" in said[0]["text"]
    assert number in orders(call)[0].text and "12月2日周三上午" in orders(call)[0].text
    assert there_are(patient) == [(day, "morning", "booked")]


@pytest.mark.parametrize(("fault", "state"), [(CentreServer.dies, "booked"), (DONE, "cancelled")])
def test_a_cancelling_that_nobody_confirms(patient, booked, fault, state):
    call, number = booked
    call.hear("appointment_change", "取消预约")
    patient.misbehaves(fault)
    said = call.hear("affirm", "对")
    assert names(said) == ["utter_appointment_unclear", *RINGS_BACK] and "有没有取消" in said[0]["text"]
    assert number in orders(call)[0].text
    assert there_are(patient) == [("2026-12-01", "morning", state)]


def test_a_subscription_that_nobody_confirms_may_be_made_again(patient):
    call = caller()
    logs_in(call)
    gives_a_telephone(call)
    call.hear("sms_subscribe", "开通余额短信")
    patient.misbehaves(CentreServer.dies_after_the_deed)
    said = call.hear("affirm", "对")
    assert names(said) == ["utter_sms_unclear", *RINGS_BACK] and "不会重复订阅" in said[0]["text"]
    assert "开通余额变动短信通知" in orders(call)[0].text
    patient.misbehaves(None)
    call.hear("sms_subscribe", "开通余额短信")
    assert names(call.hear("affirm", "对"))[:2] == ["utter_sms_saved", "utter_sms_sent"]


def test_a_message_that_nobody_confirms_is_asked_for_again_by_whoever_misses_it(patient):
    call = caller()
    logs_in(call)
    patient.misbehaves(loses_the_answer_to("sms/send"))
    said = call.hear("sms_answer", "发到我手机上")
    assert names(said) == ["utter_sms_unclear", "utter_anything_else"] and orders(call) == []


def test_what_cannot_even_be_written_down_for_the_desk_is_admitted(patient):
    call = caller()
    logs_in(call)
    to_confirm(call)
    with backend_door._database().writing() as ours:
        ours.exec_driver_sql("DROP TABLE work_orders")
    patient.misbehaves(CentreServer.dies_after_the_deed)
    said = names(call.hear("affirm", "对"))
    assert said[-1] == "utter_call_back_failed" and "utter_appointment_booked" not in said


def test_the_day_and_branch_of_a_booking_that_cannot_be_looked_up_are_admitted_before_the_login(patient):
    patient.misbehaves(CentreServer.dies)
    assert names(caller().hear("appointment_loan", "预约下周二上午去高新区办贷款")) == UNAVAILABLE


def test_a_booking_whose_answer_was_lost_once_is_told_and_is_one(patient):
    call = caller()
    logs_in(call)
    call.hear("appointment_withdrawal", "预约下周三上午去高新区办提取")
    call.hear("affirm", "可以")
    patient.misbehaves(CentreServer.dies_after_the_deed, times=1)
    said = call.hear("affirm", "对")
    assert names(said)[0] == "utter_appointment_booked"
    mine = [asked.key for asked in patient.asked if asked.way == "appointments/book"]
    assert len(mine) == 2 and mine[0] == mine[1]
