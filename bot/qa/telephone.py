"""A caller's telephone, surroundings and network: what they make of the sound, frame by frame, each time the same.

In the order in which it happens: noise around the caller, a low or overdriven microphone, our own voice coming back,
the codec, lost packets.
"""

from collections import deque
from collections.abc import Mapping

import numpy as np

from bot.audio.frame import FRAME_SAMPLES, SILENCE, Frame
from bot.audio.loudness import TARGET_DBFS, active_level
from bot.qa import codecs
from bot.qa.codecs import ThereAndBack
from bot.qa.conditions import Condition
from bot.qa.surroundings import Floats, Speaks, surroundings

_ECHO_FRAMES = 4
"""Our voice comes back after 80 ms."""

_BURST_FRAMES = 3.0
"""Packets are lost 60 ms at a time, on average."""

_LOUDEST = 32767


class Telephone:
    """One caller's way to the hotline under one condition."""

    def __init__(self, condition: Condition, noises: Mapping[str, Floats]) -> None:
        """`noises`: the sound of each of the condition's noises. Raises ContentError where a codec is missing."""
        self._condition = condition
        self._noises = [(noises[name], snr) for name, snr in condition.noises]
        self._voice_dbfs = TARGET_DBFS
        self._codec = _codec_of(condition)
        self._came_back: deque[bytes] = deque([SILENCE] * _ECHO_FRAMES, maxlen=_ECHO_FRAMES)
        self._chance = np.random.default_rng(12329)
        self._losing = False
        self._frames = 0

    @classmethod
    async def under(cls, condition: Condition, speaks: Speaks) -> "Telephone":
        """With its noises made, some of which are voices."""
        return cls(condition, {name: await surroundings(name, speaks) for name, _ in condition.noises})

    def will_carry(self, sound: bytes) -> None:
        """The caller's voice from now on: noises are so many dB below it."""
        level = active_level(sound)
        if level != -np.inf:
            self._voice_dbfs = level

    def carry(self, samples: bytes, heard: bytes) -> Frame:
        """20 ms of the caller as they reach the hotline; `heard` is what the caller hears meanwhile."""
        sound = np.frombuffer(samples, "<i2").astype(np.float64)
        for noise, snr in self._noises:
            begin = self._frames * FRAME_SAMPLES % (len(noise) - FRAME_SAMPLES)
            sound = sound + noise[begin : begin + FRAME_SAMPLES] * _LOUDEST * 10 ** ((self._voice_dbfs - snr) / 20)
        self._frames += 1
        measure = self._condition.measure
        if (down := measure("quiet")) is not None:
            sound = sound * 10 ** (-down / 20)
        if (over := measure("clip")) is not None:
            # A recording's voice peaks about 15 dB above its level: so it just fits, and `over` more is cut off.
            sound = sound * 10 ** ((over - self._voice_dbfs - 15) / 20)
        if (below := measure("echo")) is not None:
            sound = sound + np.frombuffer(self._came_back[0], "<i2") * 10 ** (-below / 20)
            self._came_back.append(heard)
        carried = np.clip(np.round(sound), -_LOUDEST, _LOUDEST).astype("<i2").tobytes()
        carried = self._codec(carried) if self._codec else carried
        return Frame(SILENCE, missing=True) if self._is_lost() else Frame(carried)

    def _is_lost(self) -> bool:
        """Gilbert's model: a burst begins and ends by chance, so that the share asked for is lost in all."""
        share = (self._condition.measure("loss") or 0.0) / 100
        if share:
            ends = 1 / _BURST_FRAMES
            turn = ends if self._losing else ends * share / (1 - share)
            self._losing ^= bool(self._chance.random() < turn)
        return self._losing


def _codec_of(condition: Condition) -> ThereAndBack | None:
    if (kilobits := condition.measure("amr")) is not None:
        return codecs.amr(kilobits)
    if condition.measure("gsm") is not None:
        return codecs.gsm()
    if condition.measure("alaw") is not None:
        return codecs.g711_a
    return codecs.g711_mu if condition.measure("ulaw") is not None else None
