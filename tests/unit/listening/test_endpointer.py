"""When a turn begins and ends: voiced and silent frames in, decisions out."""

from bot.listening.base import Question
from bot.listening.endpointer import Endpointer, Turn

ASKED = Question(end_of_turn_seconds=0.6, no_input_seconds=2.0, longest_turn_seconds=3.0, minimum_speech_seconds=0.12)


def follow(
    pattern: list[tuple[bool, int]], endpointer: Endpointer | None = None, **conditions
) -> list[tuple[Turn, int]]:
    """Feed runs of (voiced, frames); what happened beyond quiet, and at which frame."""
    endpointer = endpointer or Endpointer()
    endpointer.attend(ASKED)
    happened, at = [], 0
    for voiced, frames in pattern:
        for _ in range(frames):
            at += 1
            turn = endpointer.hear(voiced, wait_seconds=0.6, **conditions)
            if turn not in (Turn.QUIET, Turn.MAYBE, Turn.GOES_ON):
                happened.append((turn, at))
    return happened


def test_a_turn_begins_after_120_ms_of_voice_and_ends_after_600_ms_of_silence():
    assert follow([(False, 10), (True, 20), (False, 30)]) == [(Turn.STARTED, 16), (Turn.ENDED, 60)]


def test_a_click_is_no_turn():
    assert follow([(True, 4), (False, 60)]) == []


def test_clicks_far_apart_do_not_add_up():
    assert follow([(True, 4), (False, 12)] * 4) == []


def test_a_stammered_beginning_counts_as_one_voice():
    assert follow([(True, 3), (False, 5), (True, 3)]) == [(Turn.STARTED, 11)]


def test_a_short_pause_ends_no_turn():
    assert [turn for turn, _ in follow([(True, 10), (False, 29), (True, 10), (False, 30)])] == [
        Turn.STARTED,
        Turn.ENDED,
    ]


def test_a_voice_without_end_is_cut():
    assert follow([(True, 160)])[:2] == [(Turn.STARTED, 6), (Turn.CUT, 150)]


def test_silence_is_noticed_again_and_again_until_somebody_speaks():
    assert follow([(False, 200)]) == [(Turn.NO_INPUT, 100), (Turn.NO_INPUT, 200)]


def test_no_silence_is_counted_while_the_prompt_sounds():
    endpointer = Endpointer()
    assert follow([(False, 150)], endpointer, prompting=True) == []
    assert follow([(False, 100)], endpointer) == [(Turn.NO_INPUT, 100)]


def test_lost_packets_are_not_the_callers_silence():
    assert follow([(False, 300)], missing=True) == []


def test_lost_packets_do_end_a_turn():
    endpointer = Endpointer()
    follow([(True, 10)], endpointer)
    assert [turn for turn, _ in follow([(False, 30)], endpointer, missing=True)] == [Turn.ENDED]


def test_a_new_question_does_not_cut_a_running_turn():
    endpointer = Endpointer()
    follow([(True, 10)], endpointer)
    endpointer.attend(Question(longest_turn_seconds=60))
    assert endpointer.in_turn
