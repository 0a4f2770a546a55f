"""Conversations through the real actions, Rasa's part played by the one-step rules; the store is a real one."""

import asyncio

import pytest

from actions import backend_door
from actions.repair import Repair
from bot.backend.demo_customers import load_demo, read_customers
from tests.conftest import ROOT
from tests.content.centre import types
from tests.content.conversation import BY_INTENT, names
from tests.support.stores import quick_passwords


@pytest.fixture
def customers(centre, tmp_path):
    """The demo centre's first two customers."""
    text = (ROOT / "content" / "demo" / "customers.yml").read_text("utf-8")
    two = tmp_path / "customers.yml"
    two.write_text(text[: text.index("  - name: 演示用户三")], "utf-8")
    load_demo(centre.database, centre.seal, quick_passwords(), two)
    return read_customers(two)


def test_the_greeting_says_who_we_are_what_is_recorded_and_the_keys(call):
    said = call.hear("call_started", channel="phone")
    assert names(said) == ["utter_greeting", "utter_greeting_keys"]
    assert "业务指南请按1" in said[1]["text"] and "人工服务请按0" in said[1]["text"]


def test_a_question_is_answered_and_more_is_asked(call):
    said = call.hear("rate_first_second")
    assert names(said) == ["utter_policy_rate_first_second", "utter_anything_else"]
    assert "2.6%" in said[0]["text"]


def test_a_broad_question_asks_which_case_instead(call):
    assert names(call.hear("withdraw_cases")) == ["utter_policy_withdraw_cases"]


def test_a_policy_is_not_answered_before_its_time(call):
    call.slots["date"] = "2020-01-01"
    assert names(call.hear("rate_first_second")) == ["utter_policy_none_in_force"]


def test_keys_lead_where_speech_leads(call):
    call.hear("call_started", channel="phone")
    assert "利率请按7" in call.hear("key_pressed", key="1")[0]["text"]
    assert call.hear("key_pressed", key="7")[0]["name"] == "utter_menu_rates_1"
    by_key = call.hear("key_pressed", key="1")
    assert by_key == call.hear("rate_first_second")


def test_lists_page_with_seven_and_eight(call):
    call.slots["place"] = "withdrawal:1"
    assert "提取第2页" in call.hear("key_pressed", key="8")[0]["text"]
    assert "提取第1页" in call.hear("key_pressed", key="7")[0]["text"]


def test_an_unknown_key_is_answered_with_the_keys_there_are(call):
    said = call.hear("key_pressed", key="6")
    assert names(said) == ["utter_menu_unknown_key", "utter_menu_main"]


def test_star_goes_one_level_up_and_hash_to_the_main_menu(call):
    call.slots["place"] = "loan:2"
    assert names(call.hear("key_pressed", key="*")) == ["utter_menu_guide"]
    assert names(call.hear("key_pressed", key="*")) == ["utter_menu_main"]
    call.slots["place"] = "query"
    assert names(call.hear("key_pressed", key="#")) == ["utter_menu_main"]
    assert call.slots["pending"] is None


def test_a_branch_from_the_list_is_told_and_its_hours_follow(call):
    call.slots["place"] = "branches:1"
    said = call.hear("key_pressed", key="4")
    assert said[0]["text"].startswith("西山管理部在西山区建设路66号")
    assert "西山管理部11月28日周六不办公" in call.hear("opening_hours", "那里周六开门吗")[0]["text"]


def test_the_nearest_branch_is_found_after_the_district_was_asked(call):
    assert names(call.hear("branch_nearest", "最近的网点在哪")) == ["utter_branch_ask_district"]
    assert "高新区服务大厅" in call.hear("branch_at", "我在高新区")[0]["text"]


def test_balance_comes_after_number_and_password(call, customers):
    said = call.hear("account_balance")
    assert names(said) == ["utter_login_needed", "collect_number"]
    assert said[1]["kind"] == "login" and said[1]["pin_follows"] is True
    assert names(call.hear("number_finished", kind="login", outcome="complete", last_four="1737")) == ["collect_pin"]
    types(call, customers[0].account, customers[0].password)
    said = call.hear("pin_finished")
    assert said[0]["text"] == f"您尾号{customers[0].account[-4:]}的公积金账户，余额是{customers[0].balance:.2f}元。"
    assert names(said)[1] == "utter_anything_else"
    assert "其中单位缴" in call.hear("account_monthly")[0]["text"]


