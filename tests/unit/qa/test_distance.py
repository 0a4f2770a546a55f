"""Errors in characters, counted on what is heard and not on how it is written."""

import pytest

from bot.qa.distance import comparable, digit_string, errors, errors_within


@pytest.mark.parametrize(
    ("heard", "said", "wrong"),
    [
        ("公积金", "公积金", 0),
        ("公鸡金", "公积金", 1),
        ("积金", "公积金", 1),
        ("公积金了", "公积金", 1),
        ("", "公积金", 3),
        ("好", "", 1),
    ],
)
def test_changed_missing_and_added_characters_count_one_each(heard, said, wrong):
    assert errors(heard, said) == wrong


def test_figures_marks_and_two_ways_to_say_one_are_no_errors():
    assert comparable("利率是2.6%，对吗？") == comparable("利率是百分之二点六对吗")
    assert comparable("幺三八") == comparable("一三八")


def test_a_piece_of_a_text_may_differ_a_little():
    assert errors_within("请问您要办什么业务", "您要办什么") == 0
    assert errors_within("请问您要办什么业务", "您想办什么") == 1
    assert errors_within("", "您好") == 2


def test_only_a_dictated_number_is_a_digit_string():
    assert digit_string("我的电话是幺三八零零零零零零零一") == "13800000001"
    assert digit_string("我想查一下第二套房") == ""
