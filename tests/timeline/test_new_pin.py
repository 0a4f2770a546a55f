"""A new password, entered twice: no digit of it leaves its phase, whatever the caller does."""

import pytest

from bot.backend.base import PasswordChange
from bot.dialogue.base import CollectNewPin, CollectPin, Say
from bot.errors import UnclearDeed
from tests.support.scripted_call import ScriptedCall, ToldBackend, greeting_then

OLD, NEW, OTHER = "135792", "408163", "957206"
CHANGE = greeting_then(
    {
        "改密码": [CollectNewPin()],
        "登录": [CollectPin()],
        "pin_finished": [Say("请先改密码。", "utter_password_must_change"), CollectNewPin()],
        "new_pin_finished": [Say("好的，就这样。", "utter_outcome")],
    }
)


def change_call(*entered: tuple[float, str], seconds: float = 60.0) -> ScriptedCall:
    """Somebody who asks for it at 2 s and presses these keys at these seconds."""
    call = ScriptedCall(CHANGE, password=OLD)
    call.says(2.0, "改密码")
    for at, keys in entered:
        call.presses(at, keys)
    call.hangs_up(seconds)
    call.run()
    return call


def outcome(call: ScriptedCall) -> str | None:
    finished = [turn for turn in call.dialogue.received if getattr(turn, "name", "") == "new_pin_finished"]
    return finished[0].facts["outcome"] if finished else None


def left_behind(call: ScriptedCall) -> str:
    """Everything the call wrote, said, showed or told the dialogue."""
    return repr((call.entries, call.channel.captions, call.dialogue.received, call.voice.asked, call.channel._events))


def test_the_same_twice_changes_it():
    call = change_call((5.0, NEW), (10.0, NEW))
    assert outcome(call) == "changed" and call.backend._password == NEW
    assert NEW not in left_behind(call)
    assert call.noted("pin")[0].facts == {"outcome": "new_changed"}


def test_each_may_be_ended_with_hash():
    call = change_call((5.0, NEW + "#"), (10.0, NEW + "#"))
    assert outcome(call) == "changed"
    assert "key_pressed" not in call.dialogue.signals


def test_twice_different_is_asked_for_again():
    call = change_call((5.0, NEW), (10.0, OTHER), (20.0, OTHER), (25.0, OTHER))
    assert "两次输入的不一样，请重新输入新密码。" in call.said
    assert outcome(call) == "changed" and call.backend._password == OTHER


@pytest.mark.parametrize("weak", ["888888", OLD])
def test_a_weak_one_is_refused_before_it_is_asked_for_again(weak):
    call = change_call((5.0, weak), (30.0, NEW), (36.0, NEW))
    assert any("这个密码不能用" in text for text in call.said)
    assert sum("再输入一遍" in text for text in call.said) == 1
    assert outcome(call) == "changed" and weak not in left_behind(call)


def test_three_failures_are_enough_and_the_old_one_stays():
    call = change_call((5.0, NEW), (10.0, OTHER), (20.0, "111111"), (45.0, "12#"), seconds=70.0)
    assert outcome(call) == "gave_up" and call.backend._password == OLD
    assert NEW not in left_behind(call) and "key_pressed" not in call.dialogue.signals


def test_nothing_is_heard_and_the_recording_is_silent_while_digits_may_fall():
    call = ScriptedCall(CHANGE, password=OLD)
    call.says(2.0, "改密码")
    call.says(7.0, "四零八幺六三")
    call.presses(12.0, NEW)
    call.says(15.5, "四零八幺六三")
    call.presses(18.0, NEW)
    call.hangs_up(40.0)
    call.run()
    assert outcome(call) == "changed"
    assert call.ear.heard_while_deaf == 2 and call.dialogue.heard == ["改密码"]


def test_late_digits_of_the_old_password_are_none_of_the_new_one():
    call = ScriptedCall(CHANGE, password=OLD)
    call.says(2.0, "登录")
    call.presses(12.0, OLD + "7#")
    call.presses(22.0, NEW)
    call.presses(27.0, NEW)
    call.hangs_up(50.0)
    call.run()
    assert outcome(call) == "changed" and call.backend._password == NEW


def test_a_hang_up_in_the_middle_changes_nothing_and_leaves_no_digit():
    call = change_call((5.0, NEW), (10.0, NEW[:4]), seconds=11.3)
    assert outcome(call) is None and call.backend._password == OLD
    assert NEW not in left_behind(call) and NEW[:4] not in left_behind(call)


def test_silence_is_asked_three_times_and_then_let_be():
    call = change_call(seconds=120.0)
    assert outcome(call) == "gave_up"
    assert sum("没有收到六位数字" in text for text in call.said) == 2


class LosesItsAnswer(ToldBackend):
    """Changes the password and does not say so."""

    async def change_password(self, call_id: str, password: str) -> PasswordChange:
        self._password = password
        raise UnclearDeed("backend_stalled", "no answer")


def test_a_change_that_nobody_confirms_says_which_password_to_try_first():
    call = ScriptedCall(CHANGE, password=OLD)
    call.backend = LosesItsAnswer(OLD)
    call.says(2.0, "改密码")
    call.presses(5.0, NEW)
    call.presses(10.0, NEW)
    call.hangs_up(60.0)
    call.run()
    assert outcome(call) == "unclear" and any("先按新密码" in said for said in call.said)
    assert call.noted("failed")[0].facts == {"code": "backend_stalled"}
    assert NEW not in left_behind(call)
