"""Text messages through the real actions and a real store: what is sent, and to whom."""

import asyncio
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from actions import backend_door
from actions.policies import all_policies
from bot.backend.sms import Topic
from bot.store.calls import keep_line
from bot.store.sms import sms_outbox
from bot.store.working_days import BEIJING
from tests.content.conversation import Conversation, names
from tests.content.test_appointments import begins, customers, says, yes

__all__ = ["customers"]  # the fixture


def calls_from(phone, call_id="call-1"):
    """The exchange told this number."""
    sealed = backend_door._seal().seal(phone).decode()
    line = {"what": "started", "call_id": call_id, "channel": "phone", "sealed_caller": sealed, "called": "12329"}
    line |= {"caller_last_four": phone[-4:], "at": datetime(2026, 11, 24, 10, tzinfo=BEIJING).isoformat()}
    with backend_door._database().writing() as connection:
        keep_line(connection, line)


def outbox():
    """All messages: the telephone and the text."""
    seal = backend_door._seal()
    with backend_door._database().reading() as connection:
        rows = connection.execute(sa.select(sms_outbox)).all()
    return [(seal.open(row.sealed_phone), seal.open(row.sealed_text)) for row in rows]


def topics():
    return asyncio.run(backend_door.messages().topics("call-1"))


def test_after_a_policy_with_a_list_the_list_is_offered_and_sent_to_the_telephone_that_calls(customers):
    call = begins(None)
    calls_from("13800005555")
    assert names(says(call, "贷款要带什么", "loan_materials"))[1] == "utter_sms_offer"
    assert names(yes(call)) == ["utter_sms_sent", "utter_anything_else"]
    [(phone, text)] = outbox()
    assert phone == "13800005555" and "购房合同" in text


def with_a_list():
    return [policy for policy in all_policies().values() if policy.has_list]


def test_there_are_lists_for_whoever_withdraws_borrows_repays_or_moves():
    assert len(with_a_list()) >= 25
    assert {policy.category for policy in with_a_list()} >= {"withdrawal", "loan", "repayment", "transfer"}


@pytest.mark.parametrize("policy", with_a_list(), ids=lambda policy: policy.name)
def test_the_list_of_every_answer_that_has_one_can_be_had_in_a_message(centre, policy):
    call = Conversation(slots={"date": "2026-11-24T10:00:00"})
    calls_from("13800005555")
    heard = names(says(call, policy.question, policy.name))
    assert heard == [f"utter_policy_{policy.name}", *([] if policy.asks else ["utter_sms_offer"])]
    assert names(says(call, "把材料发短信给我", "sms_answer")) == ["utter_sms_sent", "utter_anything_else"]
    assert outbox() == [("13800005555", policy.written(date(2026, 11, 24)))]


def test_any_other_answer_is_sent_in_its_short_form_on_request(customers):
    call = begins(None)
    calls_from("13800005555")
    says(call, "利率多少", "rate_first_second")
    assert names(says(call, "发到我手机上", "sms_answer"))[0] == "utter_sms_sent"
    assert "2.6%" in outbox()[0][1]


def test_figures_go_to_the_registered_telephone_whoever_calls(customers):
    call = begins(customers[0])
    calls_from("13800005555")
    says(call, "查余额", "account_balance")
    said = says(call, "别念出来，发我手机上", "sms_answer")
    assert said[0]["last_four"] == customers[0].phone[-4:]
    [(phone, text)] = outbox()
    assert phone == customers[0].phone and "12071.20" in text


def test_without_an_answer_or_a_telephone_it_is_said_so(customers):
    call = begins(None)
    assert names(says(call, "发到我手机上", "sms_answer")) == ["utter_sms_nothing"]
    says(call, "利率多少", "rate_first_second")
    assert names(says(call, "发到我手机上", "sms_answer"))[0] == "utter_sms_no_phone"
    assert outbox() == []


