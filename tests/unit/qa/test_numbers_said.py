"""Long numbers are taken out of drafts, wherever and however they are said."""

import pytest

from bot.events import Word
from bot.qa.recorded.numbers_said import (
    MARK,
    Draft,
    hidden,
    hide_numbers,
    holds_some_digits,
    speaks_of_a_person,
    without_marks,
)


def draft(*words: str) -> Draft:
    """Each word half a second long, one after the other, from the second second on."""
    spoken = [Word(word, 2 + at / 2, 2.5 + at / 2, 1.0) for at, word in enumerate(words)]
    return Draft("".join(words), spoken, 2.5 + len(words) / 2)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("我的账号是八一零零七一零八一七三七", f"我的账号是{MARK}"),
        ("电话幺三八零零零零零零零幺你记一下", f"电话{MARK}你记一下"),
        ("密码是286913", f"密码是{MARK}"),
        ("幺三八嗯零零幺二", MARK),
        ("九九九九九九一九九零零一零一零零一叉", MARK),
        ("七个零一", "七个零一"),
        ("二零二六年一月二十四号", "二零二六年一月二十四号"),
        ("余额是一万二千三百四十五块六", "余额是一万二千三百四十五块六"),
        ("我想查一下余额", "我想查一下余额"),
    ],
)
def test_six_digits_are_a_number_and_a_date_or_an_amount_is_none(said: str, written: str):
    assert hidden(said) == written


def test_where_it_is_said_comes_from_the_recognisers_words_with_a_little_around_it():
    turn = draft("我的", "账号", "是", "八一零", "零七一零", "谢谢")
    hide_numbers([turn])
    assert turn.text == f"我的账号是{MARK}谢谢"
    assert turn.numbers == [(pytest.approx(3.35), pytest.approx(4.65))]


def test_a_number_told_in_pieces_turn_by_turn_is_a_number():
    turns = [draft("我", "说", "一下"), draft("幺三八"), draft("零零", "幺"), draft("对", "的")]
    hide_numbers(turns)
    assert [turn.text for turn in turns] == ["我说一下", MARK, MARK, "对的"]
    assert [bool(turn.numbers) for turn in turns] == [False, True, True, False]


def test_counts_in_neighbouring_turns_are_none():
    turns = [draft("二十"), draft("我要", "一个", "月"), draft("三", "年")]
    hide_numbers(turns)
    assert [turn.text for turn in turns] == ["二十", "我要一个月", "三年"]


def test_without_the_times_of_words_all_of_the_recording_is_suspect():
    turn = Draft("一二三四五六", (), 3.0)
    hide_numbers([turn])
    assert turn.numbers == [(0.0, 3.0)]


def test_what_is_left_to_hear_has_no_marks():
    assert without_marks(f"我的账号是{MARK}") == "我的账号是" and without_marks(MARK) == ""


def test_a_few_digits_may_be_what_was_understood_of_a_number():
    assert holds_some_digits("我的账号是八一零") and not holds_some_digits("一千二百三十四块")


def test_names_cannot_be_found_but_where_they_may_come_is_told():
    assert speaks_of_a_person("我叫张三") and not speaks_of_a_person("公积金怎么提取")
