"""How well recorded people are understood who dictate an account number: the real ear, recogniser and number phase.

python -m tests.whole.measure_digits [NUMBERS]      a table, one row for each speaker of human-test

Each caller does what a person would: says the whole number, dictates in fours when asked to, says 不对 (a synthetic
voice) where something else is repeated, confirms by key, and gives up when asked for keys.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from bot.backend.demo_customers import read_customers
from bot.call.commands import Commands
from bot.call.journal import CallJournal
from bot.call.line import CallLine
from bot.call.number import NumberPhase
from bot.call.prompts import Prompts
from bot.call.recorder import Recorder
from bot.channels.base import Caller
from bot.channels.script import ScriptChannel
from bot.clock import run_in_audio_time
from bot.dialogue.base import CollectNumber
from bot.listening.ear import Ear
from bot.listening.questions import load_questions
from bot.listening.vosk_recognizer import VoskModel
from bot.mandarin.numerals import dictated
from tests.conftest import ROOT, SHARED
from tests.support.caller_voice import CallerVoice
from tests.support.dictation import Speaker, speakers
from tests.support.scripted_call import ToneVoice

VOICES = ROOT / "voices"
FOUR = 4


@dataclass
class Dictating:
    """One person with one number in one call."""

    channel: ScriptChannel
    speaker: Speaker
    number: str
    not_so: bytes
    """不对, spoken."""

    told: list[str] = field(default_factory=list)
    """What became of it, in order."""

    async def act(self) -> None:
        """Answer what the line asks until it has a number or asks for keys."""
        known, said, in_fours = "", self.number, False
        while True:
            await self.channel.until_asked()
            prompt = "".join(caption.text for caption in self.channel.captions if caption.kind == "said")
            self.channel.captions.clear()
            if self.channel.ended or "还是没有听准" in prompt:
                break
            if "尾号是" in prompt:
                right = f"尾号是{self.number[-FOUR:]}" in prompt
                self.told.append("read back right" if right else "read back wrong")
                self.channel.press("1" if right else "2")
                known = "" if not right else known
                continue
            if "每次只说四位" in prompt:
                known, in_fours = "", True
                self.told.append("asked for fours")
            elif "再说一遍" in prompt:
                pass
            elif "请继续" in prompt:
                if prompt != f"{dictated(said)}，请继续。":
                    self.told.append("repeated wrong")
                    await self._say(self.not_so)
                    continue
                known += said
            said = self.number[len(known) : len(known) + FOUR] if in_fours else self.number
            await self._say(self.speaker.dictates(said))
        self.channel.hang_up()

    async def _say(self, sound: bytes) -> None:
        await self.channel.play(sound)
        self.channel.captions.clear()  # what began meanwhile was interrupted
        self.channel.await_answer()


async def one_call(model: VoskModel, speaker: Speaker, number: str, not_so: bytes) -> tuple[str, list[str]]:
    """What the line took for the number ('' if it gave up), and how it came to that."""
    loop = asyncio.get_running_loop()
    channel = ScriptChannel("call", Caller())
    prompts = Prompts.load(VOICES / "prompts.yml")
    ear = Ear(model.recognizer())
    journal = CallJournal(loop.time, lambda entry: None)
    recorder = Recorder(None, ThreadPoolExecutor(1))
    commands = Commands.load(VOICES / "commands.yml")
    trouble, wait = prompts.say("line_trouble"), prompts.say("please_wait")
    line = CallLine(channel, ear, ToneVoice(), journal, recorder, commands, trouble, wait)
    phase = NumberPhase(line, prompts, load_questions(VOICES / "questions.yml"), 6.0)
    caller = Dictating(channel, speaker, number, not_so)
    acting = asyncio.create_task(caller.act())
    taken = ""

    async def conversation() -> None:
        nonlocal taken
        taken = (await phase.run(CollectNumber("login", pin_follows=False))).number

    try:
        await line.run(conversation)
    except* Exception as gone:  # the caller hung up
        caller.told.append(type(gone.exceptions[0]).__name__)
    acting.cancel()
    ear.close()
    return taken, caller.told


async def measure(numbers: list[str], not_so: bytes) -> None:
    """Print the table."""
    model = VoskModel(ROOT / "models" / "zh-12329", 2)
    print(f"model {model.digest}, {len(numbers)} account numbers each")
    print(f"{'speaker':20} {'exact':>6} {'at once':>8} {'wrong':>6} {'gave up':>8}   read back wrong, repeated wrong")
    for speaker in speakers(SHARED / "speech"):
        found: Counter[str] = Counter()
        for number in numbers:
            taken, told = await one_call(model, speaker, number, not_so)
            found["gave up" if not taken else "exact" if taken == number else "wrong"] += 1
            found["at once"] += taken == number and told == ["read back right"]
            found.update(told)
        row = " ".join(f"{found[name]:>{width}}" for name, width in COLUMNS)
        print(f"{speaker.name:20} {row}   {found['read back wrong']}, {found['repeated wrong']}", flush=True)
    model.close()


COLUMNS = (("exact", 6), ("at once", 8), ("wrong", 6), ("gave up", 8))


def main(how_many: int) -> None:
    """Measure with the first demo customers' accounts."""
    customers = read_customers(ROOT / "content" / "demo" / "customers.yml")
    with tempfile.TemporaryDirectory() as folder:

        async def not_so() -> bytes:
            voice = CallerVoice(Path(folder))
            try:
                return await voice.says("不对")
            finally:
                await voice.close()

        spoken = asyncio.run(not_so())
    run_in_audio_time(measure([customer.account for customer in customers[:how_many]], spoken))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
