"""Several wishes in one sentence reach the engine one after the other, each when the one before is done."""

import pytest

from bot.dialogue.base import CollectNumber, HangUp, Reading, Reply, Say, Signal, Span
from bot.dialogue.one_by_one import OneByOne
from bot.dialogue.wishes import are_wishes, cuts_of, parts_of, surest_cut
from bot.errors import DialogueError

ELSE = Say("请问还需要什么？", "utter_anything_else", "anything_else")
RATE = Say("利率是百分之二点六。", "utter_policy_rate")
BALANCE = Say("余额是一百元。", "utter_account_answer")
LOGIN = CollectNumber("login", pin_follows=True)
MENU = Say("主菜单。", "utter_menu_main", "menu")


class Engine:
    """Answers by the text or signal, knows what a text would be taken for."""

    def __init__(self, answers: dict[str, list[Reply]], readings: dict[str, tuple[str, float]]) -> None:
        self._answers = answers
        self._readings = readings
        self.heard: list[str] = []
        self.doubts: list[float] = []
        self.closed = False

    async def hear(self, text: str, between: Span | None = None, doubt: float = 0.0) -> list[Reply]:
        self.heard.append(text)
        self.doubts.append(doubt)
        if text not in self._answers:
            raise DialogueError("rasa_away", "gone")
        return list(self._answers[text])

    async def notify(self, signal: Signal) -> list[Reply]:
        return list(self._answers[signal.name])

    async def read(self, texts: list[str]) -> list[Reading]:
        return [Reading(*self._readings.get(text, ("nlu_fallback", 0.35))) for text in texts]

    async def close(self) -> None:
        self.closed = True


BOTH = "我想查余额再问一下利率"
READINGS = {"我想查余额": ("account_balance", 0.9), "问一下利率": ("rate_first_second", 0.9)}


def engine(**answers: list[Reply]) -> Engine:
    told = {
        "问一下利率": [RATE, ELSE],
        "我想查余额": [BALANCE, ELSE],
        BOTH: [RATE, ELSE],
        "pin_finished": [BALANCE, ELSE],
    }
    return Engine(told | answers, READINGS)


async def test_both_are_answered_in_their_order_and_only_then_is_asked_what_else() -> None:
    rasa = engine()
    assert await OneByOne(rasa).hear(BOTH) == [BALANCE, RATE, ELSE]
    assert rasa.heard == ["我想查余额", "问一下利率"]


async def test_the_second_waits_until_the_caller_has_logged_in_for_the_first() -> None:
    call = OneByOne(engine(我想查余额=[Say("需要先核对您的身份。"), LOGIN], number_finished=[Say("请输入密码。")]))
    assert (await call.hear(BOTH))[-1] == LOGIN
    assert await call.notify(Signal("number_finished")) == [Say("请输入密码。")]
    assert await call.notify(Signal("pin_finished")) == [BALANCE, RATE, ELSE]
    assert await call.notify(Signal("pin_finished")) == [BALANCE, ELSE]


@pytest.mark.parametrize("dropped", [[MENU], [Say("再见。", "utter_goodbye"), HangUp()]])
async def test_a_menu_or_a_goodbye_drops_what_waits(dropped: list[Reply]) -> None:
    call = OneByOne(engine(我想查余额=[LOGIN], key_pressed=dropped))
    await call.hear(BOTH)
    await call.notify(Signal("key_pressed", {"key": "#"}))
    assert await call.notify(Signal("pin_finished")) == [BALANCE, ELSE]


async def test_a_second_wish_that_fails_costs_nobody_the_first_answer() -> None:
    rasa = engine()
    del rasa._answers["问一下利率"]
    assert await OneByOne(rasa).hear(BOTH) == [BALANCE, ELSE]


async def test_what_the_engine_does_not_know_as_two_businesses_stays_whole() -> None:
    rasa = Engine({BOTH: [RATE, ELSE]}, READINGS | {"问一下利率": ("account_balance", 0.9)})
    assert await OneByOne(rasa).hear(BOTH) == [RATE, ELSE] and rasa.heard == [BOTH]


