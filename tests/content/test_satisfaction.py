"""满意度: asked once, before the goodbye or after an agent's part, of callers who were served; silence is no grade."""

import asyncio

import pytest

from actions import backend_door
from actions.satisfaction import grade_in
from bot.store.ratings import Grade, rating_of
from tests.content.conversation import names

ASKED = ["utter_satisfaction_ask", "utter_satisfaction_ask_keys"]
PARTED = ["utter_goodbye", "hang_up"]


@pytest.fixture
def served(call, centre):
    """Somebody who asked about the rate."""
    call.hear("call_started", channel="phone")
    call.hear("rate_first_second")
    return call


def kept(call):
    return asyncio.run(rating_of(backend_door._database(), call.call_id))


@pytest.mark.parametrize(
    ("words", "grade", "then"),
    [
        ("满意", Grade.SATISFIED, "utter_satisfaction_thanks"),
        ("非常满意", Grade.SATISFIED, "utter_satisfaction_thanks"),
        ("基本满意吧", Grade.FAIR, "utter_satisfaction_thanks"),
        ("一般般", Grade.FAIR, "utter_satisfaction_thanks"),
        ("不满意", Grade.DISSATISFIED, "utter_satisfaction_sorry"),
        ("不太满意", Grade.DISSATISFIED, "utter_satisfaction_sorry"),
    ],
)
def test_the_caller_is_asked_before_the_goodbye_and_the_grade_is_kept(served, words, grade, then):
    assert names(served.hear("goodbye", "没有了谢谢")) == ASKED
    assert names(served.hear("out_of_scope", words)) == [then, *PARTED]
    assert kept(served) == (True, grade)


@pytest.mark.parametrize(("key", "grade"), list(zip("123", Grade, strict=True)))
def test_keys_grade_too(served, key, grade):
    said = served.hear("goodbye", "没有了")
    assert said[1]["text"] == "满意请按1，基本满意请按2，不满意请按3。"
    assert names(served.hear("key_pressed", key=key))[-2:] == PARTED
    assert kept(served) == (True, grade)


def test_silence_gives_no_grade_and_then_comes_the_goodbye(served):
    served.hear("goodbye", "没有了")
    assert names(served.hear("no_input", count=1)) == PARTED
    assert kept(served) == (True, None)


@pytest.mark.parametrize(("intent", "words"), [("goodbye", "再见"), ("deny", "不用了"), ("thanks", "谢谢")])
def test_whoever_does_not_want_to_grade_is_let_go(served, intent, words):
    served.hear("goodbye", "没有了")
    assert names(served.hear(intent, words)) == PARTED
    assert kept(served) == (True, None)


def test_what_was_not_understood_is_asked_once_more(served):
    served.hear("goodbye", "没有了")
    assert names(served.hear("no_match", count=1)) == ["utter_form_no_match_1", *ASKED]
    assert names(served.hear("no_match", count=2)) == PARTED
    assert kept(served) == (True, None)


def test_another_question_comes_first_and_nobody_is_asked_twice(served):
    served.hear("goodbye", "没有了")
    said = served.hear("rate_deposit", "等一下存款利率是多少")
    assert names(said) == ["utter_policy_rate_deposit", "utter_anything_else"]
    assert names(served.hear("goodbye", "没有了")) == PARTED


def test_a_person_and_the_menu_are_one_key_away(served):
    served.hear("goodbye", "没有了")
    assert names(served.hear("key_pressed", key="0"))[-1] == "hand_off"
    assert not served.form


def test_a_caller_who_wanted_nothing_is_not_asked(call, centre):
    call.hear("call_started", channel="phone")
    call.hear("greet", "你好")
    assert names(call.hear("goodbye", "再见")) == PARTED
    assert kept(call) == (False, None)


def test_an_agents_part_is_rated_when_the_caller_comes_back_and_then_no_more(call, centre):
    call.hear("human_agent", "转人工")
    assert names(call.hear("agent_finished", outcome="returned")) == ASKED
    said = call.hear("out_of_scope", "基本满意")
    assert names(said) == ["utter_satisfaction_thanks", "utter_anything_else"]
    assert kept(call) == (True, Grade.FAIR)
    assert names(call.hear("goodbye", "没有了")) == PARTED


def test_where_no_agent_was_reached_there_is_nothing_to_rate(call, centre):
    call.hear("human_agent", "转人工")
    assert names(call.hear("agent_finished", outcome="nobody")) == ["utter_anything_else"]
    assert kept(call) == (False, None)


def test_a_store_that_is_away_costs_the_survey_but_not_the_goodbye(call, monkeypatch):
    monkeypatch.setattr(backend_door, "_database", backend_door._database.__wrapped__)
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)
    call.hear("rate_first_second")
    assert names(call.hear("goodbye", "没有了")) == PARTED


@pytest.mark.parametrize(
    ("words", "grade"),
    [
        ("挺好的", Grade.SATISFIED),
        ("没什么不满意的挺好", Grade.SATISFIED),
        ("还可以吧", Grade.FAIR),
        ("差不多", Grade.FAIR),
        ("不怎么样", Grade.DISSATISFIED),
        ("太差了", Grade.DISSATISFIED),
        ("问题没解决", Grade.DISSATISFIED),
        ("好的", None),
        ("嗯", None),
    ],
)
def test_grades_as_callers_say_them(words, grade):
    assert grade_in(words) is grade
