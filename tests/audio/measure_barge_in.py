"""Interruptions, false and real, over our own echo: python -m tests.audio.measure_barge_in [count]

Each call is new: one prompt by our voice at -20 dBFS comes back 20-400 ms later and 12 dB down through a telephone.
In half of the calls nobody speaks; in the others a caller (people of the training part, espeak-ng voices) talks over
it at -20 to -32 dBFS. "Second character" is the caller's start plus two shares of the length of what is said.
Then words of two characters, with that echo and with none; and echoes that only a silent line lets one hear.
In audio time: the recogniser costs none.
"""

import random
import sys
from dataclasses import dataclass, replace
from itertools import cycle

import numpy

from bot.audio.frame import SILENCE, Frame
from bot.clock import run_in_audio_time
from bot.events import PartialHeard, Utterance
from bot.listening.base import Question
from bot.listening.ear import Ear
from bot.listening.interruption import interrupts
from bot.listening.vad import Vad
from bot.listening.vosk_recognizer import VoskModel
from tests.audio.corpus import ROOT, Samples, cleanness, espeak, levelled, pcm, people, telephone, voice_labels

PROMPTS = (
    "您好，欢迎拨打住房公积金热线。本次通话将被录音，请问您要办什么业务？",
    "公积金贷款的利率按照中国人民银行的规定执行，五年以下和五年以上的利率不同。",
    "业务指南请按一，业务查询请按二，业务受理请按三，投诉建议请按四，人工服务请按零。",
    "提取公积金需要身份证、银行卡和相应的证明材料，您可以到网点办理，也可以在网上办理。",
    "网点星期一到星期五上午九点到下午五点办公，国庆节放假，请您提前打电话确认时间。",
    "您的公积金账户余额是一万二千三百四十五元六角，每月缴存额是一千二百元。",
)
PHRASES = (
    "我要转人工",
    "贷款利率是多少",
    "怎么提取公积金",
    "我要查询余额",
    "不是这个",
    "网点在哪里",
    "再说一遍",
    "返回主菜单",
)
WORDS = ("人工", "余额", "贷款", "利率", "提取")
FILLERS = ("嗯", "好", "哦", "嗯嗯", "啊", "喂")
VARIANTS = ("f2", "m3", "f4", "m7", "f5")
NO_ECHO_DB = -200.0


@dataclass
class Call:
    """One prompt, its echo, and a caller or none."""

    prompt: str
    delay_ms: int
    caller: Samples | None = None
    said: str = ""
    at_seconds: float = 0.0
    level_db: float = 0.0
    echo_db: float = -12.0
    hiss_db: float = -58.0


@dataclass
class Outcome:
    """What the ear made of it."""

    interrupted_at: float | None
    by: str
    second_character: float = 0.0


async def hear(call: Call, ear: Ear) -> Outcome:
    """Run the call until the prompt is interrupted or 1.5 s after it (or after the caller) ended."""
    prompt = levelled(espeak(call.prompt, pitch=45), -20)
    length = len(prompt) + 12000
    if call.caller is not None:
        length = max(length, int(call.at_seconds * 8000) + len(call.caller) + 12000)
    caller = numpy.zeros(length, numpy.float32)
    second = 0.0
    if call.caller is not None:
        begin = int(call.at_seconds * 8000)
        caller[begin : begin + len(call.caller)] = call.caller * 10 ** (call.level_db / 20)
        first, last = numpy.flatnonzero(voice_labels(call.caller) == 1)[[0, -1]]
        second = call.at_seconds + (first + (last + 1 - first) * min(1.0, 2 / len(call.said))) * 0.02
    hiss = numpy.random.default_rng(call.delay_ms).standard_normal(length) * 10 ** (call.hiss_db / 20)
    sent = numpy.zeros(length, numpy.float32)
    sent[: len(prompt)] = prompt
    back = numpy.concatenate([numpy.zeros(call.delay_ms * 8, numpy.float32), sent])[:length]
    back *= 10 ** (call.echo_db / 20)
    line, mouth = pcm(telephone((back + caller + hiss).astype(numpy.float32))), pcm(sent)
    question = Question(short_words=("停",))
    ear.attend(question)
    ear.prompt_started(call.prompt)
    for at in range(0, len(line) - 319, 320):
        if at == len(prompt) * 2 // 320 * 320:
            ear.prompt_ended()
        playing = at < len(prompt) * 2
        events = await ear.hear(Frame(line[at : at + 320]), mouth[at : at + 320] if playing else SILENCE)
        for event in events:
            if isinstance(event, PartialHeard | Utterance):
                voiced_seconds = event.voiced_seconds if isinstance(event, PartialHeard) else 0.0
                if interrupts(event.text, question, voiced_seconds):
                    return Outcome(at / 16000 + 0.02, event.text, second)
    return Outcome(None, "", second)


