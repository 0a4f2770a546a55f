"""What callers say, as telephone audio whose last voiced sample is known without asking the service's own ear."""

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy

from tests.audio.corpus import (
    FRAME,
    Clip,
    Samples,
    cleanness,
    espeak,
    pcm,
    people,
    telephone,
    voice_labels,
    white,
    with_noise,
)

OPEN = (
    "公积金贷款利率是多少", "怎么提取公积金", "离职了还能提取吗", "租房可以提取多少", "密码忘记了怎么办",
    "提前还款要什么材料", "缴存比例是多少", "异地贷款怎么办理", "买房提取需要什么条件", "周六上班吗",
)  # fmt: skip
MENU = ("贷款", "提取", "缴存", "网点", "返回")
YES_NO = ("不用", "不要", "不是", "不", "不对")
VARIANTS = ("", "f2", "m3", "f4", "m7", "f5")
HISS_DB = 30.0
"""The line's noise is so much quieter than the voice: a quiet telephone line."""

LONGEST_PAUSE_SECONDS = 0.3

LEAD_SECONDS, TAIL_SECONDS = 0.3, 1.6


@dataclass(frozen=True)
class Speech:
    """Something said, with line noise before and after."""

    text: str
    audio: bytes
    last_voiced_frame: int
    """Which 20 ms frame holds the last voiced sample."""


def synthetic(texts: tuple[str, ...], count: int) -> list[Speech]:
    """Voices of espeak-ng, in turn: the end of the voice is exact. Made before they are needed: it takes a while."""
    voices = itertools.cycle(itertools.product((150, 170, 185), VARIANTS, (40, 55)))
    spoken = []
    for text, (speed, variant, pitch) in itertools.islice(zip(itertools.cycle(texts), voices, strict=False), count):
        voice = espeak(text, variant, pitch, speed)
        spoken.append(_on_the_line(text, voice, int(numpy.flatnonzero(numpy.abs(voice) > 0.006)[-1])))
    return spoken


def sentences_of_people(count: int) -> list[Speech]:
    """Recorded sentences, each of another person."""
    return _whole(people("common-voice-zh-CN-train", 2 * count, longest_seconds=4.5))[:count]


def words_of_people(count: int) -> list[Speech]:
    """Recorded words of two characters: the end of the second one is the end of the voice."""
    return _whole(people("dsp20-train", 2 * count, per_speaker=12))[:count]


def _whole(clips: list[Clip]) -> list[Speech]:
    """Those so clean that loudness tells voice from silence, and without a pause that would end a turn."""
    found = []
    for clip in clips:
        voiced = numpy.flatnonzero(voice_labels(clip.samples) == 1)
        if cleanness(clip.samples) > 38 and len(voiced) and numpy.diff(voiced).max() * 0.02 < LONGEST_PAUSE_SECONDS:
            found.append(_on_the_line(clip.transcript, clip.samples, int(voiced[-1] + 1) * FRAME - 1))
    return found


def line_noise() -> Iterator[bytes]:
    """What the exchange sends while a caller is silent: the same hiss as under what is said."""
    return itertools.cycle(_hiss_frames())


@functools.cache
def _hiss_frames() -> list[bytes]:
    hiss = pcm(telephone(with_noise(numpy.zeros(80000, numpy.float32), white(10, seed=2), HISS_DB)))
    return [hiss[at : at + 2 * FRAME] for at in range(0, len(hiss), 2 * FRAME)]


def _on_the_line(text: str, voice: Samples, last_voiced: int) -> Speech:
    lead, tail = (numpy.zeros(int(seconds * 8000), numpy.float32) for seconds in (LEAD_SECONDS, TAIL_SECONDS))
    voice = voice[: last_voiced + 400]
    whole = numpy.concatenate((lead, voice, tail))
    noisy = telephone(with_noise(whole, white(20), HISS_DB))
    return Speech(text, pcm(noisy), (len(lead) + last_voiced) // FRAME)