def test_a_claimed_password_gains_nothing(call, customers):
    assert names(call.hear("pin_finished"))[0] == "utter_login_not_done"
    call.hear("account_balance")
    asyncio.run(backend_door.backend().begin_login(call.call_id, customers[0].account))
    assert names(call.hear("pin_finished"))[0] == "utter_login_not_done"
    assert names(call.hear("account_balance")) == ["utter_login_needed", "collect_number"]


def test_the_identity_is_this_calls_alone(call, customers):
    types(call, customers[0].account, customers[0].password)
    assert names(call.hear("account_balance"))[0] == "utter_account_balance"
    call.call_id = "call-2"
    assert names(call.hear("account_balance"))[0] == "utter_login_needed"


def test_a_wrong_password_may_be_tried_again_until_the_account_is_locked(call, customers):
    call.hear("account_balance")
    types(call, customers[0].account, "000000")
    said = call.hear("pin_finished")
    assert names(said) == ["utter_login_wrong", "collect_number"] and said[0]["left"] == 2
    types(call, customers[0].account, "000000")
    types(call, customers[0].account, "000000")
    said = call.hear("pin_finished")
    assert names(said) == ["utter_login_locked", "utter_offer_person"]
    assert names(call.hear("affirm")) == ["utter_human_coming", "hand_off"]


def test_no_password_and_no_number_have_a_next_step(call, customers):
    call.hear("account_balance")
    types(call, customers[0].account, "12")
    assert names(call.hear("pin_finished")) == ["utter_login_no_password", "utter_offer_person"]
    assert names(call.hear("number_finished", kind="login", outcome="gave_up"))[0] == "utter_login_no_number"
    assert names(call.hear("number_finished", kind="login", outcome="wants_person"))[-1] == "hand_off"
    assert names(call.hear("number_finished", kind="login", outcome="back")) == ["utter_menu_main"]


def test_a_dead_business_system_is_admitted(call, monkeypatch):
    monkeypatch.setenv("HOTLINE_DATABASE_URL", "sqlite:////nowhere/at/all.db")
    monkeypatch.setenv("HOTLINE_SECRET_KEY_FILE", "/nowhere/secret.key")
    backend_door.centre.cache_clear()
    monkeypatch.delenv("HOTLINE_DATABASE_URL")
    assert names(call.hear("account_balance")) == ["utter_account_unavailable", "utter_offer_person"]


def test_a_person_is_called_with_what_was_asked(call):
    call.hear("rate_first_second")
    said = call.hear("human_agent")
    assert names(said) == ["utter_human_coming", "hand_off"]
    assert said[1]["reason"] == "asked" and said[1]["summary"] == "首套和二套的贷款利率、转人工服务"


def test_off_hours_the_caller_hears_the_hours_and_may_be_called_back(call, customers):
    call.slots["date"] = "2026-11-24T22:00:00"
    said = call.hear("human_agent")
    assert names(said) == ["utter_human_off_hours"] and said[0]["hours"].startswith("周一到周五")
    assert names(call.hear("affirm")) == ["collect_number"]  # without a number nobody could ring back
    asyncio.run(backend_door.backend().keep_number(call.call_id, "phone", "13800001234"))
    recorded = call.hear("number_finished", kind="phone", outcome="complete", last_four="1234")
    assert names(recorded) == ["utter_call_back_recorded", "utter_anything_else"]


def test_an_offer_of_a_person_takes_no_for_an_answer(call, centre):
    assert names(call.hear("no_keypad")) == ["utter_no_keypad", "utter_offer_person"]
    assert names(call.hear("deny")) == ["utter_anything_else"]
    assert names(call.hear("deny")) == ["utter_goodbye", "hang_up"]


def test_a_yes_counts_only_for_what_was_offered_just_before(call):
    call.hear("no_keypad")
    call.hear("rate_first_second")
    assert names(call.hear("affirm")) == ["utter_open_question"]


