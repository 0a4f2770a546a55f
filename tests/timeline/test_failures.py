"""Something of ours fails in a call: the caller hears of it and gets to a person; nothing goes round in circles."""

import asyncio

import pytest

from bot.backend.base import LoginStatus
from bot.channels.base import NextStep
from bot.dialogue.base import CollectNumber, CollectPin, Reply, Say, Signal
from bot.errors import BackendError, ChannelError, DialogueError
from tests.support.scripted_call import ScriptedCall, greeting_then

TO_PERSON = NextStep("agent", "failure", "agents")
APOLOGY = "抱歉，系统刚才没有反应过来。"
HAND_OFF = "正在为您转接人工服务，请不要挂机。"


def greets_and_then(failure: Exception):
    """A dialogue that greets and fails ever after."""

    def answer(turn: str | Signal) -> list[Reply]:
        if isinstance(turn, Signal) and turn.name == "call_started":
            return [Say("您好。请说。", "utter_greeting")]
        raise failure

    return answer


def codes(call: ScriptedCall) -> list[str]:
    return [entry.facts["code"] for entry in call.noted("failed")]


def test_a_dialogue_that_fails_once_is_apologised_for():
    call = ScriptedCall(greets_and_then(DialogueError("rasa_away", "gone")))
    call.says(3.0, "查余额")
    call.hangs_up(8.0)
    call.run()
    assert APOLOGY in call.said and codes(call) == ["rasa_away"]
    assert call.ended_by == "caller"


def test_zero_leads_to_a_person_at_once_while_the_dialogue_is_dead():
    call = ScriptedCall(greets_and_then(DialogueError("rasa_away", "gone")))
    call.presses(3.0, "0")
    call.run()
    assert call.channel.next_step == TO_PERSON
    assert call.said[-1] == HAND_OFF and APOLOGY not in call.said


def test_without_an_exchange_a_dead_dialogue_ends_in_one_call_back():
    call = ScriptedCall(greets_and_then(DialogueError("rasa_away", "gone")), exchange=False)
    call.presses(3.0, "0")
    call.run()
    assert call.desk.asked == ["failure"]
    assert call.channel.next_step == NextStep("hangup") and call.ended_by == "bot"


@pytest.mark.parametrize("failure", [KeyError("a fault of ours"), BackendError("backend_away", "gone")])
def test_a_failure_nobody_foresaw_leads_to_a_person(failure: Exception):
    call = ScriptedCall(greets_and_then(failure))
    call.presses(3.0, "1")
    call.run()
    assert call.said[-1] == HAND_OFF
    assert call.channel.next_step == TO_PERSON
    assert codes(call) == ["backend_away" if isinstance(failure, BackendError) else "unexpected"]
    assert call.ended_by == "failure" == call.noted("ended")[0].facts["by"]


def test_a_broken_way_to_the_caller_is_given_back_to_the_exchange():
    call = ScriptedCall(greeting_then({}))

    async def breaks():
        raise ChannelError("audiosocket_order", "not AudioSocket")
        yield

    call.channel.incoming = breaks  # type: ignore[method-assign]
    call.run()
    assert call.channel.next_step == NextStep("agent", "failure")
    assert call.ended_by == "failure" and codes(call) == ["audiosocket_order"]


def test_a_store_that_cannot_note_the_missing_password_does_not_end_the_call():
    login = {
        "查余额": [CollectNumber("login", pin_follows=True)],
        "number_finished": [CollectPin()],
        "pin_finished": [Say("没有收到密码。", "utter_login_not_done")],
    }
    call = ScriptedCall(greeting_then(login))

    async def away(call_id: str, status: LoginStatus) -> None:
        raise BackendError("backend_away", "gone")

    call.backend.note_login = away  # type: ignore[method-assign]
    call.says(2.0, "查余额")
    call.presses(6.0, "100200300401#")
    call.hangs_up(90.0)
    call.run()
    assert "没有收到密码。" in call.said
    assert codes(call) == ["backend_away"] and call.ended_by == "caller"
    assert [entry.facts["outcome"] for entry in call.noted("pin")] == ["no_password"]


def test_what_was_being_said_at_the_hang_up_is_in_the_journal():
    call = ScriptedCall(greeting_then({}))
    call.hangs_up(0.5)
    call.run()
    [greeting] = call.noted("said")
    assert greeting.facts["interrupted"] and 0.2 < greeting.facts["of_seconds"] < 0.8
    assert call.entries[-1].kind == "ended"


def call_that_stalls_at(key: str) -> ScriptedCall:
    """A dialogue that knows every key but this one, over which it stalls."""
    call = ScriptedCall(greeting_then({}))
    answer = call.dialogue.notify

    async def stalls(signal: Signal) -> list[Reply]:
        if signal == Signal("key_pressed", {"key": key}):
            await asyncio.sleep(1.5)
            raise DialogueError("rasa_stalled", "too slow")
        return await answer(signal)

    call.dialogue.notify = stalls  # type: ignore[method-assign]
    return call


def test_a_number_typed_ahead_of_an_answer_that_never_comes_is_no_row_of_menu_keys():
    call = call_that_stalls_at("1")
    for at, key in enumerate("1" + "100200300401#135792"):
        call.presses(3.0 + at * 0.15, key)
    call.presses(12.0, "3")
    call.hangs_up(15.0)
    call.run()
    assert [entry.facts["key"] for entry in call.noted("key")] == ["1", "3"]
    assert APOLOGY in call.said


def test_a_zero_pressed_while_a_failing_answer_is_awaited_leads_to_a_person():
    call = call_that_stalls_at("1")
    call.presses(3.0, "10")
    call.run()
    assert call.channel.next_step == TO_PERSON
