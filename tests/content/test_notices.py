"""Notices are told between their dates and never outside them."""

from datetime import datetime

import pytest

from actions.call_control import CENTRE_ZONE
from actions.notices import notices, told_at
from bot.errors import ContentError
from tests.content.conversation import names

WRITTEN = """\
notices:
  closing:
    name: 年终结算公告
    short: 柜台12月31日停办业务，详情请说公告。
    text: 12月31日全天停办提取和贷款。
    from: 2026-12-21
    to: 2026-12-31
    source: 演示
    checked_on: 2026-11-28
    verified: false
  upgrade:
    name: 系统升级公告
    short: 系统正在升级，查询可能变慢。
    text: 系统升级到早上六点，查询可能变慢。
    from: 2026-12-05 22:00:00
    to: 2026-12-06 06:00:00
    source: 演示
    checked_on: 2026-11-28
    verified: false
"""


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=CENTRE_ZONE)


@pytest.fixture
def content(tmp_path):
    (tmp_path / "notices.yml").write_text(WRITTEN, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-12-20 23:59", []),
        ("2026-12-21 00:00", ["closing"]),
        ("2026-12-31 23:59", ["closing"]),
        ("2027-01-01 00:00", []),
        ("2026-12-05 21:59", []),
        ("2026-12-05 22:00", ["upgrade"]),
        ("2026-12-06 06:00", ["upgrade"]),
        ("2026-12-06 06:01", []),
    ],
)
def test_a_notice_is_told_from_its_first_moment_to_its_last(content, moment, told):
    assert [one.key for one in told_at(at(moment), content)] == told


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("to: 2026-12-31", "to: 2026-12-01", "结束早于开始"),
        ("from: 2026-12-21", "from: 十二月", "2026-01-31"),
        ("    source: 演示\n", "", "source"),
    ],
)
def test_a_wrong_notice_is_refused_with_its_line(content, right, wrong, told):
    (content / "notices.yml").write_text(WRITTEN.replace(right, wrong, 1), "utf-8")
    with pytest.raises(ContentError, match=told) as refused:
        notices(content)
    assert "行" in str(refused.value)


def test_the_notice_follows_the_greeting_and_is_told_whole_on_asking(call):
    call.slots["date"] = "2026-12-28T10:00:00"
    said = call.hear("call_started", channel="phone")
    assert names(said) == ["utter_greeting", "utter_notice", "utter_greeting_keys"]
    assert said[1]["text"].startswith("12月31日年终结算")
    said = call.hear("notices", "刚才说的公告再讲讲")
    assert names(said) == ["utter_notice_text", "utter_anything_else"] and "不受影响" in said[0]["text"]


def test_without_a_notice_that_is_said(call):
    assert names(call.hear("notices", "有什么公告")) == ["utter_no_notices", "utter_anything_else"]


def test_a_notice_written_wrongly_costs_nobody_the_greeting(call, monkeypatch):
    def broken(at, root=None):
        raise ContentError("content_wrong", "content/notices.yml 第3行：缩进不对")

    monkeypatch.setattr("actions.greet.told_at", broken)
    assert names(call.hear("call_started", channel="phone")) == ["utter_greeting", "utter_greeting_keys"]


def test_whoever_has_no_keypad_hears_the_ways_without_and_may_have_a_person(call):
    said = call.hear("no_keypad", "我电话没键盘")
    assert names(said) == ["utter_no_keypad", "utter_offer_person"] and said[0]["hours"].startswith("周一到周五")
    assert names(call.hear("affirm")) == ["utter_human_coming", "hand_off"]


def test_whoever_wants_keys_hears_them(call):
    assert names(call.hear("use_keypad", "用键盘")) == ["utter_menu_main"]