def test_a_yes_after_a_silence_still_counts(call):
    call.hear("no_keypad")
    assert names(call.hear("no_input", count=1)) == ["utter_no_input_yes_no"]
    assert names(call.hear("affirm"))[-1] == "hand_off"


def ranking(*readings):
    return [{"name": name, "confidence": likely} for name, likely in readings]


def test_what_was_not_understood_is_guessed_then_rephrased_then_given_to_a_person(call):
    said = call.hear("nlu_fallback", "嗯提那个", ranking(("withdraw_rent", 0.3), ("withdraw_retire", 0.1)))
    assert names(said) == ["utter_repair_guess"] and said[0]["guess"] == "租房提取"
    assert names(call.hear("nlu_fallback", "嗯提那个", ranking(("withdraw_rent", 0.3)))) == ["utter_repair_keys"]
    assert names(call.hear("nlu_fallback", "嗯")) == ["utter_repair_person", "hand_off"]


def test_a_confirmed_guess_is_answered(call):
    call.hear("nlu_fallback", "租那个", ranking(("withdraw_rent", 0.3)))
    assert names(call.hear("affirm"))[0] == "utter_policy_withdraw_rent"


def test_a_denied_guess_asks_for_other_words(call):
    call.hear("nlu_fallback", "租那个", ranking(("withdraw_rent", 0.3)))
    assert names(call.hear("deny")) == ["utter_repair_rephrase"]


def test_two_near_readings_are_both_offered(call):
    said = call.hear(
        "nlu_fallback", "商贷", ranking(("loan_conversion", 0.3), ("withdraw_bank_loan", 0.25), ("greet", 0.2))
    )
    assert names(said) == ["utter_repair_which"]
    assert (said[0]["first"], said[0]["second"]) == ("商业贷款转公积金贷款", "还商业房贷提取")


def test_silence_climbs_a_ladder_to_a_person(call):
    call.hear("call_started", channel="phone")
    assert names(call.hear("no_input", count=1)) == ["utter_no_input_open"]
    assert names(call.hear("no_input", count=2)) == ["utter_no_input_examples"]
    said = call.hear("no_input", count=3)
    assert names(said) == ["utter_no_input_person", "hand_off"] and said[1]["reason"] == "no_input"


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        ("key_pressed", "menu"),
        ("branch_nearest", "branch"),
        ("appointment_loan", "yes_no"),
        ("rate_deposit", "anything_else"),
    ],
)
def test_each_question_is_asked_again_in_its_own_words(call, asked, question):
    call.hear("call_started", channel="phone")
    call.hear(asked, key="1")
    assert names(call.hear("no_match", count=1)) == [f"utter_no_match_{question}"]
    assert names(call.hear("no_input", count=1)) == [f"utter_no_input_{question}"]


def test_mumbling_climbs_its_own_ladder(call):
    assert names(call.hear("no_match", count=1)) == ["utter_no_match_open"]
    assert names(call.hear("no_match", count=2)) == ["utter_no_match_examples"]
    assert call.hear("no_match", count=3)[1]["reason"] == "no_match"


def test_silence_after_an_answer_ends_in_the_survey_and_a_goodbye(call, centre):
    call.hear("rate_first_second")
    call.hear("no_input", count=1)
    assert names(call.hear("no_input", count=2))[0] == "utter_satisfaction_ask"
    assert names(call.hear("no_input", count=3)) == ["utter_goodbye", "hang_up"]


def test_the_last_turn_is_repeated_word_for_word(call):
    first = call.hear("rate_deposit")
    again = call.hear("repeat")
    assert [one["name"] for one in again] == [one["name"] for one in first]
    assert again[0]["text"] == first[0]["text"]


def test_a_follow_up_without_anything_before_it_asks_for_other_words_and_is_as_if_unsaid(call, monkeypatch):
    monkeypatch.setitem(BY_INTENT, "how_long", Repair)
    assert names(call.hear("how_long", "那要多久")) == ["utter_repair_rephrase"]
    assert call.events[-1]["event"] == "rewind"
    assert names(call.hear("how_long", "那要多久")) == ["utter_repair_rephrase"]
