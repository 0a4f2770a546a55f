"""The beat of outgoing audio, in audio time."""

import asyncio

from bot.channels.pacer import Pacer
from bot.clock import run_in_audio_time


async def beats(
    count: int, stall_before: int = -1, stall_seconds: float = 0.0, lead_seconds: float = 0.02
) -> list[float]:
    """When each of so many frames was sent."""
    loop, pacer, sent = asyncio.get_running_loop(), Pacer(lead_seconds), []
    for number in range(count):
        if number == stall_before:
            await asyncio.sleep(stall_seconds)
        sent.append(loop.time())
        await pacer.tick()
    return [round(at, 3) for at in sent]


def test_one_frame_of_lead_and_then_every_20_ms() -> None:
    assert run_in_audio_time(beats(5)) == [0.0, 0.0, 0.02, 0.04, 0.06]


def test_without_lead_the_second_frame_waits() -> None:
    assert run_in_audio_time(beats(3, lead_seconds=0.0)) == [0.0, 0.02, 0.04]


def test_ten_minutes_of_frames_drift_by_nothing() -> None:
    assert run_in_audio_time(beats(30_002))[-1] == 600.0


def test_a_short_stall_is_caught_up() -> None:
    sent = run_in_audio_time(beats(20, stall_before=9, stall_seconds=0.05))
    assert sent[-1] == 0.36  # as without a stall


def test_after_a_long_stall_at_most_60_ms_go_out_at_once_and_the_beat_goes_on() -> None:
    sent = run_in_audio_time(beats(20, stall_before=9, stall_seconds=5.0))
    resumed = sent[9]
    assert [round(at - resumed, 3) for at in sent[9:14]] == [0.0, 0.0, 0.0, 0.01, 0.03]


def test_it_knows_how_long_what_was_sent_still_plays() -> None:
    async def after_five_frames() -> tuple[float, float]:
        pacer = Pacer()
        nothing_sent = pacer.ahead_seconds()
        for _ in range(5):
            await pacer.tick()
        return nothing_sent, round(pacer.ahead_seconds(), 3)

    assert run_in_audio_time(after_five_frames()) == (0.0, 0.02)