def calls(count: int, seed: int = 5) -> tuple[list[Call], list[Call]]:
    """Prompts with nobody speaking, and with a caller."""
    chance = random.Random(seed)
    quiet = [Call(chance.choice(PROMPTS), chance.randint(20, 400)) for _ in range(count)]
    persons = [c for c in people("common-voice-zh-CN-train", 150, longest_seconds=6) if cleanness(c.samples) > 35]
    talking = []
    for number in range(count):
        call = Call(chance.choice(PROMPTS), chance.randint(20, 400))
        call.at_seconds, call.level_db = chance.uniform(1.0, 2.5), chance.uniform(-6, 6)
        if number % 2 and persons:
            person = persons[number // 2 % len(persons)]
            call.caller, call.said = person.samples, person.transcript
        else:
            call.said = chance.choice(PHRASES)
            call.caller = espeak(call.said, chance.choice(VARIANTS), chance.randint(35, 65), chance.randint(140, 180))
        talking.append(call)
    return quiet, talking


def words(count: int, echo_db: float, seed: int = 6) -> list[Call]:
    """Words of two characters over a prompt, half of them by people."""
    chance = random.Random(seed)
    clips = people("dsp20-train", count, per_speaker=12)
    persons = [(clip.transcript, clip.samples) for clip in clips if cleanness(clip.samples) > 38]
    talking = []
    for number in range(count):
        if number % 2:
            said, sound = persons[number // 2 % len(persons)]
        else:
            said = WORDS[number // 2 % len(WORDS)]
            sound = espeak(said, chance.choice(VARIANTS), chance.randint(35, 65), chance.randint(150, 185))
        prompt, delay_ms = chance.choice(PROMPTS), chance.randint(20, 400)
        talking.append(Call(prompt, delay_ms, sound, said, chance.uniform(0.5, 2.5), echo_db=echo_db))
    return talking


def faint(count: int) -> list[Call]:
    """Nobody speaks on a silent line, and our voice comes back far below what we sent."""
    chance = random.Random(7)
    return [
        Call(PROMPTS[number % len(PROMPTS)], chance.randint(20, 400), echo_db=echo_db, hiss_db=-90.0)
        for number, echo_db in zip(range(count), cycle((-24.0, -30.0, -36.0, -40.0, -50.0)), strict=False)
    ]


def measure(count: int) -> None:
    """Print the counts."""
    model = VoskModel(ROOT / "models" / "zh-12329")
    vad = Vad()
    quiet, talking = calls(count)

    def run(call: Call) -> Outcome:
        async def main() -> Outcome:
            vad.reset()
            ear = Ear(model.recognizer(), vad)
            return await hear(call, ear)

        return run_in_audio_time(main())

    false = [(call, outcome) for call in quiet if (outcome := run(call)).interrupted_at is not None]
    print(f"false interruptions: {len(false)} of {len(quiet)} prompts", [(c.delay_ms, o.by) for c, o in false])
    nodding = [replace(call, caller=espeak(filler, "f2"), said=filler) for call, filler in zip(talking, cycle(FILLERS))]
    nods = [(call, outcome) for call in nodding[: count // 3] if (outcome := run(call)).interrupted_at is not None]
    print(f"fillers that interrupted: {len(nods)} of {count // 3}", [(c.said, o.by) for c, o in nods])
    dim = [(call, outcome) for call in faint(count // 3) if (outcome := run(call)).interrupted_at is not None]
    print(f"faint echoes that interrupted: {len(dim)} of {count // 3}", [(c.echo_db, c.delay_ms, o.by) for c, o in dim])
    groups = {"phrases over echo": talking, "words over echo": words(count // 2, -12.0)}
    groups["words without echo"] = words(count // 2, NO_ECHO_DB)
    for what, group in groups.items():
        heard = [(call, run(call)) for call in group]
        report(f"{what}, espeak-ng", heard[0::2])
        report(f"{what}, people", heard[1::2])


def report(name: str, group: list[tuple[Call, Outcome]]) -> None:
    """Print how many were caught and how soon."""
    before = [o for c, o in group if o.interrupted_at is not None and o.interrupted_at < c.at_seconds]
    caught = [o for c, o in group if o.interrupted_at is not None and o.interrupted_at >= c.at_seconds]
    late = [(o.interrupted_at or 0) - o.second_character for o in caught]
    p50, p95 = numpy.percentile(late, [50, 95]) * 1000
    print(f"{name}: caught {len(caught)} of {len(group)}, before the caller spoke {len(before)}")
    in_time = sum(seconds <= 0.5 for seconds in late)
    print(f"  after the second character: p50 {p50:.0f} ms, p95 {p95:.0f} ms, within 500 ms {in_time}")
    print("  missed:", [(c.said, round(c.level_db)) for c, o in group if o.interrupted_at is None])
    print("  late:", [(c.said[:6], o.by) for c, o in group if (o.interrupted_at or 0) - o.second_character > 0.5])


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
