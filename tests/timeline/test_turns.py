"""Prompts, interruptions, silence: one call after another in virtual time."""

from bot.dialogue.base import HandOff, HangUp, Say
from bot.errors import DialogueError
from tests.support.scripted_call import ScriptedCall, greeting_then

CONFIRM = Say("为您约到十二月三号上午，对吗？", "utter_confirm", "yes_no")
LONG = Say("第一句话很长很长。第二句话也很长。第三句话更长一些。", "utter_long")


def test_a_question_is_heard_and_answered():
    call = ScriptedCall(greeting_then({"利率多少": [Say("百分之二点六。", "utter_rate")]}))
    call.says(3.0, "利率多少")
    call.hangs_up(8.0)
    call.run()
    assert call.dialogue.heard == ["利率多少"]
    assert "百分之二点六。" in call.said
    assert call.ended_by == "caller"


def test_a_key_silences_the_prompt_at_once():
    call = ScriptedCall(greeting_then({"call_started": [LONG]}))
    call.presses(1.0, "1")
    call.hangs_up(4.0)
    call.run()
    said = call.noted("said")[0]
    assert said.facts["interrupted"] and said.facts["of_seconds"] <= 1.06
    assert call.dialogue.signals == ["call_started", "key_pressed"]


def test_two_characters_interrupt_and_are_heard():
    call = ScriptedCall(greeting_then({"call_started": [LONG], "转人工": [HandOff("asked")]}))
    call.says(1.0, "转人工")
    call.run()
    assert call.dialogue.heard == ["转人工"]
    assert call.channel.next_step.kind == "agent" and call.channel.next_step.reason == "asked"


def test_a_filler_over_the_prompt_does_not_interrupt_and_confirms_nothing():
    call = ScriptedCall(greeting_then({"call_started": [CONFIRM]}))
    call.says(1.0, "嗯")
    call.hangs_up(6.0)
    call.run()
    assert call.dialogue.heard == []
    assert not call.noted("said")[0].facts["interrupted"]
    assert call.noted("heard")[0].facts["overlapped"]


def test_a_short_word_of_the_question_interrupts():
    call = ScriptedCall(greeting_then({"call_started": [CONFIRM]}))
    call.says(1.0, "不")
    call.hangs_up(6.0)
    call.run()
    assert call.dialogue.heard == ["不"]


def test_a_prompt_that_may_not_be_interrupted_is_spoken_to_its_end():
    notice = Say("本次通话将被录音。请您知悉。", "utter_notice", barge_in=False)
    call = ScriptedCall(greeting_then({"call_started": [notice]}))
    call.says(0.5, "利率多少")
    call.hangs_up(7.0)
    call.run()
    assert not call.noted("said")[0].facts["interrupted"]


def test_a_false_interruption_resumes_at_the_sentence():
    call = ScriptedCall(greeting_then({"call_started": [LONG]}))
    call.ear.will_hear(3.0, "噪声", 0.5, final="")
    call.run()
    assert [entry.facts.get("false", False) for entry in call.noted("interrupted")] == [False, True]
    assert call.dialogue.heard == []
    assert call.said[:4] == ["第一句话很长很长。", "第二句话也很长。", "第二句话也很长。", "第三句话更长一些。"]


def test_again_repeats_and_slower_speaks_slower_and_neither_reaches_the_dialogue():
    call = ScriptedCall(greeting_then({}))
    call.says(3.0, "再说一遍")
    call.says(8.0, "慢一点")
    call.hangs_up(16.0)
    call.run()
    assert call.dialogue.heard == []
    assert call.said.count("您好。") == 3
    assert call.voice.asked[-1][1].speed < 1.0


def test_nine_repeats():
    call = ScriptedCall(greeting_then({}))
    call.presses(3.0, "9")
    call.hangs_up(7.0)
    call.run()
    assert call.said.count("您好。") == 2
    assert call.dialogue.signals == ["call_started"]


def test_stop_and_go_on_inside_a_reading():
    call = ScriptedCall(greeting_then({"call_started": [LONG]}))
    call.says(3.0, "停一下")
    call.says(14.0, "继续")
    call.hangs_up(21.0)
    call.run()
    assert call.dialogue.heard == []
    assert call.said.count("第二句话也很长。") == 2
    assert call.said[-1] == "第三句话更长一些。"


def test_silence_climbs_the_ladder_and_words_reset_it():
    call = ScriptedCall(greeting_then({"no_input:3": [Say("转人工。"), HandOff("no_input")]}))
    call.says(20.0, "利率多少")
    call.run()
    counts = [entry.facts["count"] for entry in call.noted("no_input")]
    assert counts == [1, 2, 1, 2, 3]
    assert call.channel.next_step.reason == "no_input"


