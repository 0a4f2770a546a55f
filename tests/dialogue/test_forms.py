"""What holds in every form (actions/form.py), on a real Rasa: whatever the caller does between two questions."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bot.dialogue.base import CollectNumber, HandOff, Say, Signal
from bot.dialogue.processes import ROOT
from bot.dialogue.rasa_client import RasaClient, RasaDialogue
from tests.support.rasa_server import RasaServer, rasa_server

pytestmark = pytest.mark.rasa

PROJECT = Path(__file__).parent / "form_project"
PLACE = ["utter_visit_place", "utter_visit_place_keys"]
DAY = ["utter_visit_day"]
CONFIRM = ["utter_visit_confirm", "utter_visit_confirm_keys"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaServer]:
    with rasa_server(
        tmp_path_factory.mktemp("rasa"), PROJECT, "form_actions", ROOT / "var" / "tests" / "form-rasa"
    ) as running:
        yield running


@pytest.fixture
async def call(server: RasaServer) -> AsyncIterator[RasaDialogue]:
    """A call on a Tuesday morning, in working hours, with nothing said yet."""
    client = RasaClient(server.url, longest_answer_seconds=20.0)
    dialogue = await client.open(str(uuid4()), "script")
    await dialogue.notify(Signal("call_started", {"channel": "script", "date": "2026-11-24T10:00:00"}))
    yield dialogue
    await client.close()


def names(replies: list[object]) -> list[str]:
    return [one.utterance if isinstance(one, Say) else type(one).__name__ for one in replies]


async def says(call: RasaDialogue, text: str) -> list[str]:
    return names(await call.hear(text))


async def presses(call: RasaDialogue, key: str) -> list[str]:
    return names(await call.notify(Signal("key_pressed", {"key": key})))


async def gives_number(call: RasaDialogue, outcome: str) -> list[str]:
    return names(await call.notify(Signal("number_finished", {"kind": "phone", "outcome": outcome, "last_four": "1"})))


async def test_the_questions_come_in_order_and_all_is_saved_after_the_last(call):
    assert await says(call, "预约参观") == PLACE
    assert await says(call, "东门") == DAY
    assert await call.hear("后天") == [CollectNumber("phone")]
    assert await gives_number(call, "complete") == CONFIRM
    assert (await call.hear("对"))[0] == Say("记下了，现在共有1个。", "utter_visit_saved", fixed=False)
    assert await presses(call, "1") == ["utter_key"]


async def test_what_was_said_at_once_is_not_asked_again(call):
    assert await says(call, "预约参观后天去南门") == ["CollectNumber"]
    assert (
        "2026-11-26去南门"
        in (await call.notify(Signal("number_finished", {"kind": "phone", "outcome": "complete", "last_four": "1"})))[
            0
        ].text
    )


async def test_an_answer_to_another_question_counts_and_the_open_one_is_asked_again(call):
    await says(call, "预约参观")
    assert await says(call, "后天") == PLACE
    assert await says(call, "西门") == ["CollectNumber"]


async def test_a_question_in_between_is_answered_and_the_open_one_comes_back(call):
    await says(call, "预约参观")
    await says(call, "东门")
    assert await says(call, "等一下利率是多少") == ["utter_rate", "utter_form_back", *DAY]
    assert await says(call, "利率多少啊") == ["utter_rate", "utter_form_back", *DAY]
    assert await says(call, "后天") == ["CollectNumber"]


async def test_silence_climbs_the_ladder_to_a_person(call):
    await says(call, "预约参观")
    silence = Signal("no_input", {"count": 1})
    assert names(await call.notify(silence)) == ["utter_form_no_input_1", *PLACE]
    assert names(await call.notify(silence)) == ["utter_form_no_input_2", *PLACE]
    assert names(await call.notify(silence)) == ["utter_no_input_person", "HandOff"]
    assert await presses(call, "1") == ["utter_key"]


async def test_words_that_fit_nothing_climb_it_too_and_an_answer_starts_it_anew(call):
    await says(call, "预约参观")
    assert await says(call, "咕噜咕噜咕噜") == ["utter_form_not_fit_1", *PLACE]
    assert names(await call.notify(Signal("no_match", {"count": 1}))) == ["utter_form_no_match_2", *PLACE]
    assert await says(call, "东门") == DAY
    assert await says(call, "咕噜咕噜咕噜") == ["utter_form_not_fit_1", *DAY]
    assert await says(call, "咕噜") == ["utter_form_not_fit_2", *DAY]
    assert await says(call, "咕噜咕噜") == ["utter_repair_person", "HandOff"]


async def test_keys_choose_among_what_was_read_out_page_by_page(call):
    said = await call.hear("预约参观")
    assert said[-1].text == "东门请按1，西门请按2，南门请按3，北门请按4，大厅请按5，花园请按6，更多请按8。"
    said = await call.notify(Signal("key_pressed", {"key": "8"}))
    assert [one.text for one in said] == ["书房请按1，茶室请按2，上一页请按7。"]
    assert await presses(call, "5") == ["utter_menu_unknown_key", *PLACE]
    assert await presses(call, "8") == PLACE[1:]
    assert await presses(call, "2") == DAY
    await says(call, "后天")
    assert "茶室" in (await call.notify(Signal("number_finished", {"outcome": "complete", "last_four": "1"})))[0].text
    assert await presses(call, "1") == ["utter_visit_saved"]


async def test_the_second_one_is_the_second_of_those_read_out(call):
    await says(call, "预约参观")
    assert await says(call, "第二个") == DAY


@pytest.mark.parametrize("back", ["返回", "*"])
async def test_back_is_one_question_back_and_from_the_first_out(call, back):
    step = presses if back == "*" else says
    await says(call, "预约参观")
    await says(call, "东门")
    assert await step(call, back) == PLACE
    assert await step(call, back) == ["utter_above"]
    assert await presses(call, "1") == ["utter_key"]


async def test_back_in_the_number_is_one_question_back(call):
    await says(call, "预约参观后天去东门")
    assert await gives_number(call, "back") == DAY
    assert await says(call, "大后天") == ["CollectNumber"]
    assert await gives_number(call, "wants_person") == ["utter_human_coming", "HandOff"]
    assert await presses(call, "1") == ["utter_key"]


@pytest.mark.parametrize(
    ("wish", "heard"),
    [("主菜单", ["utter_menu"]), ("转人工", ["utter_human_coming", "HandOff"]), ("查一下余额", ["utter_balance"])],
)
async def test_another_wish_leaves_the_form(call, wish, heard):
    await says(call, "预约参观")
    assert await says(call, wish) == heard
    assert await presses(call, "1") == ["utter_key"]
    assert await says(call, "预约参观") == PLACE


@pytest.mark.parametrize(("key", "heard"), [("#", ["utter_menu"]), ("0", ["utter_human_coming", "HandOff"])])
async def test_so_do_the_keys_for_it(call, key, heard):
    await says(call, "预约参观")
    assert await presses(call, key) == heard
    assert await presses(call, "1") == ["utter_key"]


@pytest.mark.parametrize("words", ["算了", "不办了", "算了不办了", "那算了吧"])
async def test_giving_up_leaves_it_with_nothing_saved(call, words):
    await says(call, "预约参观")
    assert await says(call, words) == ["utter_form_left"]
    assert await says(call, "东门") == ["utter_ladder"]


async def test_an_answer_that_cannot_be_is_told_why_and_asked_again(call):
    await says(call, "预约参观")
    await says(call, "东门")
    assert await says(call, "星期天") == ["utter_visit_closed", *DAY]


async def test_what_was_left_unfinished_is_not_there_the_next_time(call):
    await says(call, "预约参观后天去东门")
    await gives_number(call, "complete")
    await says(call, "主菜单")
    assert await says(call, "预约参观") == PLACE


async def test_a_person_in_the_middle_gets_the_call(call):
    await says(call, "预约参观")
    assert isinstance((await call.hear("转人工"))[-1], HandOff)
