"""Which wording is chosen, and what it is filled with."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from actions.wording import Wanted, Wording, fitting_variations
from bot.errors import ContentError

TODAY = date(2026, 11, 24)
LOGGED_IN = [{"type": "slot", "name": "logged_in", "value": True}]
VARIATIONS = [
    {"text": "plain"},
    {"text": "conditional", "condition": LOGGED_IN},
    {"text": "phone", "channel": "phone"},
    {"text": "conditional phone", "condition": LOGGED_IN, "channel": "phone"},
]


def chosen(variations: list[dict[str, Any]], channel: str, **slots: Any) -> list[str]:
    return [one["text"] for one in fitting_variations(variations, channel, slots)]


def test_condition_with_channel_then_channel_then_condition_then_plain() -> None:
    assert chosen(VARIATIONS, "phone", logged_in=True) == ["conditional phone"]
    assert chosen(VARIATIONS[:3], "phone", logged_in=True) == ["phone"]
    assert chosen(VARIATIONS, "browser", logged_in=True) == ["conditional"]
    assert chosen(VARIATIONS, "browser", logged_in=False) == ["plain"]
    assert chosen(VARIATIONS, "browser") == ["plain"]
    assert chosen(VARIATIONS[1:2], "browser") == []


def test_texts_in_conditions_are_compared_without_case_and_numbers_as_numbers() -> None:
    conditional = [
        {"text": "a", "condition": [{"type": "slot", "name": "kind", "value": "Login"}]},
        {"text": "b", "condition": [{"type": "slot", "name": "count", "value": 2}]},
    ]
    assert chosen(conditional, "phone", kind="LOGIN", count=2) == ["a", "b"]
    assert chosen(conditional, "phone", kind="LOGIN", count="2") == ["a"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "centre.yml").write_text("name: 演示中心\n")
    (tmp_path / "content" / "facts.yml").write_text(
        "rate: {value: 百分之二点六, effective_from: 2025-05-08, checked_on: 2026-11-01}\n"
        "old: {value: 百分之三, effective_from: 2020-01-01, effective_to: 2025-05-07, checked_on: 2025-01-01}\n"
    )
    (tmp_path / "domain.yml").write_text(
        """responses:
  utter_welcome: [{text: "这里是{centre.name}。", metadata: {barge_in: false}}]
  utter_rate: [{text: "利率{facts.rate}。"}]
  utter_old: [{text: "利率{facts.old}。"}]
  utter_missing: [{text: "利率{facts.none}。"}]
  utter_balance: [{text: "余额{amount}。"}]
  utter_order: [{text: "单号{number}。", metadata: {fixed: true, note: "单号 {number}"}}]
  utter_pin: [{custom: {command: hand_off, summary: "要办{wish}", reason: asked}}]
  utter_turns: [{text: 一}, {text: 二}, {text: 三}]
"""
    )
    return tmp_path


@pytest.fixture
def wording(project: Path) -> Wording:
    return Wording(project)


async def words(wording: Wording, utterance: str, **given: Any) -> dict[str, Any]:
    return await wording.words(Wanted(utterance, "phone", TODAY, **given))


async def refusal(wording: Wording, utterance: str, **given: Any) -> str:
    with pytest.raises(ContentError) as refused:
        await words(wording, utterance, **given)
    assert utterance in str(refused.value) or "facts.yml" in str(refused.value)
    return refused.value.code


async def test_content_fills_a_fixed_text(wording: Wording) -> None:
    assert await words(wording, "utter_welcome") == {
        "text": "这里是演示中心。",
        "manner": {"fixed": True, "barge_in": False},
    }
    assert (await words(wording, "utter_rate"))["text"] == "利率百分之二点六。"


async def test_a_callers_value_makes_a_text_personal(wording: Wording) -> None:
    for given in ({"slots": {"amount": "5元"}}, {"arguments": {"amount": "5元"}}):
        assert await words(wording, "utter_balance", **given) == {"text": "余额5元。", "manner": {"fixed": False}}


async def test_an_argument_wins_over_a_slot(wording: Wording) -> None:
    said = await words(wording, "utter_balance", slots={"amount": "1元"}, arguments={"amount": "2元"})
    assert said["text"] == "余额2元。"


async def test_a_wording_may_say_that_it_is_fixed_nevertheless(wording: Wording) -> None:
    assert (await words(wording, "utter_order", slots={"number": 7}))["manner"]["fixed"] is True


async def test_what_stays_on_the_screen_is_filled_too(wording: Wording) -> None:
    assert (await words(wording, "utter_order", slots={"number": 7}))["manner"]["note"] == "单号 7"


async def test_an_action_may_add_to_the_manner(wording: Wording) -> None:
    said = await words(wording, "utter_welcome", arguments={"metadata": {"question": "open"}})
    assert said["manner"] == {"fixed": True, "barge_in": False, "question": "open"}


async def test_commands_are_filled_too(wording: Wording) -> None:
    said = await words(wording, "utter_pin", slots={"wish": "提取"})
    assert said["custom"] == {"command": "hand_off", "summary": "要办提取", "reason": "asked"}


async def test_wordings_take_turns(wording: Wording) -> None:
    said = [(await words(wording, "utter_turns", said_before=times))["text"] for times in range(5)]
    assert said == ["一", "二", "三", "一", "二"]


async def test_what_is_unknown_empty_or_out_of_date_is_an_error(wording: Wording) -> None:
    assert await refusal(wording, "utter_nobody_wrote") == "no_wording"
    assert await refusal(wording, "utter_balance") == "unknown_placeholder"
    assert await refusal(wording, "utter_balance", slots={"amount": None}) == "empty_placeholder"
    assert await refusal(wording, "utter_missing") == "fact_unknown"
    assert await refusal(wording, "utter_old") == "fact_outdated"


async def test_edits_count_from_the_next_sentence_on(wording: Wording, project: Path) -> None:
    await words(wording, "utter_rate")
    facts, domain = project / "content" / "facts.yml", project / "domain.yml"
    facts.write_text(facts.read_text().replace("二点六", "二点八五"))
    domain.write_text(domain.read_text().replace("利率{facts.rate}", "新利率{facts.rate}"))
    assert (await words(wording, "utter_rate"))["text"] == "新利率百分之二点八五。"


@pytest.mark.parametrize("broken", [b"rate: [", "利率：2.6".encode(), "利率: 好".encode("gbk"), b""])
async def test_a_broken_edit_leaves_the_last_good_text(
    wording: Wording, project: Path, broken: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    before = await words(wording, "utter_rate")
    for name in ("domain.yml", "content/facts.yml"):
        caplog.clear()
        (project / name).write_bytes(broken)
        assert await words(wording, "utter_rate") == before
        assert Path(name).name in caplog.text and "上一次" in caplog.text


async def test_a_project_that_never_had_a_good_domain_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"domain\.yml"):
        await words(Wording(tmp_path), "utter_rate")
