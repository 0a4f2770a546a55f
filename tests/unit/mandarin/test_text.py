"""Sentences, spaces, and numbers that may not stand in a log."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.mandarin import masked, sentences, spaceless, spoken

CHINESE = st.text(alphabet="您的余额是元，。！？；、：1234567890,.:-\n（）", max_size=200)


def test_text_is_cut_after_its_sentences():
    assert sentences("您好，欢迎致电。余额是12,345.60元，对吗？按*键返回；再见\n第二行") == [
        "您好，欢迎致电。",
        "余额是12,345.60元，对吗？",
        "按*键返回；",
        "再见",
        "第二行",
    ]


def test_a_long_sentence_is_cut_at_its_commas():
    text = "贷款利率五年以下含五年的是2.1%，五年以上的是2.6%，第二套住房不低于同期首套利率的1.1倍，余额12,345.60元。"
    pieces = sentences(text)
    assert "".join(pieces) == text
    assert 1 < len(pieces) <= 3
    assert all(piece.endswith(("，", "。")) for piece in pieces)


@given(CHINESE)
def test_no_word_is_lost_and_no_number_is_cut(text):
    pieces = sentences(text)
    assert re.findall(r"\w", "".join(pieces)) == re.findall(r"\w", text)
    numbers = re.findall(r"\d[\d,.:]*\d|\d", text)
    assert [n for piece in pieces for n in re.findall(r"\d[\d,.:]*\d|\d", piece)] == numbers
    assert all(re.search(r"\w", piece) for piece in pieces)


def test_the_spaces_of_the_recogniser_go_and_those_between_latin_words_stay():
    assert spaceless(" 公积金 怎么 提取 ") == "公积金怎么提取"
    assert spaceless("用 wifi app 查") == "用wifi app查"


def test_identity_numbers_accounts_and_telephones_keep_their_last_four():
    assert masked("我的号码是13800001234。") == "我的号码是*******1234。"
    assert masked("41099919900101123X") == "**************123X"
    assert masked("0370-12345678") == "********5678"
    assert masked("138 0000 1234") == "*******1234"
    assert masked("幺三八 零零零零 幺二三四") == "*******幺二三四"
    assert masked("一三八，三个零，零一二三四") == "******一二三四"


def test_short_numbers_dates_order_numbers_and_amounts_stay():
    for text in ("尾号1234", "12329", "2026-12-03", "工单号2611-2410-0015", "12,345.60元", "一万二千三百四十五元"):
        assert masked(text) == text


@given(st.text(alphabet="0123456789", min_size=7, max_size=20), st.sampled_from(["", "我的账号是", "尾号 "]))
def test_no_long_number_survives_masking_written_or_spoken(digits, before):
    written = masked(before + digits)
    assert written.endswith("*" + digits[-4:]) and len(re.findall(r"\d", written)) == 4
    said = spoken("尾号" + digits)[2:]
    assert masked(said) == "*" * (len(digits) - 4) + said[-4:]
