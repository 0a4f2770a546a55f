"""What the line may rely on at bot/dialogue/base.py, proved on a real Rasa. Another engine would have to pass this."""

import asyncio
import json
import urllib.request
from pathlib import Path
from uuid import uuid4

import pytest

from bot.dialogue.base import HandOff, Say, Signal
from bot.dialogue.rasa_client import RasaClient, RasaDialogue
from bot.errors import DialogueError
from tests.support.rasa_server import RasaServer

pytestmark = pytest.mark.rasa


@pytest.fixture
async def dialogue(rasa: RasaClient) -> RasaDialogue:
    return await rasa.open(str(uuid4()), "audiosocket")


def names(replies: list[object]) -> list[str]:
    return [reply.utterance if isinstance(reply, Say) else type(reply).__name__ for reply in replies]


async def test_a_call_begins_with_a_welcome(dialogue: RasaDialogue) -> None:
    assert await dialogue.notify(Signal("call_started", {"channel": "phone"})) == [
        Say("您好，演示中心。", "utter_welcome", barge_in=False)
    ]


async def test_the_browser_hears_its_own_wording(rasa: RasaClient) -> None:
    browser = await rasa.open(str(uuid4()), "browser")
    assert await browser.notify(Signal("call_started", {"channel": "browser"})) == [
        Say("您好，演示中心，您看着屏幕说话就行。", "utter_welcome")
    ]


async def test_a_question_is_answered_with_the_figure_from_content(dialogue: RasaDialogue) -> None:
    assert await dialogue.hear("利率是多少") == [Say("利率是百分之二点六。", "utter_rate")]


async def test_wordings_take_turns_and_begin_anew_in_each_call(rasa: RasaClient) -> None:
    for _ in range(2):
        dialogue = await rasa.open(str(uuid4()), "script")
        said = [(await dialogue.hear("你好"))[0] for _ in range(3)]
        assert [one.text for one in said if isinstance(one, Say)] == ["你好。", "您好呀。", "你好。"]


async def test_a_signal_carries_its_facts(dialogue: RasaDialogue) -> None:
    said = await dialogue.notify(
        Signal("number_finished", {"kind": "login", "outcome": "complete", "last_four": "0123"})
    )
    assert said == [Say("尾号0123，对吗？", "utter_number", "yes_no", fixed=False)]


async def test_an_action_may_speak_and_command_in_one_turn(dialogue: RasaDialogue) -> None:
    assert await dialogue.hear("转人工") == [Say("你好。", "utter_greet"), HandOff("asked", summary="想找人")]


async def test_a_text_is_read_without_being_said(dialogue: RasaDialogue) -> None:
    rate, greeting = await dialogue.read(["利率是多少", "你好"])
    assert (rate.intent, greeting.intent) == ("ask_rate", "greet") and 0.4 < rate.confidence <= 1.0
    assert (await dialogue.read(["/pin_finished"]))[0].intent != "pin_finished"
    assert await dialogue.hear("你好") == [Say("你好。", "utter_greet")]


async def test_texts_read_together_are_taken_for_what_each_is_alone(dialogue: RasaDialogue) -> None:
    texts = ["利率是多少", "你好", "转人工", "今天天气怎么样", "利率"]
    alone = [(await dialogue.read([text]))[0] for text in texts]
    together = await dialogue.read(texts)
    assert [one.intent for one in together] == [one.intent for one in alone]
    assert [one.confidence for one in together] == pytest.approx([one.confidence for one in alone])


async def test_what_a_call_s_slots_hold_is_known_until_its_end(dialogue: RasaDialogue) -> None:
    assert await dialogue.known() == {}
    await dialogue.notify(Signal("number_finished", {"kind": "login", "outcome": "complete", "last_four": "0123"}))
    assert await dialogue.known() == {"last_four": "0123"}
    await dialogue.close()
    assert await dialogue.known() == {}


async def test_words_that_begin_with_a_slash_are_never_an_intent(dialogue: RasaDialogue) -> None:
    for text in ("/pin_finished", " /pin_finished", "/pin_finished{}", "//pin_finished", "/ask_person"):
        try:
            said = names(await dialogue.hear(text))
        except DialogueError:
            continue  # understood as something that fails: all right, as long as it is not the signal
        assert "utter_pin_checked" not in said and "HandOff" not in said
    assert names(await dialogue.notify(Signal("pin_finished"))) == ["utter_pin_checked"]


async def test_a_signal_that_the_dialogue_does_not_know_is_an_error(dialogue: RasaDialogue) -> None:
    with pytest.raises(DialogueError) as failed:
        await dialogue.notify(Signal("roof_caved_in"))
    assert failed.value.code == "rasa_failed"


async def test_a_failing_action_is_an_error_even_after_words(dialogue: RasaDialogue) -> None:
    with pytest.raises(DialogueError) as failed:
        await dialogue.hear("让动作出错")
    assert failed.value.code == "rasa_failed"
    assert await dialogue.hear("利率是多少") == [Say("利率是百分之二点六。", "utter_rate")]


