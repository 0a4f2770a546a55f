"""Examples spoken over a telephone, heard by the recogniser and taken by Rasa, as an editor's tool does it."""

import asyncio

from bot.check.examples import Example
from bot.commands.qa_loop import speak_and_hear
from bot.qa.conditions import condition_of
from bot.qa.loop import can_be_said, findings
from bot.stage import Stage

HEARD = Example("rate_first_second", "公积金贷款利率是多少", "nlu/rates.yml", 8)
NEVER_HEARD = Example("opening_hours", "魑魅魍魉饕餮貔貅", "nlu/counter.yml", 1)


def test_a_plain_example_gets_through_every_voice_and_one_without_words_through_none(stage: Stage):
    spoken, words = asyncio.run(
        speak_and_hear(stage, [HEARD, NEVER_HEARD], ["caller", "caller_m"], condition_of("alaw"))
    )
    assert [(one.voice, one.lost) for one in spoken if one.text == HEARD.text] == [
        ("caller", False),
        ("caller_m", False),
    ]
    found = findings(spoken, words, [])
    assert (NEVER_HEARD.text, "nlu/counter.yml:1") in found.unspeakable and not can_be_said(NEVER_HEARD.text, words)
    assert all(one.errors > 3 for one in spoken if one.text == NEVER_HEARD.text)
