"""Amounts, dates, times and numbers as an agent says them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mandarin import amount_in, date_in, digits_in, number_in, spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("您的余额是12,345.60元。", "您的余额是一万二千三百四十五元六角。"),
        ("0元", "零元"),
        ("0.00元", "零元"),
        ("2元", "两元"),
        ("2,000.00元", "两千元"),
        ("0.05元", "五分"),
        ("100.05元", "一百元零五分"),
        ("12345.67元", "一万二千三百四十五元六角七分"),
        ("-20.5元", "负二十元五角"),
        ("最低5万元", "最低五万元"),
        ("1.5万-2万元", "一点五万到两万元"),
        ("¥12.5", "十二元五角"),
        ("2.6%", "百分之二点六"),
        ("2.60%", "百分之二点六零"),
        ("≥2.525%", "不低于百分之二点五二五"),
        ("5%-12%", "百分之五到百分之十二"),
        ("5％至12％", "百分之五到百分之十二"),
        ("0.25个百分点", "零点二五个百分点"),
        ("2026-12-03", "二零二六年十二月三日"),
        ("2026年12月3日", "二零二六年十二月三日"),
        ("2026-11", "二零二六年十一月"),
        ("2011年", "二零一一年"),
        ("2月2日", "二月二日"),
        ("银发〔2016〕43号", "银发〔二零一六〕四十三号"),
        ("9:00-17:00", "上午九点到下午五点"),
        ("8:30～12:00，13:30～17:00", "上午八点半到中午十二点，下午一点半到五点"),
        ("下午2:00-5:00", "下午两点到五点"),
        ("14:30", "下午两点半"),
        ("上午9：05", "上午九点零五分"),
        ("2026-12-03 9:00到", "二零二六年十二月三日上午九点到"),
        ("1-3个工作日", "一到三个工作日"),
        ("2-3个", "两到三个"),
        ("0370-12345678", "零三七零，幺二三四五六七八"),
        ("13800001234", "幺三八，零零零零，幺二三四"),
        ("尾号1234", "尾号幺二三四"),
        ("账号****1234", "账号幺二三四"),
        ("12329住房公积金热线", "幺二三二九住房公积金热线"),
        ("请拨打110。", "请拨打幺幺零。"),
        ("工单编号是2611-2410-0015。", "工单编号是二六幺幺，二四幺零，零零幺五。"),
        ("编号是TS20261124-0001，", "编号是T S 二零二六幺幺二四，零零零幺，"),
        ("第36条", "第三十六条"),
        ("第2次", "第二次"),
        ("7×24小时", "七乘二十四小时"),
        ("30年", "三十年"),
        ("2年", "两年"),
        ("2个", "两个"),
        ("12个月", "十二个月"),
        ("22年", "二十二年"),
        ("2楼2号窗口", "二楼二号窗口"),
        ("1/2", "二分之一"),
        ("3.14", "三点一四"),
        ("按1，按*键返回，按#键", "按一，按星号键返回，按井号键"),
        ("合计1234567元", "合计一百二十三万四千五百六十七元"),
        ("社保请拨打１２３３３：谢谢", "社保请拨打幺二三三三：谢谢"),
        ("没有数字的一句话：好。", "没有数字的一句话：好。"),
    ],
)
def test_written_forms_are_said_as_an_agent_says_them(written, said):
    assert spoken(written) == said


@given(st.text(alphabet="0123456789.,-:/%*#年月日元万个号尾是TSX第，。 ", max_size=30) | st.text(max_size=30))
def test_nothing_written_in_digits_is_left_and_saying_twice_changes_nothing(text):
    said = spoken(text)
    assert not any(c in "0123456789" for c in said)
    assert spoken(said) == said


@given(st.decimals(min_value=0, max_value=Decimal("99999999.99"), places=2))
def test_an_amount_said_by_the_bot_is_heard_as_the_same_amount(amount):
    assert amount_in(spoken(f"您的余额是{amount:,.2f}元。")) == amount


@given(st.integers(0, 10**10))
def test_a_whole_number_said_is_heard_as_the_same_number(number):
    assert number_in(spoken(f"{number}个")) == number


@given(st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_digits_said_one_by_one_are_heard_as_the_same_digits(digits):
    assert digits_in(spoken(f"尾号{digits}")) == digits


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)))
def test_a_date_said_is_heard_as_the_same_day(day):
    assert date_in(spoken(day.isoformat()), date(2026, 11, 24)) == day
    assert date_in(spoken(f"{day.year}年{day.month}月{day.day}日"), day + timedelta(days=99)) == day


@given(st.text(alphabet="0123456789", min_size=17, max_size=17), st.sampled_from("0123456789X"))
def test_an_identity_number_said_is_heard_with_its_last_letter(digits, last):
    assert digits_in(spoken(digits + last)) == digits + last