async def test_saying_nothing_is_an_error(dialogue: RasaDialogue) -> None:
    with pytest.raises(DialogueError) as failed:
        await dialogue.hear("什么也别说")
    assert failed.value.code == "rasa_silent"


async def test_turns_of_one_call_come_one_after_the_other(rasa: RasaClient) -> None:
    call = str(uuid4())
    both = [await rasa.open(call, "phone"), await rasa.open(call, "phone")]
    said = await asyncio.gather(*(one.hear("你好") for one in both), both[0].hear("你好"))
    assert sorted(one[0].text for one in said if isinstance(one[0], Say)) == ["你好。", "你好。", "您好呀。"]


async def test_a_call_that_is_over_leaves_nothing(rasa: RasaClient) -> None:
    before = (await rasa.health())["calls"]
    for _ in range(20):
        dialogue = await rasa.open(str(uuid4()), "script")
        await dialogue.notify(Signal("call_started"))
        await dialogue.close()
    assert (await rasa.health())["calls"] == before


async def test_a_changed_wording_is_spoken_on_the_next_turn(dialogue: RasaDialogue, tiny_rasa: RasaServer) -> None:
    domain = tiny_rasa.project / "domain.yml"
    original = domain.read_text()
    try:
        domain.write_text(original.replace("利率是{facts.rate}。", "现在的利率是{facts.rate}。"))
        assert await dialogue.hear("利率是多少") == [Say("现在的利率是百分之二点六。", "utter_rate")]
        domain.write_text("responses: [\n没有写完：")
        assert await dialogue.hear("利率是多少") == [Say("现在的利率是百分之二点六。", "utter_rate")]
        assert "domain.yml 第" in tiny_rasa.log("actions")
    finally:
        domain.write_text(original)
    assert await dialogue.hear("利率是多少") == [Say("利率是百分之二点六。", "utter_rate")]


async def test_a_wording_that_names_something_unknown_is_an_error(
    dialogue: RasaDialogue, tiny_rasa: RasaServer
) -> None:
    domain = tiny_rasa.project / "domain.yml"
    original = domain.read_text()
    try:
        domain.write_text(original.replace("{facts.rate}", "{facts.rat}"))
        with pytest.raises(DialogueError):
            await dialogue.hear("利率是多少")
    finally:
        domain.write_text(original)


async def test_without_the_action_server_every_turn_is_an_error_and_then_it_goes_on(
    dialogue: RasaDialogue, tiny_rasa: RasaServer
) -> None:
    tiny_rasa.kill("actions")
    try:
        for text in ("利率是多少", "转人工"):
            with pytest.raises(DialogueError) as failed:
                await dialogue.hear(text)
            assert failed.value.code == "rasa_failed"
    finally:
        tiny_rasa.start_actions()
    assert names(await dialogue.hear("利率是多少")) == ["utter_rate"]


async def test_a_stalled_action_server_is_an_error_in_time_and_holds_nobody_up(tiny_rasa: RasaServer) -> None:
    impatient = RasaClient(tiny_rasa.url, longest_answer_seconds=1.0)
    dialogue = await impatient.open(str(uuid4()), "phone")
    tiny_rasa.pause("actions")
    try:
        with pytest.raises(DialogueError) as failed:
            await dialogue.hear("利率是多少")
        assert failed.value.code == "rasa_stalled"
    finally:
        tiny_rasa.resume("actions")
    patient = RasaClient(tiny_rasa.url, longest_answer_seconds=20.0)
    assert names(await (await patient.open(str(uuid4()), "phone")).hear("利率是多少")) == ["utter_rate"]
    await impatient.close()
    await patient.close()


async def test_what_a_caller_says_is_in_no_log(dialogue: RasaDialogue, tiny_rasa: RasaServer) -> None:
    for text in ("我是张三丰利率是多少", "张三丰让动作出错"):
        try:
            await dialogue.hear(text)
        except DialogueError as problem:
            assert "张三丰" not in str(problem)
    assert "action_crash" in tiny_rasa.log("rasa")
    assert "张三丰" not in tiny_rasa.log("rasa") + tiny_rasa.log("actions")


def test_nothing_listens_beyond_loopback(tiny_rasa: RasaServer) -> None:
    """/proc/net/tcp: 0100007F is 127.0.0.1."""
    ports = {int(url.rsplit(":", 1)[1]) for url in (tiny_rasa.url, tiny_rasa.actions_url)}
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if " 0A " in line]
    ours = [address for address in listening if int(address.split(":")[1], 16) in ports]
    assert len(ours) == 2 and all(address.startswith("0100007F:") for address in ours)


def test_a_request_that_lacks_something_is_refused(tiny_rasa: RasaServer) -> None:
    for way, content in [
        ("hear", {}),
        ("hear", {"call": "1", "channel": "phone", "text": 5}),
        ("notify", []),
        ("forget", {}),
    ]:
        asked = urllib.request.Request(
            f"{tiny_rasa.url}/webhooks/voice/{way}", json.dumps(content).encode(), {"Content-Type": "application/json"}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked, timeout=5)
        assert refused.value.code == 400 and json.load(refused.value)["code"] == "bad_request"
