"""How alike words sound to a recogniser."""

import pytest

from bot.mandarin.sounds import syllables, unlike, unlikeness


def test_one_syllable_a_character_and_signs_stand_for_themselves():
    assert syllables("银行贷款X1") == ("yin", "hang", "dai", "kuan", "X", "1")
    assert syllables("") == ()


@pytest.mark.parametrize(
    ("one", "other"), [("lan", "nan"), ("shi", "si"), ("yin", "ying"), ("fei", "hei"), ("zhen", "zen")]
)
def test_accents_are_near(one, other):
    assert 0 < unlike(one, other) < 0.3
    assert unlike(one, other) == unlike(other, one)


def test_tones_do_not_count_and_another_syllable_is_another():
    assert unlikeness("提取", "体区") == 0
    assert unlike("kuan", "dai") == 1
    assert unlikeness("余额", "贷款") > 0.6


def test_a_missing_syllable_costs_as_much_as_another_one():
    assert unlikeness("公积金", "公积") == pytest.approx(1 / 3)
    assert unlikeness("公积金", "") == 1
    assert unlikeness("", "") == 0
