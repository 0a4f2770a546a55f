"""The password: every key from the moment it is due belongs to the phase, and no digit leaves it."""

import pytest

from bot.backend.base import LoginStatus
from bot.dialogue.base import CollectNumber, CollectPin, Say
from bot.identity import check_digit
from tests.support.scripted_call import ScriptedCall, greeting_then

ACCOUNT = "100200300401"
LOGIN = greeting_then(
    {
        "查余额": [CollectNumber("login", pin_follows=True)],
        "number_finished": [CollectPin()],
        "pin_finished": [Say("登录成功。", "utter_ok"), Say("余额一千元。", "utter_balance")],
    }
)


def login_call() -> ScriptedCall:
    call = ScriptedCall(LOGIN)
    call.says(2.0, "查余额")
    call.presses(6.0, ACCOUNT + "#")
    return call


def left_behind(call: ScriptedCall) -> str:
    """Everything the call wrote, said, showed or told the dialogue."""
    return repr((call.entries, call.channel.captions, call.dialogue.received, call.voice.asked, call.channel._events))


def test_right_password_leads_to_the_balance():
    call = login_call()
    call.presses(16.0, "135792")
    call.hangs_up(30.0)
    call.run()
    assert call.backend.numbers == [ACCOUNT]
    assert call.backend.outcomes == [LoginStatus.OK]
    assert "余额一千元。" in call.said
    assert "135792" not in left_behind(call)
    assert call.dialogue.signals.count("key_pressed") == 0


def test_password_typed_ahead_right_after_the_number_counts():
    call = ScriptedCall(LOGIN)
    call.says(2.0, "查余额")
    call.presses(6.0, ACCOUNT + "#" + "135792")
    call.hangs_up(20.0)
    call.run()
    assert call.backend.outcomes == [LoginStatus.OK]
    assert call.dialogue.signals.count("key_pressed") == 0


@pytest.mark.parametrize("late", [0.25, 1.0, 2.5])
def test_a_seventh_key_is_swallowed(late):
    call = login_call()
    call.presses(16.0, "135792")
    call.presses(17.25 + late, "7")
    call.hangs_up(32.0)
    call.run()
    assert call.backend.outcomes == [LoginStatus.OK]
    assert call.dialogue.signals.count("key_pressed") == 0


def test_star_clears_and_the_password_is_entered_again():
    call = login_call()
    call.presses(16.0, "999*")
    call.presses(20.0, "135792")
    call.hangs_up(34.0)
    call.run()
    assert call.backend.outcomes == [LoginStatus.OK]


def test_nothing_entered_is_not_a_wrong_attempt():
    call = login_call()
    call.hangs_up(90.0)
    call.run()
    assert call.backend.outcomes == [LoginStatus.NO_PASSWORD]
    assert sum("拨号键盘" in text for text in call.said) >= 1


@pytest.mark.parametrize("after_seconds", [0.3, 6.0, 15.0])
def test_keys_after_the_phase_timed_out_are_no_menu_keys(after_seconds):
    call = login_call()
    call.presses(16.0, "13")
    call.hangs_up(120.0)
    call.run()
    ends = call.noted("pin")[0].at_seconds  # when the phase gave up; a second call presses right after it
    late = login_call()
    late.presses(16.0, "13")
    late.presses(ends + after_seconds, "579246")
    late.hangs_up(ends + 24.0)
    late.run()
    assert late.backend.outcomes == [LoginStatus.NO_PASSWORD]
    assert late.dialogue.signals.count("key_pressed") == 0


@pytest.mark.parametrize("after_seconds", [6.0, 15.0])
def test_one_key_after_the_phase_timed_out_is_a_menu_key(after_seconds):
    call = login_call()
    call.presses(16.0, "13")
    call.hangs_up(120.0)
    call.run()
    ends = call.noted("pin")[0].at_seconds
    late = login_call()
    late.presses(16.0, "13")
    late.presses(ends + after_seconds, "0")
    late.hangs_up(ends + 24.0)
    late.run()
    assert late.dialogue.signals.count("key_pressed") == 1


def test_speech_in_the_private_window_is_not_heard():
    call = login_call()
    call.says(17.0, "一三五七九二")
    call.presses(19.0, "135792")
    call.hangs_up(34.0)
    call.run()
    assert call.ear.heard_while_deaf == 1
    assert call.dialogue.heard == ["查余额"]


def test_hang_up_in_the_middle_of_the_password_leaves_no_digit():
    call = login_call()
    call.presses(16.0, "1357")
    call.hangs_up(17.2)
    call.run()
    assert call.ended_by == "caller" and call.backend.outcomes == []
    assert "1357" not in left_behind(call)


def test_an_id_number_ends_with_star_for_x_and_is_checked():
    call = ScriptedCall(LOGIN)
    bodies = (f"99999919900101{order:03d}" for order in range(100))
    body = next(body for body in bodies if check_digit(body) == "X")
    call.says(2.0, "查余额")
    call.presses(6.0, body + "*")
    call.presses(18.0, "135792")
    call.hangs_up(32.0)
    call.run()
    assert call.backend.numbers == [body + "X"]
    assert body not in left_behind(call)


def test_a_mistyped_id_number_is_refused_before_anything_is_counted():
    call = ScriptedCall(LOGIN)
    call.says(2.0, "查余额")
    call.presses(6.0, "999999199001010000"[:17] + "1#")
    call.hangs_up(25.0)
    call.run()
    assert call.backend.numbers == []


def test_a_spoken_number_is_read_back_by_its_last_four():
    call = ScriptedCall(LOGIN)
    call.says(2.0, "查余额")
    call.says(16.0, "幺零零二零零三零零四零幺")
    call.says(28.0, "对")
    call.presses(38.0, "135792")
    call.hangs_up(50.0)
    call.run()
    assert call.backend.numbers == [ACCOUNT]
    assert any("0401" in text for text in call.said)
    assert ACCOUNT not in left_behind(call) and "幺零零二" not in repr(call.entries)


def test_star_first_goes_back():
    call = ScriptedCall(LOGIN)
    call.says(2.0, "查余额")
    call.presses(6.0, "*")
    call.hangs_up(12.0)
    call.run()
    assert call.dialogue.received[-1].facts["outcome"] == "back"


def test_only_the_first_sentence_of_the_outcome_is_deaf():
    """The balance is read out for long: after its first sentence the caller may stop it, by voice or key."""
    for deed in ("says", "presses"):
        call = ScriptedCall(
            greeting_then(
                {
                    "查余额": [CollectNumber("login", pin_follows=True)],
                    "number_finished": [CollectPin()],
                    "pin_finished": [Say("余额是一千元。" + "您每月缴存一百元。" * 12, "utter_balance")],
                }
            )
        )
        call.says(2.0, "查余额")
        call.presses(6.0, ACCOUNT + "#")
        call.presses(16.0, "135792")
        call.says(26.0, "人工服务") if deed == "says" else call.presses(26.0, "0")
        call.hangs_up(32.0)
        call.run()
        assert "余额是一千元。" in call.said
        assert ("人工服务" in call.dialogue.heard) if deed == "says" else ("key_pressed" in call.dialogue.signals)
