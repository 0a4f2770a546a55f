"""Both directions on one clock, however late a busy machine takes them up."""

import random

import pytest

from bot.audio.frame import FRAME_SECONDS, SILENCE
from bot.call.sent_sound import SentSound


def frame(number: int) -> bytes:
    return number.to_bytes(2, "big") * 160


def paired(sends: list[float], arrivals: list[float]) -> list[int | None]:
    """The number of the sent frame beside each heard one; None for silence. Frame n goes out at sends[n]."""
    sound, found = SentSound(), []
    happenings = sorted([(at, 0, number) for number, at in enumerate(sends)] + [(at, 1, 0) for at in arrivals])
    for at, heard, number in happenings:
        if heard:
            beside = sound.beside(at)
            found.append(None if beside == SILENCE else int.from_bytes(beside[:2], "big"))
        else:
            sound.send(frame(number + 1), at)
    return [number - 1 if number is not None else None for number in found]


def beats(count: int, first: float = 0.0) -> list[float]:
    return [first + number * FRAME_SECONDS for number in range(count)]


def test_in_step_each_frame_is_beside_the_one_that_goes_out():
    assert paired(beats(100), beats(100, 0.005)) == list(range(100))


def test_frames_that_waited_in_the_socket_are_beside_what_sounded_when_they_were_made():
    arrivals = [
        at if number < 50 or number >= 60 else beats(100, 0.005)[60] for number, at in enumerate(beats(100, 0.005))
    ]
    assert paired(beats(100), sorted(arrivals)) == pytest.approx(list(range(100)), abs=1)


def test_frames_of_ours_that_go_out_together_sound_one_after_the_other():
    sends = beats(50) + [beats(60)[52]] * 3 + beats(40, beats(60)[53])
    found = paired(sends, beats(90, 0.005))
    assert found[52:55] == [50, 51, 52]


def test_what_a_stall_kept_back_is_silence():
    stalled = beats(50) + beats(40, beats(70)[60])
    found = paired(stalled, [at if at < 1.0 or at > 1.2 else 1.2 for at in beats(100, 0.005)])
    assert found[:50] == list(range(50)) and None in found[50:61]
    assert found[62:] == list(range(52, 90))


def test_a_callers_clock_that_is_slower_than_ours_is_followed():
    arrivals = [number * FRAME_SECONDS * 1.001 + 0.005 for number in range(5000)]
    found = paired(beats(5010), arrivals)
    lag = [at / FRAME_SECONDS - number for at, number in zip(arrivals, found, strict=True) if number is not None]
    assert len(lag) == 5000 and max(lag) - min(lag) < 2


@pytest.mark.parametrize("phase_ms", range(10, 21))
def test_jitter_of_the_network_moves_no_frame(phase_ms):
    chance = random.Random(phase_ms)
    arrivals = sorted(at + chance.expovariate(1 / 0.004) for at in beats(500, phase_ms / 1000))
    found = paired(beats(510), arrivals)[100:]
    assert None not in found
    assert {later - earlier for earlier, later in zip(found, found[1:], strict=False)} == {1}


def test_frames_that_a_busy_machine_sends_late_now_and_then_keep_their_order():
    sends = [at + (0.03 if number % 37 == 0 else 0.0) for number, at in enumerate(beats(500))]
    found = paired(sorted(sends), beats(490, 0.012))[80:]
    assert None not in found
    assert {later - earlier for earlier, later in zip(found, found[1:], strict=False)} == {1}
