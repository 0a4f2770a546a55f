"""Recordings, the cache, the engine: what speaks when, and what is left on disk."""

import asyncio
import os
from pathlib import Path

import numpy as np
import pytest

from bot.audio.loudness import active_level
from bot.audio.wav import write_wav
from bot.errors import SynthesisError
from bot.speaking.base import Manner
from bot.speaking.cache import SpeechCache
from bot.speaking.recorded import RecordedPrompts
from bot.speaking.voice import LineVoice

USUAL = Manner()
GREETING = "您好，欢迎致电。"


class Counting:
    """The real engine, with a count and a switch."""

    def __init__(self, synthesizer):
        self.synthesizer, self.sentences, self.dead = synthesizer, [], False

    async def synthesize(self, sentence, manner):
        if self.dead:
            raise SynthesisError("synthesizer_died", "")
        self.sentences.append(sentence)
        return await self.synthesizer.synthesize(sentence, manner)


@pytest.fixture
def engine(synthesizer):
    return Counting(synthesizer)


@pytest.fixture
def voice(engine, tmp_path):
    return LineVoice(engine, SpeechCache(tmp_path / "cache", 1), RecordedPrompts(tmp_path / "recorded"))


async def test_a_fixed_sentence_is_made_once(voice, engine):
    first = await voice.sound_of(GREETING, USUAL)
    assert await voice.sound_of(GREETING, USUAL) == first
    assert engine.sentences == [GREETING]


async def test_each_pace_loudness_and_voice_has_its_own_sound(voice, engine):
    for manner in (USUAL, Manner(speed=0.8), Manner(gain_db=6)):
        await voice.sound_of(GREETING, manner)
    assert len(engine.sentences) == 3


async def test_written_numbers_reach_the_engine_in_their_spoken_form(voice, engine):
    await voice.sound_of("利率2.6%。", USUAL)
    assert engine.sentences == ["利率百分之二点六。"]


async def test_a_callers_values_leave_nothing_on_disk(voice, engine, tmp_path):
    before = set(tmp_path.rglob("*")) | set(Path("/tmp").glob("sentence*"))
    assert await voice.sound_of("您的余额是12,345.60元。", USUAL, fixed=False)
    assert set(tmp_path.rglob("*")) | set(Path("/tmp").glob("sentence*")) == before
    worker_files = os.listdir(f"/proc/{engine.synthesizer.process_id}/fd")
    targets = [os.readlink(f"/proc/{engine.synthesizer.process_id}/fd/{fd}") for fd in worker_files]
    assert not [target for target in targets if target.endswith(".wav")]


async def test_when_the_engine_is_dead_kept_sentences_still_play_and_others_say_so(voice, engine):
    assert await voice.warm([GREETING, "请稍候。"]) == 2
    engine.dead = True
    assert await voice.sound_of(GREETING, USUAL)
    with pytest.raises(SynthesisError):
        await voice.sound_of("没有准备过的话。", USUAL)
    assert await voice.warm(["没有准备过的话。"]) == 0


async def test_damaged_sound_is_made_again(voice, engine, tmp_path):
    sound = await voice.sound_of(GREETING, USUAL)
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(file.read_bytes()[:1000])
    assert len(await voice.sound_of(GREETING, USUAL)) == pytest.approx(len(sound), rel=0.02)
    assert len(engine.sentences) == 2


def test_the_cache_keeps_to_its_size_and_forgets_the_least_recently_used(tmp_path):
    cache = SpeechCache(tmp_path, 0.1)
    for n in range(5):
        cache.put(f"第{n}句", USUAL, bytes(19_000))
        os.utime(cache._path(f"第{n}句", USUAL), ns=(n, n))
    assert cache.get("第0句", USUAL)  # used again: now the newest
    cache.put("又一句", USUAL, bytes(19_000))
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 100_000
    assert cache.get("第0句", USUAL) and cache.get("又一句", USUAL) and not cache.get("第1句", USUAL)


def test_another_edition_of_voices_or_lexicon_finds_nothing(tmp_path):
    SpeechCache(tmp_path, 1, "a").put(GREETING, USUAL, b"\1\0")
    assert SpeechCache(tmp_path, 1, "a").get(GREETING, USUAL) == b"\1\0"
    assert SpeechCache(tmp_path, 1, "b").get(GREETING, USUAL) is None


def test_a_folder_that_cannot_be_written_does_not_stop_anybody(tmp_path):
    (tmp_path / "file").write_text("")
    cache = SpeechCache(tmp_path / "file" / "below", 1)
    cache.put(GREETING, USUAL, b"\1\0")
    assert cache.get(GREETING, USUAL) is None


@pytest.fixture
def recording(tmp_path):
    """A person's greeting: a tone, so that it is easily told from the engine."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    tone = (np.sin(np.arange(8000) * 2 * np.pi * 440 / 8000) * 3000).astype("<i2").tobytes()
    write_wav(folder / "utter_greeting.wav", tone)
    (folder / "utter_greeting.txt").write_text("您好，欢迎致电。\n", encoding="utf-8")
    return folder


async def test_a_recording_wins_while_its_words_fit(engine, recording, tmp_path):
    voice = LineVoice(engine, SpeechCache(tmp_path / "cache", 1), RecordedPrompts(recording))
    sound = await voice.sound_of(GREETING, USUAL, utterance="utter_greeting")
    assert len(sound) == 16000 and active_level(sound) == pytest.approx(-20, abs=0.1)
    assert engine.sentences == []
    await voice.sound_of("您好，欢迎来电。", USUAL, utterance="utter_greeting")
    await voice.sound_of(GREETING, USUAL, utterance="utter_goodbye")
    await voice.sound_of(GREETING, Manner(speed=0.8), utterance="utter_greeting")
    assert len(engine.sentences) == 3


def test_recordings_that_no_longer_fit_are_reported(recording):
    (recording / "utter_old.wav").write_bytes(b"no sound")
    (recording / "utter_old.txt").write_text("旧的话。", encoding="utf-8")
    (recording / "utter_bare.wav").write_bytes(b"no sound")
    assert RecordedPrompts(recording).misfits({"utter_greeting": [GREETING], "utter_old": ["旧的话。"]}) == [
        f"{recording}/utter_bare.wav: 旁边缺少 utter_bare.txt（录音里说的原话），录音不会播放",
        f"{recording}/utter_old.wav：不是能读的 WAV 文件（没有 RIFF/WAVE 文件头）。请另存为 PCM 格式的 WAV。",
    ]
    changed = RecordedPrompts(recording).misfits({"utter_greeting": ["您好。"]})
    assert any("话已经改了" in line for line in changed) and any("没有名为 utter_old 的话" in line for line in changed)


async def test_two_calls_at_once_each_get_their_own_words(voice):
    one, two = await asyncio.gather(
        voice.sound_of("一。", USUAL, fixed=False), voice.sound_of("您的月缴存额是两千元。", USUAL, fixed=False)
    )
    assert len(two) > 2 * len(one)
