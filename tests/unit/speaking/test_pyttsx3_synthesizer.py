"""The real engine: its sound, its traps, its death."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.audio.frame import seconds_of
from bot.audio.loudness import active_level
from bot.clock import run_in_audio_time
from bot.errors import SettingsError, SynthesisError
from bot.mandarin import spoken
from bot.speaking.base import Manner
from bot.speaking.lexicon import Lexicon
from bot.speaking.pyttsx3_synthesizer import Pyttsx3Synthesizer

SENTENCE = "您的账户余额是一万二千三百四十五元六角。"
USUAL = Manner()


async def test_a_sentence_is_levelled_line_audio_at_an_agents_pace(synthesizer):
    sound = await synthesizer.synthesize(SENTENCE, USUAL)
    assert active_level(sound) == pytest.approx(-20, abs=0.5)
    assert 3.8 <= 19 / seconds_of(sound) <= 5.0  # 19 characters
    samples = np.abs(np.frombuffer(sound, "<i2").astype(int))
    assert samples[: int(0.08 * 8000)].max() > 300, "the first syllable comes at once"
    assert samples[-int(0.19 * 8000) :].max() == 0, "a pause follows"


async def test_pace_and_loudness_follow_the_manner(synthesizer):
    usual, slow, fast, loud = await asyncio.gather(
        *(
            synthesizer.synthesize(SENTENCE, manner)
            for manner in (USUAL, Manner(speed=0.75), Manner(speed=1.3), Manner(gain_db=6))
        )
    )
    assert seconds_of(slow) / seconds_of(usual) == pytest.approx(1 / 0.75, rel=0.1)
    assert seconds_of(fast) / seconds_of(usual) == pytest.approx(1 / 1.3, rel=0.1)
    assert active_level(loud) == pytest.approx(-14, abs=1)
    assert len(loud) == pytest.approx(len(usual), rel=0.01)


async def test_sentences_of_many_calls_at_once_are_each_their_own(synthesizer):
    """The driver keeps one text only: four saves and one run left the last file alone."""
    sentences = [spoken(f"第{n}个号码是{n * 1111}。") for n in range(1, 9)]
    one_by_one = [await synthesizer.synthesize(sentence, USUAL) for sentence in sentences]
    together = await asyncio.gather(*(synthesizer.synthesize(sentence, USUAL) for sentence in sentences))
    assert list(map(seconds_of, together)) == pytest.approx(list(map(seconds_of, one_by_one)), abs=0.02)
    assert len({len(sound) for sound in together}) > 3


async def test_hundreds_of_sentences_in_a_row_are_fast_and_none_is_lost(synthesizer):
    took = []
    for n in range(200):
        begun = time.perf_counter()
        assert seconds_of(await synthesizer.synthesize(spoken(f"您有{n}元。"), Manner(speed=1 + n % 3 / 10))) > 0.5
        took.append(time.perf_counter() - begun)
    assert np.median(took) < 0.06


async def test_punctuation_alone_is_silence(synthesizer):
    assert await synthesizer.synthesize("……", USUAL) == b""


@pytest.mark.parametrize("voice", ["cmn", "no-such-voice"])
async def test_a_voice_that_does_not_read_mandarin_is_refused_at_start(voices, lexicon, voice):
    """espeak-ng 1.51 reads pinyin as English with `cmn`, and keeps the voice it had when it does not know one."""
    wrong = voices | {"wrong": replace(voices["default"], engine_voice=voice)}
    synthesizer = Pyttsx3Synthesizer(wrong, lexicon)
    with pytest.raises(SettingsError, match=r"voices\.yml"):
        await synthesizer.start()
    await synthesizer.close()


async def test_an_unknown_voice_name_is_refused(synthesizer):
    with pytest.raises(SynthesisError, match="没有名为“小红”的声音"):
        await synthesizer.synthesize(SENTENCE, Manner(voice="小红"))


async def test_a_worker_killed_between_sentences_is_replaced_unheard(synthesizer):
    before = synthesizer.process_id
    os.kill(before, signal.SIGKILL)
    assert await synthesizer.synthesize(SENTENCE, USUAL)
    assert synthesizer.process_id != before


async def test_a_worker_killed_in_the_middle_of_a_sentence_is_replaced_and_says_it(synthesizer):
    before = synthesizer.process_id
    os.kill(before, signal.SIGSTOP)  # holds the sentence half done
    saying = asyncio.create_task(synthesizer.synthesize(SENTENCE, USUAL))
    await asyncio.sleep(0.2)
    assert not saying.done()
    os.kill(before, signal.SIGKILL)
    assert seconds_of(await saying) > 3
    assert synthesizer.process_id != before


async def test_a_worker_that_stalls_is_given_up_within_two_seconds_and_replaced(synthesizer):
    before = synthesizer.process_id
    os.kill(before, signal.SIGSTOP)
    begun = time.perf_counter()
    with pytest.raises(SynthesisError) as refused:
        await synthesizer.synthesize(SENTENCE, USUAL)
    assert refused.value.code == "synthesizer_stalled"
    assert time.perf_counter() - begun < 2
    assert await synthesizer.synthesize(SENTENCE, USUAL)
    assert synthesizer.process_id != before


async def test_nothing_is_left_of_a_worker(voices, lexicon):
    synthesizer = Pyttsx3Synthesizer(voices, lexicon)
    await synthesizer.start()
    worker = synthesizer.process_id
    await synthesizer.close()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


@pytest.mark.parametrize(
    "garbage",
    [r"\377\377\377\377\377\377\377\377", r"\001\000\000\000\003\377\376\375", r"\000\000"],
    ids=["length", "words", "end"],
)
async def test_garbage_from_a_worker_is_an_error_in_time(voices, lexicon, tmp_path, monkeypatch, garbage):
    worker = tmp_path / "worker"
    worker.write_text(f"#!/bin/sh\nprintf '{garbage}'\n")
    worker.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(worker))
    synthesizer = Pyttsx3Synthesizer(voices, lexicon)
    with pytest.raises(SynthesisError):
        await asyncio.wait_for(synthesizer.synthesize(SENTENCE, USUAL), 10)
    await synthesizer.close()


def test_a_worker_ends_when_its_owner_is_killed():
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from bot.speaking.pyttsx3_synthesizer import _Worker; import time\n"
            "print(_Worker().process_id, flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[3],
    )
    worker = int(owner.stdout.readline())
    owner.kill()
    owner.communicate()
    until = time.monotonic() + 5
    while Path(f"/proc/{worker}/stat").exists() and time.monotonic() < until:
        if Path(f"/proc/{worker}/stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.05)
    assert not Path(f"/proc/{worker}").exists()


def test_audio_time_stands_still_while_the_engine_works(voices, lexicon):
    async def call():
        synthesizer = Pyttsx3Synthesizer(voices, lexicon)
        await synthesizer.start()
        clock = asyncio.get_running_loop().time
        begun = clock()
        ticking = asyncio.create_task(asyncio.sleep(60))
        sound = await synthesizer.synthesize(SENTENCE, USUAL)
        took = clock() - begun
        ticking.cancel()
        await synthesizer.close()
        return len(sound), took

    length, took = run_in_audio_time(call())
    assert length and took == 0


@pytest.mark.parametrize("mark", ["，", "：", "；", "。"])
async def test_the_engine_pauses_between_clauses(synthesizer, mark):
    sound = await synthesizer.synthesize(f"好{mark}好。", USUAL)
    loud = np.flatnonzero(np.abs(np.frombuffer(sound, "<i2").astype(int)) > 150)
    assert 0.12 < np.diff(loud).max() / 8000 < 0.4


async def test_a_corrected_reading_is_spoken_from_the_next_sentence_on(synthesizer, lexicon):
    async def seconds():
        return seconds_of(await synthesizer.synthesize("还款还款还款还款", USUAL))

    before = await seconds()
    synthesizer.read_by(Lexicon({"还款": "e5 e5"}))
    after = await seconds()
    synthesizer.read_by(lexicon)
    assert await seconds() == pytest.approx(before, rel=0.03) and after < 0.9 * before
