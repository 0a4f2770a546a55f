"""Streams serve one call after the other, and nothing of a call stays in them."""

import asyncio

import pytest

from bot.listening.vosk_recognizer import VoskModel
from bot.listening.vosk_stream import Stream
from tests.audio.corpus import espeak, pcm
from tests.conftest import ROOT

SAYINGS = ("公积金贷款利率是多少", "我想预约下周二上午去办提取", "转人工", "帮我查一下余额")


@pytest.fixture(scope="module")
def model():
    return VoskModel(ROOT / "models" / "zh-12329", threads=1)  # one after the other: the tests can wait for it


def sound(text, voice="m1"):
    return bytes(4800) + pcm(espeak(text, voice)) + bytes(4800)


def heard(stream, samples):
    stream.begin()
    for at in range(0, len(samples), 1600):
        stream.accept(samples[at : at + 1600])
    found = stream.finish()
    times = [(word.text, round(word.start_seconds, 2), round(word.end_seconds, 2)) for word in found.words]
    return found.text, found.confidence, times, [word.confidence for word in found.words]


def a_call(stream):
    """Two turns, the second over a loud line, and a caller who hangs up in the middle of a word."""
    heard(stream, sound("我的贷款还剩多少", "f2"))
    stream.begin()
    stream.accept(bytes(range(0, 250, 2)) * 128)
    stream.accept(sound("提前还款要什么材料", "f3")[:11200])
    stream.renew()


def test_a_stream_that_served_a_call_hears_the_next_as_a_new_one_would(model):
    used = Stream(model.engine)
    for text in SAYINGS:
        a_call(used)
        new = Stream(model.engine)
        assert [heard(used, sound(text)) for _ in range(2)] == [heard(new, sound(text)) for _ in range(2)]
        used.renew()


async def test_the_stream_of_a_call_that_is_over_serves_the_next(model):
    async def call():
        recognizer = model.recognizer()
        await recognizer.begin(())
        await recognizer.accept(sound("转人工"))
        text = (await recognizer.finish()).text
        serving = recognizer._openly
        recognizer.close()
        await asyncio.wait_for(model.run(lambda: None), 5)
        return text, serving

    (text, stream), again = await call(), await call()
    assert again == (text, stream)


async def test_a_caller_who_hangs_up_while_the_recogniser_computes_leaves_a_stream_that_works(model):
    recognizer = model.recognizer()
    await recognizer.begin(())
    work = asyncio.create_task(recognizer.accept(sound("公积金贷款利率是多少") * 3))
    await asyncio.sleep(0.01)
    work.cancel()
    recognizer.close()
    later = model.recognizer()
    await later.begin(())
    await later.accept(sound("转人工"))
    assert (await later.finish()).text == "转人工"
    later.close()