async def test_two_wishes_without_a_word_between_are_both_answered() -> None:
    rasa = engine(我要查余额=[BALANCE, ELSE], 利率是多少=[RATE, ELSE])
    rasa._readings |= {"我要查余额": ("account_balance", 0.9), "利率是多少": ("rate_first_second", 0.9)}
    assert await OneByOne(rasa).hear("我要查余额利率是多少") == [BALANCE, RATE, ELSE]
    assert rasa.heard == ["我要查余额", "利率是多少"]


async def test_without_a_word_between_a_guess_is_not_enough() -> None:
    rasa = engine(我要查余额利率是多少=[RATE, ELSE])
    rasa._readings |= {"我要查余额": ("account_balance", 0.9), "利率是多少": ("rate_first_second", 0.8)}
    assert await OneByOne(rasa).hear("我要查余额利率是多少") == [RATE, ELSE]


async def test_a_story_told_freely_is_one_answer_whatever_words_are_in_it() -> None:
    rasa = engine(说=[Say("请说一下事情的经过。", "utter_voice_matter", "narration")])
    call = OneByOne(rasa)
    await call.hear("说")
    await call.hear(BOTH)
    assert rasa.heard == ["说", BOTH]


async def test_the_end_of_the_call_is_passed_on() -> None:
    rasa = engine()
    await OneByOne(rasa).close()
    assert rasa.closed


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("查余额，再问一下利率", ["查余额", "问一下利率"]),
        ("查余额再看看月缴存额然后转人工", ["查余额", "看看月缴存额", "转人工"]),
        ("查余额和贷款进度", ["查余额", "查贷款进度"]),
        ("贷款利率是多少", ["贷款利率是多少"]),
        ("再问一下利率", ["再问一下利率"]),
        ("我还有多少钱", ["我还有多少钱"]),
        ("提取和贷款有什么区别", ["提取和贷款有什么区别"]),
        ("查余额，另外", ["查余额，另外"]),
    ],
)
def test_a_sentence_is_cut_where_callers_begin_anew(said: str, parts: list[str]) -> None:
    assert parts_of(said) == parts


@pytest.mark.parametrize(
    ("said", "cuts"),
    [
        ("我要查余额 利率是多少", [("我要查余额", "利率是多少")]),
        ("离职怎么取帮我转人工", [("离职怎么取", "帮我转人工")]),
        ("先查余额转人工", [("先查余额", "转人工")]),
        ("密码忘了还能查余额吗", []),
        ("断交了几个月补上行不行", []),
        ("东湖区和高新区哪个网点近", []),
        ("想问问利率", []),
    ],
)
def test_without_such_a_word_it_may_fall_apart_after_a_question_or_before_a_request(said: str, cuts: list) -> None:
    assert cuts_of(said) == cuts


def test_of_several_cuts_the_one_is_taken_whose_parts_are_known_best() -> None:
    cuts = [("查余额", "帮我问利率"), ("查余额帮我", "问利率")]
    balance, rate = Reading("account_balance", 0.95), Reading("rate_first_second", 0.9)
    unsure = Reading("account_balance", 0.6)
    assert surest_cut(cuts, [unsure, rate, balance, rate]) == cuts[1]
    assert surest_cut(cuts, [unsure, unsure, balance, Reading("greet", 0.9)]) is None


def test_parts_are_wishes_if_each_is_a_sure_and_different_business() -> None:
    balance, rate = Reading("account_balance", 0.9), Reading("rate_first_second", 0.5)
    assert are_wishes([balance, rate])
    assert not are_wishes([balance, balance])
    assert not are_wishes([balance, Reading("rate_first_second", 0.49)])
    assert not are_wishes([Reading("greet", 0.9), balance])


async def test_doubt_about_the_hearing_counts_where_a_business_is_named_not_where_an_answer_is_expected() -> None:
    rasa = engine(**{"上午": [ELSE], "您好": [MENU]})
    dialogue = OneByOne(rasa)
    await dialogue.hear("您好", None, 1.5)
    await dialogue.hear("上午", None, 1.5)  # after a menu
    await dialogue.hear("问一下利率", None, 1.5)  # after 还需要什么
    assert rasa.doubts == [1.5, 0.0, 1.5]
