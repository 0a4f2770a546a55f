"""Our own voice coming back, told from the caller's."""

import numpy
import pytest

from bot.audio.frame import SILENCE
from bot.listening.echo import Echo
from tests.audio.corpus import Samples, espeak, frame_levels, levelled, pcm, telephone

PROMPT = levelled(espeak("您好，欢迎拨打住房公积金热线。请问您要办什么业务？", pitch=45), -20)
CALLER = numpy.resize(espeak("我要查询公积金账户余额", "f4"), len(PROMPT)).astype(numpy.float32)


def line(delay_ms: int, echo_db: float, caller_db: float = -200.0) -> Samples:
    """What comes from the telephone while PROMPT is sent."""
    back = numpy.concatenate([numpy.zeros(delay_ms * 8), PROMPT])[: len(PROMPT)] * 10 ** (echo_db / 20)
    hiss = numpy.random.default_rng(1).standard_normal(len(PROMPT)) * 10 ** (-60 / 20)
    return telephone((back + hiss + CALLER * 10 ** (caller_db / 20)).astype(numpy.float32))


def follow(heard: Samples, sent: Samples) -> tuple[Echo, list[bool], bytes]:
    """The echo follower after a whole prompt; frames it took for echo; what it left over."""
    echo, verdicts, rest = Echo(), [], b""
    for at in range(0, len(heard) * 2 - 319, 320):
        echo.follow(pcm(heard)[at : at + 320], pcm(sent)[at : at + 320])
        is_echo, left = echo.remove()
        verdicts.append(is_echo)
        rest += left
    return echo, verdicts, rest


@pytest.mark.parametrize("delay_ms", [1, 20, 123, 400, 502])
def test_an_echo_is_found_with_its_delay_and_taken_away(delay_ms):
    heard = line(delay_ms, -12)
    echo, verdicts, rest = follow(heard, PROMPT)
    assert echo.delay_samples == pytest.approx(delay_ms * 8, abs=4)
    loud = frame_levels(heard)[50:] > -40
    assert numpy.mean(numpy.array(verdicts)[50:][loud]) > 0.98
    left = frame_levels(numpy.frombuffer(rest, "<i2").astype(numpy.float32) / 32768)[50:]
    assert numpy.median((frame_levels(heard)[50:] - left)[loud]) > 10


def test_a_caller_stands_out_of_the_echo():
    _, verdicts, _ = follow(line(123, -12, caller_db=0), PROMPT)
    loud = frame_levels(CALLER)[50 : len(verdicts)] > -30
    assert numpy.mean(numpy.array(verdicts)[50:][loud]) < 0.2


def test_a_caller_on_a_line_without_echo_is_left_as_he_is():
    heard = line(123, -200, caller_db=0)
    echo, verdicts, rest = follow(heard, PROMPT)
    assert echo.delay_samples is None
    assert numpy.mean(verdicts) < 0.05
    assert rest == pcm(heard)[: len(rest)]


def test_a_caller_with_our_own_voice_is_left_as_he_is_where_nothing_ever_came_back():
    caller = numpy.concatenate([numpy.zeros(3 * 8000), levelled(espeak("转人工", pitch=45), -20)])
    heard = numpy.resize(numpy.concatenate([caller, numpy.zeros(len(PROMPT))]), len(PROMPT)).astype(numpy.float32)
    _, verdicts, rest = follow(heard, PROMPT)
    assert not any(verdicts)
    assert rest == pcm(heard)[: len(rest)]


def test_an_echo_that_begins_in_the_middle_is_found():
    """The caller switches the loudspeaker on."""
    heard = numpy.concatenate([numpy.zeros_like(PROMPT), line(123, -12)])
    echo, verdicts, _ = follow(heard, numpy.concatenate([PROMPT, PROMPT]))
    assert echo.delay_samples == pytest.approx(123 * 8, abs=4)
    assert numpy.mean(verdicts[-75:]) > 0.6


def test_what_is_far_below_our_voice_is_ours_and_a_quiet_caller_is_not():
    frame, sent = pcm(PROMPT[16000:16160]), pcm(PROMPT[16000:16160])
    ours, callers = ((PROMPT[16000:16160] * 10 ** (db / 20)).astype(numpy.float32) for db in (-40, -22))
    echo = Echo()
    echo.follow(frame, sent)
    assert not echo.drowns
    echo.follow(pcm(ours), SILENCE)
    assert echo.drowns
    echo.follow(pcm(callers), SILENCE)
    assert not echo.drowns
    for _ in range(60):
        echo.follow(pcm(ours), SILENCE)
    assert not echo.drowns


@pytest.mark.parametrize("delays_ms", [(60, 250), (250, 60), (100, 80), (80, 100)])
def test_an_echo_that_moves_is_never_taken_for_the_caller(delays_ms):
    """A busy machine holds our frames up, or the handset's buffer grows."""
    heard = numpy.concatenate([line(delay_ms, -12) for delay_ms in delays_ms])
    echo, verdicts, _ = follow(heard, numpy.concatenate([PROMPT, PROMPT]))
    assert echo.delay_samples == pytest.approx(delays_ms[1] * 8, abs=4)
    loud = frame_levels(heard)[: len(verdicts)] > -40
    after = slice(len(verdicts) // 2, None)
    assert numpy.sum(~numpy.array(verdicts)[after] & loud[after]) <= 5


def test_without_anything_sent_there_is_no_echo():
    echo = Echo()
    echo.follow(pcm(CALLER[:160]), SILENCE)
    assert not echo.possible
    assert echo.remove()[0] is False
