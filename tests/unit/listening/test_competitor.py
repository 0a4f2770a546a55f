"""Which of two readings of a turn is believed: the grammar's, or the open one."""

import pytest

from bot.listening.base import Recognition
from bot.listening.competitor import better


def chosen(by_grammar: str, openly: str, confidence: float = 0.9) -> str:
    return better(Recognition(by_grammar, (), 0.9), Recognition(openly, (), confidence)).text


@pytest.mark.parametrize(("by_grammar", "openly"), [("一遍", "慢一点"), ("三", "什么账号"), ("", "我没有账号")])
def test_speech_that_no_phrase_of_the_grammar_sounds_like_is_heard_openly(by_grammar, openly):
    assert chosen(by_grammar, openly) == openly


@pytest.mark.parametrize(
    ("by_grammar", "openly"),
    [
        ("三九八二", "三九八二"),
        ("人工", "人工"),
        ("四三零幺", "是三零要"),  # the same sounds, written as other words
        ("三二八六零幺", "三八六十一号"),  # a number to both: the grammar knows numbers better
        ("人工", ""),
    ],
)
def test_an_answer_of_the_grammar_stays(by_grammar, openly):
    assert chosen(by_grammar, openly) == by_grammar


def test_a_guess_of_open_decoding_does_not_displace_the_grammar():
    assert chosen("转人工", "旧房", 0.2) == "转人工"


def test_nothing_heard_stays_nothing():
    assert chosen("", "") == ""