def test_one_number_gets_five_a_day(customers):
    call = begins(None)
    calls_from("13800005555")
    for _ in range(5):
        says(call, "利率多少", "rate_first_second")
        assert names(says(call, "发到我手机上", "sms_answer"))[0] == "utter_sms_sent"
    says(call, "利率多少", "rate_first_second")
    assert names(says(call, "发到我手机上", "sms_answer"))[0] == "utter_sms_too_many"
    assert len(outbox()) == 5


def test_in_the_middle_of_a_form_it_is_sent_and_the_question_comes_back(customers):
    call = begins(customers[0])
    calls_from("13800005555")
    says(call, "贷款预约", "appointment_loan")
    assert "utter_sms_offer" not in names(says(call, "贷款要带什么材料", "loan_materials"))
    said = names(says(call, "发到我手机上", "sms_answer"))
    assert said == ["utter_sms_sent", "utter_form_back", "utter_appointment_branch", "utter_appointment_branch_keys"]
    assert len(outbox()) == 1


def test_a_subscription_begins_by_speech_with_a_first_message(customers):
    call = begins(customers[0])
    assert names(says(call, "开通余额短信", "sms_subscribe"))[0] == "utter_sms_confirm"
    assert topics() == set()
    assert names(yes(call)) == ["utter_sms_saved", "utter_sms_sent", "utter_anything_else"]
    assert topics() == {Topic.BALANCE}
    assert outbox() == [(customers[0].phone, "您已开通余额变动短信通知。")]


def test_it_ends_by_keys_alone(customers):
    call = begins(customers[0])
    for topic in Topic:
        asyncio.run(backend_door.messages().subscribe("call-1", topic, on=True))
    assert names(call.hear("sms_subscribe"))[0] == "utter_sms_wish"
    assert names(call.hear("key_pressed", key="2"))[0] == "utter_sms_topic"
    assert names(call.hear("key_pressed", key="3"))[0] == "utter_sms_confirm"
    assert names(call.hear("key_pressed", key="1"))[0] == "utter_sms_saved"
    assert topics() == {Topic.BALANCE, Topic.REPAYMENT} and outbox() == []


def test_whoever_asks_hears_which_messages_are_on(customers):
    call = begins(customers[0])
    said = says(call, "我开通了哪些短信", "sms_topics")
    assert names(said) == ["utter_sms_topics_none", "utter_anything_else"]
    for topic in (Topic.POLICY, Topic.BALANCE):
        asyncio.run(backend_door.messages().subscribe("call-1", topic, on=True))
    said = says(call, "我开通了哪些短信", "sms_topics")
    assert names(said)[0] == "utter_sms_topics" and "余额变动、政策通知短信" in said[0]["text"]


def test_which_messages_are_on_is_told_after_a_login_only(customers):
    call = begins(None)
    assert names(says(call, "我开通了哪些短信", "sms_topics")) == ["utter_login_needed", "collect_number"]
    asyncio.run(backend_door.backend().begin_login("call-1", customers[0].account))
    asyncio.run(backend_door.backend().verify_password("call-1", customers[0].password))
    assert names(call.hear("pin_finished"))[0] == "utter_sms_topics_none"


def test_a_login_in_between_keeps_what_was_said(customers):
    call = begins(None)
    assert names(says(call, "取消还款短信", "sms_cancel")) == ["utter_login_needed", "collect_number"]
    asyncio.run(backend_door.backend().begin_login("call-1", customers[0].account))
    asyncio.run(backend_door.backend().verify_password("call-1", customers[0].password))
    assert names(call.hear("pin_finished"))[0] == "utter_sms_confirm"


@pytest.mark.parametrize("words", ["不要了", "取消"])
def test_giving_up_words_answer_the_first_question(customers, words):
    call = begins(customers[0])
    call.hear("sms_subscribe")
    assert names(says(call, words))[0] == "utter_sms_topic"
