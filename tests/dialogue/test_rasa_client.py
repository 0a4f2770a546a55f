"""The line's end of the wire to Rasa, against a server that stalls, lies and dies."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.clock import run_in_audio_time
from bot.dialogue.base import CollectNumber, CollectPin, HandOff, HangUp, Reading, Reply, Say, Signal
from bot.dialogue.rasa_client import RasaClient, RasaDialogue
from bot.errors import DialogueError
from tests.support.lying_server import Behaviour, LyingServer, lying_server
from tests.support.ports import free_port


@pytest.fixture
async def server() -> AsyncIterator[LyingServer]:
    async with lying_server() as running:
        yield running


@pytest.fixture
async def client(server: LyingServer) -> AsyncIterator[RasaClient]:
    client = RasaClient(server.url, longest_answer_seconds=0.3)
    yield client
    await client.close()


@pytest.fixture
async def dialogue(client: RasaClient) -> RasaDialogue:
    return await client.open("call-1", "audiosocket")


async def replies_to(server: LyingServer, dialogue: RasaDialogue, *replies: dict[str, Any]) -> list[Reply]:
    server.behave = server.answer({"replies": list(replies)})
    return await dialogue.hear("你好")


async def test_readings_are_intents_with_their_confidence(server: LyingServer, dialogue: RasaDialogue) -> None:
    server.behave = server.answer({"readings": [{"intent": "ask_rate", "confidence": 0.9}]})
    assert await dialogue.read(["利率是多少"]) == [Reading("ask_rate", 0.9)]
    assert server.asked == [("/webhooks/voice/read", {"call": "call-1", "texts": ["利率是多少"]})]
    server.behave = server.answer({"readings": [{"intent": 3}]})
    with pytest.raises(DialogueError, match="no sense"):
        await dialogue.read(["利率是多少"])


async def test_slots_are_names_and_values(server: LyingServer, dialogue: RasaDialogue) -> None:
    server.behave = server.answer({"slots": {"appointment_day": "2026-12-01"}})
    assert await dialogue.known() == {"appointment_day": "2026-12-01"}
    assert server.asked == [("/webhooks/voice/known", {"call": "call-1"})]
    server.behave = server.answer({"slots": ["appointment_day"]})
    with pytest.raises(DialogueError, match="no sense"):
        await dialogue.known()


async def failure(server: LyingServer, dialogue: RasaDialogue, behaviour: Behaviour) -> str:
    server.behave = behaviour
    with pytest.raises(DialogueError) as failed:
        await dialogue.hear("你好")
    return failed.value.code


async def test_words_and_signals_go_out_with_call_and_channel(server: LyingServer, client: RasaClient) -> None:
    phone = await client.open("call-1", "microphone")
    browser = await client.open("call-2", "browser")
    await phone.hear("利率是多少")
    await phone.hear("我要投诉", (12.5, 20.25), 1.5)
    await browser.notify(Signal("key_pressed", {"key": "1"}))
    assert server.asked == [
        ("/webhooks/voice/hear", {"call": "call-1", "channel": "phone", "text": "利率是多少"}),
        (
            "/webhooks/voice/hear",
            {"call": "call-1", "channel": "phone", "text": "我要投诉", "between": [12.5, 20.25], "doubt": 1.5},
        ),
        (
            "/webhooks/voice/notify",
            {"call": "call-2", "channel": "browser", "signal": "key_pressed", "facts": {"key": "1"}},
        ),
    ]


async def test_a_sentence_arrives_with_its_manner(server: LyingServer, dialogue: RasaDialogue) -> None:
    manner = {"question": "yes_no", "barge_in": False, "note": "20261124-01", "fixed": False}
    said = await replies_to(server, dialogue, {"text": "对吗？", "utterance": "utter_confirm", "metadata": manner})
    assert said == [Say("对吗？", "utter_confirm", "yes_no", barge_in=False, fixed=False, note="20261124-01")]


async def test_a_sentence_without_a_name_is_never_kept(server: LyingServer, dialogue: RasaDialogue) -> None:
    said = await replies_to(server, dialogue, {"text": "余额是五元。"}, {"text": "好。", "utterance": "utter_ok"})
    assert [isinstance(one, Say) and one.fixed for one in said] == [False, True]


async def test_a_private_sentence_is_never_kept(server: LyingServer, dialogue: RasaDialogue) -> None:
    said = await replies_to(
        server, dialogue, {"text": "余额是五元。", "utterance": "utter_balance", "metadata": {"private": "yes"}}
    )
    assert isinstance(said[0], Say) and not said[0].fixed


async def test_commands_arrive_in_their_order(server: LyingServer, dialogue: RasaDialogue) -> None:
    said = await replies_to(
        server,
        dialogue,
        {"custom": {"command": "collect_number", "kind": "login", "pin_follows": True}},
        {"custom": {"command": "collect_pin"}},
        {"custom": {"command": "hand_off", "reason": "asked", "queue": "loans", "summary": "问贷款"}},
        {"custom": {"command": "hang_up"}},
    )
    assert said == [CollectNumber("login", True), CollectPin(), HandOff("asked", "loans", "问贷款"), HangUp()]


@pytest.mark.parametrize(
    "reply",
    [
        {"custom": {"command": "reboot"}},
        {"custom": {"command": "collect_number"}},
        {"custom": "hang_up"},
        {"utterance": "utter_greet"},
        {"text": None},
        {"text": "好。", "metadata": {"question": 7}},
        "好的。",
    ],
)
async def test_a_reply_that_makes_no_sense_is_an_error(server: LyingServer, dialogue: RasaDialogue, reply: Any) -> None:
    assert await failure(server, dialogue, server.answer({"replies": [reply]})) == "rasa_failed"


@pytest.mark.parametrize("content", [{"replies": "好"}, {}, [], None, "好"])
async def test_an_answer_of_another_shape_is_an_error(
    server: LyingServer, dialogue: RasaDialogue, content: Any
) -> None:
    assert await failure(server, dialogue, server.answer(content)) == "rasa_failed"


async def test_an_answer_that_is_no_json_is_an_error(server: LyingServer, dialogue: RasaDialogue) -> None:
    assert await failure(server, dialogue, server.raw("<html>502</html>")) == "rasa_failed"


async def test_an_empty_answer_is_an_error(server: LyingServer, dialogue: RasaDialogue) -> None:
    assert await failure(server, dialogue, server.answer({"replies": []})) == "rasa_silent"
    assert await failure(server, dialogue, server.answer({"code": "rasa_silent"}, 500)) == "rasa_silent"


async def test_a_server_error_is_an_error_whatever_it_says(server: LyingServer, dialogue: RasaDialogue) -> None:
    assert await failure(server, dialogue, server.answer({"code": "rasa_failed"}, 500)) == "rasa_failed"
    assert await failure(server, dialogue, server.answer({"replies": [{"text": "好。"}]}, 503)) == "rasa_failed"


async def test_a_stalled_rasa_is_an_error_in_time(server: LyingServer, dialogue: RasaDialogue) -> None:
    for behaviour in (server.stall, server.stall_halfway):
        began = time.monotonic()
        assert await failure(server, dialogue, behaviour) == "rasa_stalled"
        assert time.monotonic() - began < 1.0


async def test_a_stalled_rasa_is_noticed_in_audio_time_too(server: LyingServer) -> None:
    """The audio clock stands still while Rasa works; the wall clock does not."""
    server.behave = server.stall

    async def call() -> str:
        client = RasaClient(server.url, longest_answer_seconds=0.2)
        try:
            await (await client.open("call-1", "script")).hear("你好")
        except DialogueError as problem:
            return problem.code
        finally:
            await client.close()
        return "answered"

    assert await asyncio.to_thread(run_in_audio_time, call()) == "rasa_stalled"


async def test_after_a_stall_the_next_turn_is_answered(server: LyingServer, dialogue: RasaDialogue) -> None:
    assert await failure(server, dialogue, server.stall) == "rasa_stalled"
    assert await replies_to(server, dialogue, {"text": "好。", "utterance": "utter_ok"}) == [Say("好。", "utter_ok")]


async def test_a_connection_that_is_cut_is_an_error(server: LyingServer, dialogue: RasaDialogue) -> None:
    assert await failure(server, dialogue, server.die) == "rasa_away"


async def test_a_rasa_that_is_not_there_is_an_error() -> None:
    client = RasaClient(f"http://127.0.0.1:{free_port()}", longest_answer_seconds=0.3)
    dialogue = await client.open("call-1", "browser")
    with pytest.raises(DialogueError) as failed:
        await dialogue.notify(Signal("call_started"))
    assert failed.value.code == "rasa_away"
    await dialogue.close()  # a call can always end
    await client.close()


async def test_the_end_of_a_call_is_told(server: LyingServer, dialogue: RasaDialogue) -> None:
    server.behave = server.answer({"forgotten": True})
    await dialogue.close()
    assert server.asked == [("/webhooks/voice/forget", {"call": "call-1"})]


async def test_an_error_says_nothing_of_what_the_caller_said(server: LyingServer, dialogue: RasaDialogue) -> None:
    server.behave = server.answer({"replies": []})
    with pytest.raises(DialogueError) as failed:
        await dialogue.hear("我的密码是一二三四五六")
    assert "密码" not in str(failed.value)
