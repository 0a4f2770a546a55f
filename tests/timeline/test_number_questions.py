"""A caller who is asked for a number and asks something back (等一下，利率是多少) is answered, then asked again."""

from bot.dialogue.base import CollectNumber, Say
from tests.support.scripted_call import ScriptedCall, greeting_then

ACCOUNT = "810071081737"
LOGIN = CollectNumber("login", pin_follows=False)
ASKS_FOR_IT = "请输入或者说出您的公积金账号"
RATE = "等一下贷款利率是多少"
ANSWERS = {
    "查余额": [LOGIN],
    RATE: [Say("利率是二点六。", "utter_policy_rate"), Say("请问还需要什么？", "utter_anything_else", "anything_else")],
    "账号是什么呢": [Say("账号是您的编号。", "utter_policy_account_number"), LOGIN],
    "我想问网点在哪": [Say("您在哪个区？", "utter_branch_district", "branch")],
    "今天天气怎么样": [Say("天气我查不了。请问公积金方面需要什么？", "utter_outside_weather", "anything_else")],
    "这个哪里有什么": [Say("没有听懂，请再说一遍。", "utter_repair_rephrase")],
    "number_finished": [Say("收到了。", "utter_received")],
}


def number_call(*sayings: tuple[float, str], keys_at: float = 0.0, until: float = 60.0) -> ScriptedCall:
    call = ScriptedCall(greeting_then(ANSWERS))
    call.says(2.0, "查余额")
    for at, text in sayings:
        call.says(at, text)
    if keys_at:
        call.presses(keys_at, ACCOUNT)
    call.hangs_up(until)
    call.run()
    return call


def outcomes(call: ScriptedCall) -> list[str]:
    return [str(entry.facts["outcome"]) for entry in call.noted("number")]


def asked(call: ScriptedCall) -> int:
    return sum(ASKS_FOR_IT in text for text in call.said)


def test_a_question_is_answered_and_the_number_asked_for_again():
    call = number_call((6.0, RATE), keys_at=24.0)
    assert "利率是二点六。" in call.said and "请问还需要什么？" not in call.said
    assert (asked(call), outcomes(call), call.backend.numbers) == (2, ["asked", "complete"], [ACCOUNT])
    assert call.said.index("利率是二点六。") < len(call.said) - 1 - call.said[::-1].index("收到了。")


def test_a_question_about_the_number_itself_is_answered_by_the_form_that_comes_back_to_it():
    call = number_call((6.0, "账号是什么呢"), keys_at=24.0)
    assert "账号是您的编号。" in call.said and call.backend.numbers == [ACCOUNT]


def test_what_is_no_business_of_ours_is_answered_without_asking_what_else():
    call = number_call((6.0, "今天天气怎么样"), keys_at=24.0)
    assert "天气我查不了。" in call.said and not any("需要什么" in text for text in call.said)
    assert call.backend.numbers == [ACCOUNT]


def test_whoever_asks_about_keys_is_told_about_them():
    call = number_call((6.0, "怎么用按键输入"), keys_at=24.0)
    assert any("您可以打开电话的拨号键盘" in text for text in call.said) and call.backend.numbers == [ACCOUNT]


def test_keys_over_the_answer_are_the_number():
    call = number_call((6.0, RATE), keys_at=12.0, until=30.0)
    assert call.backend.numbers == [ACCOUNT]


def test_another_business_leaves_the_number():
    call = number_call((6.0, "我想问网点在哪"), (20.0, "查余额"), keys_at=30.0, until=45.0)
    assert "您在哪个区？" in call.said
    assert outcomes(call) == ["asked", "complete"] and asked(call) == 2


def test_a_number_badly_heard_that_sounds_like_a_question_is_given_up_as_ever():
    call = number_call(*((6.0 + 14.0 * turn, "这个哪里有什么") for turn in range(6)), until=130.0)
    assert "没有听懂，请再说一遍。" not in call.said
    assert outcomes(call) == ["asked"] * 3 + ["gave_up"]
    assert any("您可以打开电话的拨号键盘" in text for text in call.said)


def test_words_without_a_question_and_digits_within_one_never_reach_the_dialogue():
    call = number_call((6.0, "嗯我找一下"), (24.0, "八一零零多少来着"), until=45.0)
    assert call.dialogue.heard == ["查余额"]
    assert "多少来着" not in repr(call.entries)
