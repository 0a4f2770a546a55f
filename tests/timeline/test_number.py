"""A long number that is spoken: whole, in pieces, corrected, in fours, and in the end by keys."""

import pytest

from bot.backend.base import LoginKind
from bot.dialogue.base import CollectNumber, Say
from bot.identity import check_digit
from tests.support.scripted_call import ScriptedCall, greeting_then

ACCOUNT = "810071081737"
IN_FOURS = ("八一零零", "七一零八", "一七三七")
NUMBER = greeting_then(
    {"查余额": [CollectNumber("login", pin_follows=False)], "number_finished": [Say("好的。", "utter_ok")]}
)


def number_call(*sayings: tuple[float, str]) -> ScriptedCall:
    """Someone who says these at these seconds and hangs up 12 seconds later; the number is asked for from 3 s on."""
    call = ScriptedCall(NUMBER)
    call.says(2.0, "查余额")
    for at, text in sayings:
        call.says(at, text)
    call.hangs_up(sayings[-1][0] + 12.0)
    call.run()
    return call


def outcome(call: ScriptedCall) -> str:
    return next(entry.facts["outcome"] for entry in call.entries if entry.kind == "number")


def test_a_whole_number_is_read_back_by_its_end_and_confirmed():
    call = number_call((6.0, "八一零零七一零八一七三七"), (16.0, "对"))
    assert call.backend.numbers == [ACCOUNT]
    assert "您说的号码尾号是1737，对吗？" in call.said


def test_each_piece_is_repeated_and_the_caller_goes_on():
    call = number_call(*zip((6.0, 12.0, 18.0), IN_FOURS, strict=True), (26.0, "对"))
    assert call.backend.numbers == [ACCOUNT]
    assert "八幺零零，请继续。" in call.said and "七幺零八，请继续。" in call.said


def test_a_piece_that_was_misheard_is_said_again():
    call = number_call((6.0, "八一零零"), (12.0, "七零八"), (18.0, "不对"), (26.0, "七一零八一七三七"), (36.0, "对"))
    assert call.backend.numbers == [ACCOUNT]
    assert "好的，请把刚才这几位再说一遍。" in call.said


def test_a_whole_number_with_a_digit_too_few_is_denied_and_asked_for_in_fours():
    call = number_call(
        (6.0, "八一零零七一零八一七三"), (16.0, "不对"), *zip((34.0, 42.0, 50.0), IN_FOURS, strict=True), (58.0, "对")
    )
    assert any("请每次只说四位" in text for text in call.said)
    assert call.backend.numbers == [ACCOUNT]


def test_silence_after_a_wrong_whole_number_asks_for_fours_too():
    call = number_call((6.0, "八一零零七一零八一七三"), (40.0, "八一零零"))
    assert any("请每次只说四位" in text for text in call.said)


def test_three_misheard_pieces_are_enough_then_keys_are_asked_for():
    call = ScriptedCall(NUMBER)
    call.says(2.0, "查余额")
    for at in (6.0, 18.0, 30.0):
        call.says(at, "八一零")
        call.says(at + 6.0, "不对")
    call.presses(46.0, ACCOUNT + "#")
    call.hangs_up(60.0)
    call.run()
    assert any("请打开电话的拨号键盘" in text for text in call.said)
    assert call.backend.numbers == [ACCOUNT]


def test_a_number_that_is_not_confirmed_is_asked_for_again():
    call = number_call(
        (6.0, "八一零零七一零八一七三七"), (16.0, "不对"), (26.0, "八一零零七一零八一七三七"), (36.0, "对")
    )
    assert call.backend.numbers == [ACCOUNT]


def test_an_identity_number_paused_at_an_accounts_length_goes_on():
    digits = "99999919661112001"
    spoken = "九九九九九九一九六六一一一二零零一"
    last = check_digit(digits)
    said = "叉" if last == "X" else "零一二三四五六七八九"[int(last)]
    call = number_call((6.0, spoken[:12]), (16.0, spoken[12:] + said), (28.0, "对"))
    assert call.backend.numbers == [digits + last]


def test_what_was_repeated_is_neither_written_down_nor_kept_on_disk():
    call = number_call(*zip((6.0, 12.0, 18.0), IN_FOURS, strict=True), (26.0, "对"))
    assert "八幺零零" not in repr(call.entries)
    assert [fixed for text, _, fixed in call.voice.asked if "八幺零零" in text] == [False]


def asking_for(kind: str) -> ScriptedCall:
    """A call whose dialogue asks for a number of this kind, three seconds after the greeting."""
    call = ScriptedCall(
        greeting_then({"办事": [CollectNumber(kind)], "number_finished": [Say("好的。", "utter_ok")]}),
    )
    call.says(2.0, "办事")
    return call


@pytest.mark.parametrize(("kind", "number"), [("phone", "13800001234"), ("order", "261124100015")])
@pytest.mark.parametrize("by", ["keys", "speech"])
def test_a_number_for_another_purpose_begins_no_login_and_only_the_store_gets_it(kind, number, by):
    call = asking_for(kind)
    if by == "keys":
        call.presses(6.0, number)
    else:
        call.says(6.0, "".join("零一二三四五六七八九"[int(digit)] for digit in number))
        call.says(18.0, "对")
    call.hangs_up(32.0)
    call.run()
    assert call.backend.kept == {kind: number} and call.backend.numbers == []
    finished = next(turn for turn in call.dialogue.received if getattr(turn, "name", "") == "number_finished")
    assert finished.facts == {"kind": kind, "outcome": "complete", "last_four": number[-4:]}
    assert number not in repr((call.entries, call.dialogue.received, call.channel.captions))


@pytest.mark.parametrize(("kind", "number"), [("phone", "23800001234"), ("order", "261124100016")])
def test_a_number_that_cannot_be_one_is_asked_for_again(kind, number):
    call = asking_for(kind)
    call.presses(6.0, number)
    call.hangs_up(16.0)
    call.run()
    assert call.backend.kept == {}
    assert any("请重新输入" in text for text in call.said)


def test_a_units_number_begins_a_units_login():
    call = asking_for("unit")
    call.presses(6.0, "8200001234#")
    call.hangs_up(16.0)
    call.run()
    assert call.backend.kinds == [LoginKind.UNIT] and call.backend.kept == {}


def test_the_hash_after_a_number_that_was_whole_without_it_is_no_menu_key():
    ask = greeting_then({"留电话": [CollectNumber("phone")], "number_finished": [Say("好的。", "utter_ok")]})
    call = ScriptedCall(ask)
    call.says(2.0, "留电话")
    call.presses(6.0, "13800001234#")
    call.hangs_up(16.0)
    call.run()
    assert outcome(call) == "complete" and "key_pressed" not in call.dialogue.signals


def test_a_hash_later_on_is_a_menu_key_again():
    ask = greeting_then({"留电话": [CollectNumber("phone")], "number_finished": [Say("好的。", "utter_ok")]})
    call = ScriptedCall(ask)
    call.says(2.0, "留电话")
    call.presses(6.0, "13800001234#")
    call.presses(13.0, "#")
    call.hangs_up(18.0)
    call.run()
    assert call.dialogue.signals.count("key_pressed") == 1
