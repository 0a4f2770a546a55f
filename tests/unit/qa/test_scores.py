"""Figures of a run: counted over turns, drawn by call, and told by condition and by speaker."""

from datetime import date
from xml.etree import ElementTree

import pytest

from bot.qa.expectations import slot_holds
from bot.qa.junit import write_junit
from bot.qa.report.call import marked
from bot.qa.report.page import page
from bot.qa.results import CallResult, TurnResult
from bot.qa.scores import latencies, scores, share_of, summary


def turn(**facts) -> TurnResult:
    return TurnResult(3, "说：查余额", said="查余额", heard=["查余额"], characters=3, **facts)


def call(item: str, turns: list[TurnResult], *, condition: str = "clean", region: str = "", failures=()) -> CallResult:
    groups = {"region": region} if region else {}
    first = TurnResult(1, "（来电）")
    told = "干净" if condition == "clean" else condition
    return CallResult(
        item,
        item,
        condition,
        told,
        1,
        False,
        groups,
        not failures,
        list(failures),
        [first, *turns],
        "",
        "caller",
        {},
        30,
        2,
    )


def test_errors_are_counted_over_all_characters_and_not_averaged_over_calls():
    long = TurnResult(2, "说", characters=97, errors=0)
    calls = [call("a", [turn(errors=3)]), call("b", [long])]
    assert scores(calls)["cer"].value == pytest.approx(0.03)
    assert scores(calls)["turns"].value == 1


def test_the_interval_holds_the_value_and_narrows_with_more_calls():
    few, many = share_of([(1, 10), (0, 10)] * 5), share_of([(1, 10), (0, 10)] * 80)
    assert few.low < few.value < few.high and many.high - many.low < (few.high - few.low) / 2


def test_what_nothing_was_said_about_has_no_figure():
    found = scores([call("a", [turn()])])
    assert "intent" not in found and "digits" not in found and "missed_interruption" not in found


def test_a_recording_without_a_known_intent_gets_nothing_done():
    untold, told = call("a", [turn()]), call("b", [turn(wanted_intent="x", intent="x")])
    untold.recording = told.recording = True
    assert scores([untold, told])["completed"].of == 1 and "completed" not in scores([untold])


def test_intents_cuts_and_interruptions_are_shares_of_the_turns_that_can_tell():
    calls = [
        call("a", [turn(wanted_intent="x", intent="x", intent_of_words="x", cut_off=True, missed_interruption=False)]),
        call(
            "b", [turn(wanted_intent="x", intent="y", intent_of_words="x", digits_right=False, false_interruptions=2)]
        ),
    ]
    found = {name: share.value for name, share in scores(calls).items()}
    assert found["intent"] == found["intent_as_typed"] == found["cut_off"] == 0.5
    assert found["digits"] == found["missed_interruption"] == 0 and found["false_interruption"] == 1


def test_slots_are_counted_one_by_one():
    calls = [call("a", [turn(slots={"appointment_day": True, "appointment_half": False})]), call("b", [turn()])]
    assert (scores(calls)["slots"].value, scores(calls)["slots"].of) == (0.5, 2)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [("50000.00", 50000), (50000.0, 50000), ("2026-12-01", date(2026, 12, 1)), (True, True), (None, "")],
)
def test_a_slot_holds_a_value_however_it_is_written(held: object, wanted: object):
    assert slot_holds(held, wanted) and not slot_holds(held, "下午") and not slot_holds("上午", wanted)


def test_only_a_run_in_real_time_tells_how_long_an_answer_takes():
    calls = [call("a", [turn(wait_ms=[600], recogniser_ms=[20], dialogue_ms=[0], answer_ms=[620])])]
    assert set(latencies(calls, real_time=False)) == {"wait_ms", "recogniser_ms"}
    assert latencies(calls, real_time=True)["answer_ms"] == {"n": 1, "p50": 620, "p95": 620}


def test_the_summary_is_by_condition_and_by_what_is_known_of_the_caller():
    calls = [call("a", [turn()], region="四川"), call("a", [turn(errors=1)], condition="gsm", region="四川")]
    found = summary(calls, real_time=False)
    assert found["items"] == 1 and set(found["by"]) == {"condition", "region"}
    assert found["by"]["condition"]["gsm"]["cer"]["value"] == pytest.approx(1 / 3)


def test_repetitions_that_differ_are_named():
    calls = [call("a", [turn()]), call("a", [turn()], failures=["a:3：预期"])]
    assert summary(calls, real_time=False)["unsteady"] == ["a（clean）"]


def test_junit_has_a_suite_a_condition_and_a_failure_with_its_reason(tmp_path):
    write_junit(tmp_path / "junit.xml", [call("a", []), call("a", [], condition="gsm", failures=["a:3：预期 <x>\x07"])])
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert [suite.get("name") for suite in root] == ["clean", "gsm"]
    assert root.get("failures") == "1" and "预期 <x>" in root[1][0][0].text


def test_the_page_escapes_what_callers_say_and_shows_what_changed():
    bad = TurnResult(
        3, "说：<b>", said="<b>", heard=["<i>"], characters=1, errors=1, intent="deny", failures=["a:3：预期 x"]
    )
    before = call("a", [turn()])
    now = call("a", [bad], failures=["a:3：预期 x"])
    html = page([now], summary([now], real_time=False), [before])
    assert (
        "<b>&" not in html and "&lt;" in html and "上次符合预期，这次不符合" in html and "新出现的不符合 1 个" in html
    )


def test_what_was_heard_badly_is_shown_with_the_odds_it_has_left():
    now = call("a", [turn(intent="deny", intent_confidence=0.9, doubt=2.2)])
    assert "把握 0.90，听得不清，折成 0.50" in page([now], summary([now], real_time=False), None)


def test_wrong_characters_are_marked_on_both_sides():
    assert marked("公积金", "公鸡金了") == ("公<del>积</del>金", "公<ins>鸡</ins>金<ins>了</ins>")