def test_noise_without_words_is_a_no_match():
    call = ScriptedCall(greeting_then({}))
    call.says(4.0, "")
    call.hangs_up(7.0)
    call.run()
    assert call.noted("no_match")[0].facts["count"] == 1


def test_when_the_dialogue_fails_the_caller_hears_an_apology_and_zero_leads_to_a_person():
    def fails(turn):
        if isinstance(turn, str):
            raise DialogueError("rasa_away", "gone")
        return [Say("您好。")]

    call = ScriptedCall(fails)
    call.says(2.0, "利率多少")
    call.presses(6.0, "0")
    call.run()
    assert any("抱歉" in text for text in call.said)
    assert call.noted("failed")[0].facts["code"] == "rasa_away"
    assert call.channel.next_step.kind == "agent"


def test_a_dialogue_that_fails_twice_gives_the_caller_to_a_person():
    def fails(turn):
        raise DialogueError("rasa_away", "gone")

    call = ScriptedCall(fails)
    call.says(12.0, "利率多少")
    call.run()
    assert call.channel.next_step.reason == "failure"


def test_the_dialogue_learns_where_in_the_recording_the_caller_spoke():
    call = ScriptedCall(greeting_then({}))
    call.says(3.0, "我要投诉窗口")
    call.hangs_up(8.0)
    call.run()
    ((begins, ends),) = call.dialogue.spoken
    assert begins == 3.0 and ends == 4.5


def test_after_the_goodbye_the_caller_may_hang_up_first():
    call = ScriptedCall(greeting_then({"没有了": [Say("再见。", "utter_goodbye"), HangUp()]}))
    call.says(3.0, "没有了")
    call.hangs_up(8.0)
    call.run()
    assert call.ended_by == "caller"


def test_after_the_goodbye_the_bot_hangs_up_when_nobody_does():
    call = ScriptedCall(greeting_then({"没有了": [Say("再见。", "utter_goodbye"), HangUp()]}))
    call.says(3.0, "没有了")
    call.run()
    assert call.ended_by == "bot" and call.channel.next_step.kind == "hangup"


def test_without_an_exchange_a_call_back_is_recorded():
    call = ScriptedCall(greeting_then({"转人工": [HandOff("asked")]}), exchange=False)
    call.says(3.0, "转人工")
    call.hangs_up(30.0)
    call.run()
    assert call.desk.asked == ["asked"]
    assert any("2611-2440" in caption.text for caption in call.channel.captions if caption.kind == "note")
    assert call.dialogue.signals[-1] in ("agent_finished", "no_input")


def test_a_caller_without_a_number_leaves_one_to_be_rung_back():
    call = ScriptedCall(greeting_then({"转人工": [HandOff("asked")]}), exchange=False, caller="")
    call.says(3.0, "转人工")
    call.presses(18.0, "13800005678")
    call.hangs_up(40.0)
    call.run()
    assert call.desk.telephones == ["13800005678"] and "13800005678" not in str(call.entries)
    assert any("2611-2440" in caption.text for caption in call.channel.captions if caption.kind == "note")


def test_a_caller_who_leaves_no_number_is_told_that_nobody_can_ring_back():
    call = ScriptedCall(greeting_then({"转人工": [HandOff("asked")]}), exchange=False, caller="")
    call.says(3.0, "转人工")
    call.presses(18.0, "*")
    call.hangs_up(40.0)
    call.run()
    assert call.desk.asked == [] and any("无法登记回电" in text for text in call.said)


def test_a_call_that_lasts_too_long_ends_with_a_sentence():
    call = ScriptedCall(greeting_then({}))
    call.bounds = call.bounds.__class__(30.0, 10.0, 6.0, 5.0)
    call.run()
    assert any("通话时间较长" in text for text in call.said)
    assert call.ended_by == "bot"


def test_a_long_number_said_by_the_way_reaches_nobody_whole():
    call = ScriptedCall(greeting_then({}))
    call.says(3.0, "我的身份证是九九九九九九一九九零零一零一零零一一")
    call.hangs_up(18.0)
    call.run()
    assert len(call.dialogue.heard) == 1
    assert "一九九零零一零一" not in repr((call.dialogue.heard, call.entries))


def test_when_no_sound_can_be_made_a_stored_sentence_is_heard_and_if_that_fails_a_tone():
    call = ScriptedCall(greeting_then({"利率多少": [Say("百分之二点六。", "utter_rate")]}))
    call.voice.broken_for = "百分之二点六。"
    call.says(3.0, "利率多少")
    call.hangs_up(9.0)
    call.run()
    assert "语音暂时不能播放" in call.voice.asked[-1][0]
    assert call.noted("failed")[0].facts["code"] == "synthesizer_died"

    silent = ScriptedCall(greeting_then({}))
    silent.voice.broken_for = ""
    silent.hangs_up(3.0)
    silent.run()
    assert any(bytes(silent.channel.heard))
