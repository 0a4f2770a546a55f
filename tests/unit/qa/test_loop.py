"""What a loop of voices through the recogniser tells an editor."""

from bot.qa.loop import Spoken, can_be_said, findings

WORDS = {"公积金", "题", "曲", "提取", "怎么", "查", "余额", "代", "际"}


def said(text: str, heard: str, understood: str, *, voice: str = "caller", intent: str = "withdraw") -> Spoken:
    return Spoken(text, intent, "nlu/x.yml:3", voice, heard, understood, intent)


def test_only_an_example_lost_in_every_voice_is_never_heard():
    spoken = [
        said("怎么提取", "怎么题曲", "fallback"),
        said("怎么提取", "怎么提取", "withdraw", voice="caller_m"),
        said("代际互助", "", "", intent="help"),
        said("代际互助", "代记", "fallback", voice="caller_m", intent="help"),
    ]
    assert [each[0].text for each in findings(spoken, WORDS, []).never_heard] == ["代际互助"]


def test_what_is_not_understood_even_when_typed_is_not_the_recognisers_fault():
    assert not Spoken("怎么提取", "withdraw", "x:1", "caller", "怎么题曲", "deny", "affirm").lost


def test_confusions_are_counted_over_all_examples():
    spoken = [said("怎么提取", "怎么题曲", "withdraw"), said("提取公积金", "题曲公积金", "withdraw")]
    assert findings(spoken, WORDS, []).confusable == (("提取", "题曲", 2),)


def test_signs_without_a_word_are_unspeakable_and_whole_words_are_proposed():
    spoken = [said("代际互助", "代记", ""), said("查代际互助", "查代记", ""), said("查余额", "查余额", "withdraw")]
    cuts = [("代际互助", ["代际", "互助"]), ("查代际互助", ["查", "代际", "互助"]), ("查余额", ["查", "余额"])]
    found = findings(spoken, WORDS, cuts)
    assert [text for text, _ in found.unspeakable] == ["代际互助", "查代际互助"]
    assert dict(found.proposed) == {"代际": 2, "互助": 2}
    assert can_be_said("查余额", WORDS) and not can_be_said("互助", WORDS)
