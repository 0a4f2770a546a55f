"""A password that is said aloud goes nowhere, and the caller hears why; other numbers are not taken for one."""

import pytest

from bot.dialogue.base import CollectNumber, Say
from bot.mandarin import masked, says_password
from tests.support.scripted_call import ScriptedCall, greeting_then

ANSWERS = greeting_then(
    {"查余额": [CollectNumber("login", pin_follows=True)], "再见": [Say("再见。", "utter_bye")]},
)


def left_behind(call: ScriptedCall) -> str:
    return repr((call.entries, call.channel.captions, call.dialogue.received, call.voice.asked))


@pytest.mark.parametrize("said", ["我的密码是二八六九幺三", "二八六九幺三", "嗯二八六九幺三"])
def test_it_reaches_neither_dialogue_nor_journal_nor_recording(said):
    call = ScriptedCall(ANSWERS)
    call.says(4.0, said)
    call.hangs_up(22.0)
    silenced = []
    call.on_recorder = lambda recorder: setattr(recorder, "silence_from", silenced.append)
    call.run()
    assert call.dialogue.heard == []
    assert any("密码请不要说出来" in text for text in call.said)
    assert "二八六九" not in left_behind(call)
    assert silenced and 3.0 <= silenced[0] <= 4.0


def test_it_is_no_piece_of_the_number_that_is_being_asked_for():
    call = ScriptedCall(ANSWERS)
    call.says(2.0, "查余额")
    call.says(7.0, "密码是二八六九幺三")
    call.hangs_up(24.0)
    call.run()
    assert any("密码请不要说出来" in text for text in call.said)
    assert "二八六九" not in left_behind(call)


def test_six_digits_of_an_account_are_a_piece_of_it():
    call = ScriptedCall(ANSWERS)
    call.says(2.0, "查余额")
    call.says(7.0, "八一零零七一")
    call.says(15.0, "零八一七三七")
    call.says(24.0, "对")
    call.hangs_up(34.0)
    call.run()
    assert call.backend.numbers == ["810071081737"]


@pytest.mark.parametrize(
    "text",
    [
        "密码忘了",
        "我要改密码",
        "我的账号是八一零零七一零八一七三七",
        "还五万",
        "二零二六年十二月三号",
        "一二三二九",
        "密码是几位",
    ],
)
def test_other_words_are_none(text):
    assert not says_password(text)


def test_what_follows_the_word_is_starred_wherever_it_is_written():
    assert masked("我的密码是286913谢谢") == "我的密码是******谢谢"
    assert masked("密码二八六九幺三") == "密码******"
    assert masked("密码忘了，账号尾号1737") == "密码忘了，账号尾号1737"
