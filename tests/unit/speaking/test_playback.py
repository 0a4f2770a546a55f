"""Frames on time, and where a saying was stopped."""

import pytest

from bot.speaking.playback import Playback


def sound(frames: int, value: int = 1) -> bytes:
    return bytes([value, 0]) * (160 * frames)


def played(playback: Playback) -> int:
    frames = 0
    while playback.next_frame() is not None:
        frames += 1
    return frames


def test_sentences_play_one_after_the_other():
    playback = Playback(["一。", "二。"])
    playback.add(sound(2, 1))
    playback.add(sound(1, 2))
    assert [playback.next_frame()[0] for _ in range(3)] == [1, 1, 2]
    assert playback.next_frame() is None and playback.finished
    assert playback.said == ("一。", "二。") and playback.rest == ()
    assert playback.heard_seconds == pytest.approx(0.06)


def test_late_sound_is_waited_for():
    playback = Playback(["一。", "二。"])
    assert playback.next_frame() is None and not playback.finished and playback.wanted == 0
    playback.add(sound(1))
    assert played(playback) == 1 and not playback.finished and playback.wanted == 1
    playback.add(sound(1))
    assert playback.wanted is None and played(playback) == 1 and playback.finished


def test_resuming_begins_with_the_sentence_that_was_being_said():
    playback = Playback(["一。", "二。", "三。"])
    for _ in range(3):
        playback.add(sound(3))
    for _ in range(4):
        playback.next_frame()
    playback.interrupt()
    assert playback.finished and playback.next_frame() is None
    assert playback.sentence_index == 1 and playback.said == ("一。",) and playback.rest == ("二。", "三。")
    assert playback.heard_seconds == pytest.approx(0.08)


def test_sound_that_arrives_after_an_interruption_is_never_heard():
    playback = Playback(["一。", "二。"])
    playback.add(sound(2))
    playback.interrupt()
    playback.add(sound(2))
    assert playback.wanted is None and played(playback) == 0 and playback.buffered_seconds == 0


def test_closing_plays_what_is_there_and_leaves_out_the_rest():
    playback = Playback(["一。", "二。"])
    playback.add(sound(2))
    playback.close()
    playback.add(sound(2))
    assert played(playback) == 2 and playback.finished and playback.rest == ("二。",)


def test_a_sentence_without_sound_is_passed_over():
    playback = Playback(["……", "二。", "……"])
    playback.add(b"")
    assert playback.sentence_index == 1
    playback.add(sound(1))
    playback.add(b"")
    assert played(playback) == 1 and playback.finished and playback.rest == ()


def test_the_last_frame_of_a_sentence_is_filled_up():
    playback = Playback(["一。"])
    playback.add(b"\1\0" * 170)
    assert playback.buffered_seconds == pytest.approx(0.04)
    assert [len(playback.next_frame()), len(playback.next_frame())] == [320, 320]


def test_nothing_to_say_is_finished_at_once():
    assert Playback([]).finished
