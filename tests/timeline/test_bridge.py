"""An answer that is slow in coming is bridged with 请稍等: once, never instead of the answer, never at a key's cost."""

import asyncio

import pytest

from bot.backend.base import LoginStatus
from bot.channels.base import NextStep
from bot.dialogue.base import CollectNewPin, CollectNumber, CollectPin, Reply, Say, Signal
from bot.errors import BackendError, DialogueError
from tests.support.scripted_call import ScriptedCall, greeting_then

WAIT = "请稍等。"
ANSWER = "年利率是百分之二点六。"
APOLOGY = "抱歉，系统刚才没有反应过来。"
ACCOUNT = "100200300401"
ANSWERS = {
    "利率": [Say(ANSWER, "utter_rate")],
    "查余额": [CollectNumber("login", pin_follows=True)],
    "改密码": [CollectNewPin()],
    "number_finished": [CollectPin()],
    "pin_finished": [Say("余额一千元。", "utter_balance")],
    "new_pin_finished": [Say("密码已修改。", "utter_password_changed")],
}


def call_with_slow(seconds: float, *slow: str, fails: Exception | None = None) -> ScriptedCall:
    """A dialogue that takes so long over these words and signals, and then may fail."""
    call = ScriptedCall(greeting_then(ANSWERS))
    hear, notify = call.dialogue.hear, call.dialogue.notify

    async def late(turn: str) -> None:
        if turn in slow:
            await asyncio.sleep(seconds)
            if fails:
                raise fails

    async def hears(text, between=None, doubt=0.0) -> list[Reply]:
        await late(text)
        return await hear(text, between)

    async def notices(signal: Signal) -> list[Reply]:
        await late(signal.name)
        return await notify(signal)

    call.dialogue.hear, call.dialogue.notify = hears, notices
    return call


def slow_backend(call: ScriptedCall, seconds: float, *methods: str, fails: Exception | None = None) -> None:
    """The back end takes so long over these."""

    def slowed(method):
        async def late(*given, **named):
            await asyncio.sleep(seconds)
            if fails:
                raise fails
            return await method(*given, **named)

        return late

    for name in methods:
        setattr(call.backend, name, slowed(getattr(call.backend, name)))


def said(call: ScriptedCall) -> list[str]:
    """What was said, but for what follows a silence."""
    return [text for text in call.said if text != "好的。"]


def waits(call: ScriptedCall) -> list[tuple[float, float]]:
    """Of each answer: when the caller heard 请稍等 (0 if not), and when the answer."""
    answered = [entry.facts for entry in call.noted("answered")]
    return [(facts.get("bridged_seconds", 0.0), facts["after_seconds"]) for facts in answered]


def bridges(call: ScriptedCall) -> list[dict]:
    """What the journal says of every 请稍等."""
    return [entry.facts for entry in call.noted("said") if entry.facts["utterance"] == "prompt_please_wait"]


def test_a_quick_answer_is_not_bridged():
    call = call_with_slow(0.6, "利率")
    call.says(3.0, "利率")
    call.hangs_up(10.0)
    call.run()
    assert WAIT not in call.said and ANSWER in call.said


def test_a_slow_answer_is_bridged_once_and_follows():
    call = call_with_slow(5.0, "利率")
    call.says(3.0, "利率")
    call.hangs_up(20.0)
    call.run()
    assert said(call)[-2:] == [WAIT, ANSWER] and call.said.count(WAIT) == 1
    [(bridged, answered)] = waits(call)
    assert 0.8 <= bridged < 0.9, "the caller hears something within 2 s"
    assert 5.0 <= answered < 5.1, "and only the answer counts as one"


def test_an_answer_that_comes_meanwhile_lets_it_be_said():
    call = call_with_slow(1.0, "利率")
    call.says(3.0, "利率")
    call.hangs_up(12.0)
    call.run()
    assert said(call)[-2:] == [WAIT, ANSWER]
    assert [facts["interrupted"] for facts in bridges(call)] == [False]


def test_number_and_answer_that_are_slow_together_are_bridged_once():
    call = call_with_slow(2.0, "number_finished")
    slow_backend(call, 0.5, "begin_login")
    call.says(3.0, "查余额")
    call.presses(8.0, ACCOUNT + "#")
    call.hangs_up(20.0)
    call.run()
    assert call.said.count(WAIT) == 1
    assert 0.8 <= waits(call)[-1][0] < 0.9


def test_what_has_only_just_begun_is_not_bridged_for_what_came_before_it():
    call = call_with_slow(0.25, "number_finished")
    slow_backend(call, 0.7, "begin_login")
    call.says(3.0, "查余额")
    call.presses(8.0, ACCOUNT + "#")
    call.hangs_up(20.0)
    call.run()
    assert WAIT not in call.said


