"""Every business that the ministry's guide gives to self-service (1.2 自助语音服务列表) and every complaint it takes
(1.1), reached from the top: by keys alone, and by speech alone but for the password.

The list is the guide's, not that of content/menu.yml: a business that loses its key or its words is missed here.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.qa.script import load_script
from bot.qa.transcript import Transcript
from tests.calls.conftest import Play

PERSON = ["810071081737#", "286913"]
UNIT = ["8200198450#", "479305"]
"""Invented; content/demo."""


@dataclass(frozen=True)
class Leaf:
    """One business."""

    guide: str
    """What the guide calls it."""

    keys: list[str]
    """Groups of keys, each pressed when it is the caller's turn. What a caller has to tell is told in words."""

    said: list[str]
    """What the caller says, turn by turn; digits are pressed (numbers with #, and passwords)."""

    proved_by: str
    """What the hotline says when it has come to the business itself, not only to its menu."""


LEAVES = [
    Leaf("业务指南：缴存政策", ["11", "1"], ["刚入职公积金从哪个月开始交"], "utter_policy_deposit_"),
    Leaf("业务指南：提取政策", ["12", "2"], ["租房子能提取公积金吗"], "utter_policy_withdraw_"),
    Leaf("业务指南：贷款政策", ["13", "2"], ["公积金贷款要什么条件"], "utter_policy_loan_"),
    Leaf("业务指南：还款政策", ["14", "2"], ["贷款逾期了有罚息吗"], "utter_policy_repay_"),
    Leaf("业务指南：转移接续", ["15", "1"], ["换工作了公积金怎么转"], "utter_policy_transfer_"),
    Leaf("业务指南：账户与密码", ["16", "1"], ["查询密码忘了怎么办"], "utter_policy_"),
    Leaf("业务指南：利率", ["17", "1"], ["公积金贷款利率是多少"], "utter_policy_rate_"),
    Leaf("业务网点查询", ["18", "3"], ["东湖区的网点在哪里"], "utter_branch_found"),
    Leaf("个人账户：余额", ["21", *PERSON], ["我的公积金余额是多少", *PERSON], "utter_account_balance"),
    Leaf("个人账户：月缴存额", ["21", *PERSON], ["每个月给我交多少公积金", *PERSON], "utter_account_monthly"),
    Leaf("个人贷款：余额", ["22", *PERSON], ["我的贷款还剩多少没还", *PERSON], "utter_loan_balance"),
    Leaf("个人贷款：年限", ["22", *PERSON], ["我的贷款还剩多少期", *PERSON], "utter_loan_remaining"),
    Leaf("个人贷款：月还款", ["22", *PERSON], ["我每月要还多少贷款", *PERSON], "utter_loan_repayment"),
    Leaf("贷款办理进度", ["23", *PERSON], ["我的贷款批到哪一步了", *PERSON], "utter_progress_loan_"),
    Leaf("提取进度", ["24", *PERSON], ["我的提取办到哪一步了", *PERSON], "utter_progress_withdrawal_"),
    Leaf("单位账户", ["25", *UNIT], ["查一下单位账户", *UNIT], "utter_unit_balance"),
    Leaf("修改查询密码", ["26", *PERSON], ["我要改密码", *PERSON], "prompt_new_pin_ask"),
    Leaf(
        "贷款办理预约",
        ["31", *PERSON, "1", "1", "1", "1", "1"],
        ["我想预约下周二上午去办贷款", *PERSON, "高新区服务大厅", "可以", "对的"],
        "utter_appointment_booked",
    ),
    Leaf(
        "贷款还款预约",
        ["32", *PERSON, "1", "1", "1", "1", "1", "1"],
        ["我想预约提前还款", *PERSON, "高新区服务大厅", "下周二上午", "全部还清", "可以", "对的"],
        "utter_appointment_booked",
    ),
    Leaf(
        "提取预约",
        ["33", *PERSON, "1", "1", "1", "1", "1"],
        ["我要预约提取", *PERSON, "南苑管理部", "下周二上午", "可以", "对的"],
        "utter_appointment_booked",
    ),
    Leaf("短信订阅", ["34", *PERSON, "1", "1", "1"], ["开通余额变动短信", *PERSON, "对的"], "utter_sms_saved"),
    Leaf("查询或取消预约", ["35", "1", *PERSON], ["查一下我的预约", "不知道", *PERSON], "utter_my_appointment_"),
    Leaf(
        "投诉",
        ["41", "投诉网点排队太久", "1", "1", "1", "1", "1"],
        ["我要投诉", "单位一直不给我交公积金", "没有了", "我们单位", "可以", "需要保密", "对的"],
        "utter_voice_saved",
    ),
    Leaf(
        "建议",
        ["42", "希望你们周六也能办理提取", "1", "1", "2", "1"],
        ["我想提个建议", "希望你们周六也能办理提取", "没有了", "可以", "不需要", "对的"],
        "utter_voice_saved",
    ),
    Leaf(
        "咨询留言",
        ["43", "我想知道异地贷款证明怎么开", "1", "1", "1"],
        ["我要留言", "我想知道异地贷款证明怎么开", "没有了", "可以", "对的"],
        "utter_voice_saved",
    ),
    Leaf("工单进度", ["44", "261124100015#"], ["查工单进度", "261124100015#"], "utter_order_not_found"),
]


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.guide)
def test_by_keys_alone(play: Play, tmp_path: Path, leaf: Leaf):
    (call,) = play([load_script(written(tmp_path, leaf.keys))])
    assert any(name.startswith(leaf.proved_by) for name in uttered(call)), call.as_text()
    told = sum(not keys[0].isdigit() for keys in leaf.keys)
    assert sum(len(turn.heard()) for turn in call.turns) == told


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.guide)
def test_by_speech_alone_but_for_the_password(play: Play, tmp_path: Path, leaf: Leaf):
    (call,) = play([load_script(written(tmp_path, leaf.said))])
    assert any(name.startswith(leaf.proved_by) for name in uttered(call)), call.as_text()


def uttered(call: Transcript) -> list[str]:
    """The names of all that the hotline said."""
    return [name for turn in call.turns for name in turn.facts("said", "utterance")]


def written(folder: Path, turns: list[str | dict[str, object]]) -> Path:
    """A script of these turns, on a working day: digits are pressed, words are said, steps are what they are."""
    path = folder / "call.yml"
    steps = [turn if isinstance(turn, dict) else {"press" if turn[0].isdigit() else "say": turn} for turn in turns]
    path.write_text("date: 2026-11-24\n" + yaml.safe_dump({"steps": steps}, allow_unicode=True), "utf-8")
    return path
