"""Digits, numbers, amounts and days in what callers say."""

from datetime import date
from decimal import Decimal

import pytest

from bot.mandarin import amount_in, date_in, digits_in, half_in, number_in

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("一三八零零零", "138000"),
        ("幺三八 三个零 零一二三四", "13800001234"),
        ("我的账号是 四一零 两个八 拐 洞 勾", "41088709"),
        ("十二 三十四", "1234"),
        ("四五十六", "456"),
        ("一百零五", "105"),
        ("四 一 零 大写的艾克斯", "410X"),
        ("尾号是幺二三叉", "123X"),
        ("一二x", "12X"),
        ("等一下 一二三", "123"),
        ("我有一个账号第一 一二三", "123"),
        ("一个八", "8"),
        ("〇37〇", "0370"),
        ("没有", ""),
    ],
)
def test_dictated_digits(said, digits):
    assert digits_in(said) == digits


@pytest.mark.parametrize(
    ("said", "yuan"),
    [
        ("一万二千三", "12300"),
        ("五万", "50000"),
        ("两万五", "25000"),
        ("三千块", "3000"),
        ("12万", "120000"),
        ("1.1万", "11000"),
        ("三点五万", "35000"),
        ("三个亿", "300000000"),
        ("我想还三万左右", "30000"),
        ("我要提取 五 万 块钱", "50000"),
        ("三块五毛", "3.5"),
        ("三块五", "3.5"),
        ("三块五毛六", "3.56"),
        ("一百元零五分", "100.05"),
        ("五角六分", "0.56"),
        ("12,345.60元", "12345.60"),
        ("还五万期限三年", "50000"),
        ("二零二六年十二月还两千五百", "2500"),
    ],
)
def test_amounts(said, yuan):
    assert amount_in(said) == Decimal(yuan)


@pytest.mark.parametrize(
    "said", ["三万不对五万", "五十来万", "三万多", "三十分钟", "三年", "百分之五", "没有", "千万别"]
)
def test_what_is_no_single_amount_has_to_be_asked_again(said):
    assert amount_in(said) is None


@pytest.mark.parametrize(
    ("said", "number"), [("第三个", "3"), ("二十年", "20"), ("三点五", "3.5"), ("一下两个", "2"), ("没有", None)]
)
def test_numbers(said, number):
    assert number_in(said) == (Decimal(number) if number else None)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("今天", "2026-11-24"),
        ("大后天上午", "2026-11-27"),
        ("周二", "2026-11-24"),
        ("周一", "2026-11-30"),
        ("下周二上午", "2026-12-01"),
        ("下 下 周 五", "2026-12-11"),
        ("礼拜天", "2026-11-29"),
        ("十二月三号", "2026-12-03"),
        ("12月3日", "2026-12-03"),
        ("一月五号", "2027-01-05"),
        ("明年一月五号", "2027-01-05"),
        ("十五号", "2026-12-15"),
        ("三十号", "2026-11-30"),
        ("这个月底", "2026-11-30"),
        ("下个月底", "2026-12-31"),
        ("下个月十号", "2026-12-10"),
        ("三天后", "2026-11-27"),
        ("两周以后", "2026-12-08"),
        ("2026-12-03", "2026-12-03"),
    ],
)
def test_days(said, day):
    assert date_in(said, TUESDAY) == date.fromisoformat(day)


@pytest.mark.parametrize("said", ["二月三十号", "明年二月二十九号", "三十九号", "哪天都行"])
def test_a_day_that_does_not_exist_is_none(said):
    assert date_in(said, TUESDAY) is None


@pytest.mark.parametrize(
    ("said", "half"),
    [
        ("下周二上午", "morning"),
        ("明天早上吧", "morning"),
        ("后天下午三点", "afternoon"),
        ("十点半", "morning"),
        ("三点钟过去", "afternoon"),
        ("上午下午都行", None),
        ("十二月三号", None),
        ("早一点儿的", None),
        ("快一点", None),
    ],
)
def test_half_of_the_day(said, half):
    assert half_in(said) == half