def test_a_key_silences_it_is_kept_and_waits_anew():
    call = call_with_slow(6.0, "利率")
    call.says(3.0, "利率")
    call.presses(6.0, "3")
    call.hangs_up(20.0)
    call.run()
    assert call.said.count(WAIT) == 2, "whoever does something while waiting is told again"
    assert [entry.facts["key"] for entry in call.noted("key")] == ["3"]


def test_words_over_it_do_not_stop_it():
    call = call_with_slow(3.0, "利率")
    call.says(3.0, "利率")
    call.says(4.5, "喂你好")
    call.hangs_up(12.0)
    call.run()
    assert not any(facts["interrupted"] for facts in bridges(call)) and ANSWER in call.said
    assert call.dialogue.heard == ["利率"]


@pytest.mark.parametrize("late", [0.3, 1.0, 1.5, 2.8])
def test_while_a_password_is_checked_keys_are_swallowed_and_silence_nothing(late):
    call = call_with_slow(0.0)
    slow_backend(call, 3.0, "verify_password")
    call.says(2.0, "查余额")
    call.presses(6.0, ACCOUNT + "#")
    call.presses(16.0, "135792")
    call.presses(17.25 + late, "7")
    call.hangs_up(32.0)
    call.run()
    assert call.backend.outcomes == [LoginStatus.OK]
    assert said(call)[-2:] == [WAIT, "余额一千元。"]
    assert [facts["interrupted"] for facts in bridges(call)] == [False]
    assert call.dialogue.signals.count("key_pressed") == 0
    assert call.ear.heard_while_deaf == 0 and "135792" not in repr((call.entries, call.dialogue.received))


def test_a_password_typed_ahead_while_the_number_is_looked_up_is_the_password():
    call = call_with_slow(1.5, "number_finished")
    slow_backend(call, 1.5, "begin_login")
    call.says(2.0, "查余额")
    call.presses(6.0, ACCOUNT + "#" + "135792")
    call.hangs_up(24.0)
    call.run()
    assert call.backend.outcomes == [LoginStatus.OK] and call.dialogue.signals.count("key_pressed") == 0
    assert WAIT in call.said and not any(facts["interrupted"] for facts in bridges(call))


def test_a_new_password_is_bridged_too_and_its_second_entry_is_whole():
    call = call_with_slow(0.0)
    slow_backend(call, 1.5, "refuses_password", "change_password")
    call.says(2.0, "改密码")
    call.presses(8.0, "246813")
    call.presses(16.0, "246813")
    call.hangs_up(32.0)
    call.run()
    assert call.said.count(WAIT) == 2 and "密码已修改。" in call.said
    assert call.dialogue.signals.count("key_pressed") == 0


def test_a_back_end_that_stalls_over_the_password_is_told_as_unavailable():
    call = call_with_slow(0.0)
    slow_backend(call, 3.5, "verify_password", fails=BackendError("backend_stalled", "no answer"))
    call.says(2.0, "查余额")
    call.presses(6.0, ACCOUNT + "#")
    call.presses(16.0, "135792")
    call.hangs_up(32.0)
    call.run()
    assert WAIT in call.said and [entry.facts["outcome"] for entry in call.noted("pin")] == ["unavailable"]
    assert [entry.facts["code"] for entry in call.noted("failed")] == ["backend_stalled"]


def test_a_stalled_dialogue_is_bridged_and_then_apologised_for():
    call = call_with_slow(6.0, "利率", fails=DialogueError("rasa_stalled", "too slow"))
    call.says(3.0, "利率")
    call.hangs_up(20.0)
    call.run()
    assert said(call)[2:4] == [WAIT, APOLOGY]
    assert 0.8 <= waits(call)[-1][0] < 0.9


def test_a_dead_dialogue_is_apologised_for_at_once():
    call = call_with_slow(0.0, "利率", fails=DialogueError("rasa_away", "gone"))
    call.says(3.0, "利率")
    call.hangs_up(10.0)
    call.run()
    assert WAIT not in call.said and APOLOGY in call.said


def test_zero_pressed_while_a_stalled_answer_is_awaited_leads_to_a_person():
    call = call_with_slow(6.0, "利率", fails=DialogueError("rasa_stalled", "too slow"))
    call.says(3.0, "利率")
    call.presses(6.5, "0")
    call.run()
    assert call.channel.next_step == NextStep("agent", "failure", "agents")


def test_a_caller_who_hangs_up_while_waiting_is_gone_at_once():
    call = call_with_slow(60.0, "利率")
    call.says(3.0, "利率")
    call.hangs_up(6.0)
    call.run()
    assert call.ended_by == "caller" and call.entries[-1].at_seconds < 6.2


def test_a_greeting_that_is_slow_is_bridged_too():
    call = call_with_slow(2.0, "call_started")
    call.hangs_up(8.0)
    call.run()
    assert said(call)[:2] == [WAIT, "您好。"]
