"""What counts as an interruption of a prompt."""

import pytest

from bot.listening.base import Question
from bot.listening.interruption import Prompt, hesitates, interrupts

ASKED = Question(short_words=("停", "对", "不"))


@pytest.mark.parametrize("said", ["人工", "我要提取", "那个贷款", "嗯我要", "等一下", "余额", "额度", "嗯余额"])
def test_two_characters_interrupt(said):
    assert interrupts(said, ASKED)


@pytest.mark.parametrize(
    "said", ["", "嗯", "嗯嗯", "喂喂", "好", "哦好", "啊", "那个", "嗯那个", "我", "呃我", "额", "额额", "嗯额"]
)
def test_fillers_and_single_characters_do_not(said):
    assert not interrupts(said, ASKED)


@pytest.mark.parametrize("said", ["停", "对", "嗯对", "不"])
def test_a_one_character_answer_to_the_question_does(said):
    assert interrupts(said, ASKED)
    assert not interrupts(said, Question()) or len(said) > 2


def test_a_filler_may_be_the_answer_where_the_question_says_so():
    assert interrupts("好", Question(short_words=("好",)))


def test_a_long_voice_interrupts_before_its_words_are_known():
    assert not interrupts("", ASKED, voiced_seconds=0.5)
    assert interrupts("", ASKED, voiced_seconds=0.8)


def test_one_character_that_took_as_long_as_two_was_a_word_of_two():
    assert not interrupts("是", ASKED, voiced_seconds=0.3)
    assert interrupts("是", ASKED, voiced_seconds=0.5)


@pytest.mark.parametrize("filler", ["嗯嗯", "额", "五"])
def test_a_long_filler_does_not(filler):
    assert not interrupts(filler, ASKED, voiced_seconds=0.8)


def test_hesitation_is_heard_at_the_end_only():
    assert hesitates("我要提取那个")
    assert not hesitates("那个我要提取")


def test_our_own_words_are_known_by_their_sound():
    prompt = Prompt("业务指南请按一，人工服务请按零。")
    assert prompt.says("人工服务")
    assert prompt.says("夜无指南")
    assert not prompt.says("我要投诉")
    assert not prompt.says("")
    assert not prompt.says("工服零")
