"""What the centre answers: sourced, dated, short enough for the ear, said only within its dates."""

import re
from datetime import date, timedelta

import pytest
import yaml

from actions.content import ROOT
from actions.policies import CHECK_LIMIT, LOCAL_RIDER, OLD_RIDER, all_policies, policies_of
from bot.errors import ContentError
from bot.mandarin import spoken

TODAY = date(2026, 11, 24)
CHARACTERS_PER_SECOND = 4.5
"""A clear telephone voice; a slow news reader says four, a quick one five."""

POLICIES = list(all_policies().values())


def named(policy):
    return policy.name


@pytest.mark.parametrize("policy", POLICIES, ids=named)
def test_an_answer_is_at_most_45_seconds_long_and_leaves_no_placeholder(policy):
    said = policy.spoken(TODAY)
    assert "{" not in said
    assert len(re.sub(r"\W", "", spoken(said))) <= 45 * CHARACTERS_PER_SECOND
    assert said.endswith(("。", "？"))


@pytest.mark.parametrize("policy", POLICIES, ids=named)
def test_an_answer_says_where_it_comes_from_and_never_decides_for_the_centre(policy):
    assert policy.source and policy.short and policy.question
    assert policy.checked_on <= TODAY
    said = policy.spoken(TODAY)
    for forbidden in ("您符合条件", "您可以贷", "您有资格", "全国最高额度是", "您能贷到"):
        assert forbidden not in said


@pytest.mark.parametrize("policy", [one for one in POLICIES if one.scope == "local" and not one.asks], ids=named)
def test_a_local_rule_sends_the_caller_to_the_local_centre(policy):
    assert "规定为准" in policy.spoken(TODAY)


def test_a_text_checked_too_long_ago_says_that_the_latest_notice_counts():
    policy = all_policies()["rate_first_second"]
    assert OLD_RIDER not in policy.spoken(policy.checked_on + CHECK_LIMIT)
    assert policy.spoken(policy.checked_on + CHECK_LIMIT + timedelta(days=1)).endswith(OLD_RIDER)


def test_the_figures_of_the_rates_come_from_the_facts():
    said = all_policies()["rate_first_second"].spoken(TODAY)
    for figure in ("2.1%", "2.6%", "不低于2.525%", "不低于3.075%", "2025年5月8日"):
        assert figure in said


def test_there_is_no_national_loan_maximum():
    said = all_policies()["loan_amount"].spoken(TODAY)
    assert "没有全国统一的最高额度" in said
    assert not re.search(r"[0-9一二三四五六七八九十百]+万", said)


def test_verified_is_claimed_only_for_laws_and_the_central_bank():
    for policy in POLICIES:
        if policy.entry.flag("verified"):
            assert re.search("条例|中国人民银行|银发", policy.source), policy.name


def written(tmp_path, text):
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "loan.yml").write_text(text, "utf-8")
    (tmp_path / "facts.yml").write_text("{}", "utf-8")
    return tmp_path


ENTRY = """\
# 贷款
loan_x:
  question: 问题
  text: 答案。
  short: 答案。
  scope: local
  source: 某文件
  effective_from: 2026-01-01
  effective_to: 2026-06-30
  checked_on: 2026-01-01
  verified: false
"""


def test_an_answer_is_not_said_outside_its_dates(tmp_path):
    (policy,) = policies_of("loan", written(tmp_path, ENTRY))
    assert [policy.may_be_said(date(2026, month, day)) for month, day in ((1, 1), (6, 30), (7, 1))] == [
        True,
        True,
        False,
    ]
    assert not policy.may_be_said(date(2025, 12, 31))
    assert policy.spoken(date(2026, 2, 1), tmp_path) == "答案。" + LOCAL_RIDER


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (ENTRY.replace("  source: 某文件\n", ""), "缺少“source”"),
        (ENTRY.replace("scope: local", "scope: 本地"), "第6行“scope”"),
        (ENTRY.replace("2026-06-30", "明年"), "第9行“effective_to”"),
        (ENTRY.replace("verified: false", "verified: 否"), "第11行“verified”"),
        (ENTRY + "  text: 又一个\n", "第12行：“text”写了两次"),
        (ENTRY.replace("text: 答案。", "text：答案。"), "第5行"),
    ],
)
def test_a_wrong_policy_names_file_line_and_mend(tmp_path, wrong, where):
    with pytest.raises(ContentError) as error:
        policies_of("loan", written(tmp_path, wrong))
    assert "loan.yml" in str(error.value) and where in str(error.value)


def test_an_unknown_fact_is_refused(tmp_path):
    root = written(tmp_path, ENTRY.replace("答案。", '"{facts.nothing}"', 1))
    (policy,) = policies_of("loan", root)
    with pytest.raises(ContentError, match="nothing"):
        policy.spoken(date(2026, 2, 1), root)


def test_a_file_saved_in_gbk_is_refused_with_the_way_to_mend(tmp_path):
    written(tmp_path, "")
    (tmp_path / "policies" / "loan.yml").write_bytes(ENTRY.encode("gbk"))
    with pytest.raises(ContentError, match="UTF-8"):
        policies_of("loan", tmp_path)


def test_every_fact_has_source_dates_and_meaning():
    facts = yaml.safe_load((ROOT / "facts.yml").read_text("utf-8"))
    files = [ROOT.parent / "domain.yml", *(path for path in ROOT.rglob("*.yml") if path.name != "facts.yml")]
    texts = "".join(path.read_text("utf-8") for path in files)
    for name, fact in facts.items():
        assert fact["source"] and fact["means"] and isinstance(fact["verified"], bool)
        assert fact["effective_from"] <= TODAY and fact["checked_on"] <= TODAY
        assert f"{{facts.{name}}}" in texts, f"{name} is said nowhere"
