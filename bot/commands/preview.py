"""python -m bot preview utter_x: an editor hears a text as a caller will hear it."""

import argparse
import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from actions.facts import fill
from actions.notices import notices
from actions.policies import all_policies
from actions.wording import PLACEHOLDER
from bot.audio.frame import seconds_of
from bot.audio.mulaw import over_the_telephone
from bot.audio.wav import write_wav
from bot.channels.microphone import play
from bot.check.document import pairs, scalar
from bot.check.project import Project
from bot.errors import ContentError
from bot.mandarin import sentences, spoken
from bot.settings import ROOT, Settings
from bot.speaking.base import Manner
from bot.speaking.cache import SpeechCache
from bot.speaking.lexicon import Lexicon
from bot.speaking.pyttsx3_synthesizer import Pyttsx3Synthesizer
from bot.speaking.recorded import RecordedPrompts
from bot.speaking.voice import LineVoice
from bot.speaking.voices import read_voices

NOT_KNOWN_YET = "某某"
"""Stands for what only a call fills in: a number, an amount."""

PATIENCE_SECONDS = 30.0
"""No caller waits here, and the machine may be busy."""


@dataclass(frozen=True, slots=True)
class Text:
    """One thing to listen to."""

    title: str
    text: str
    utterance: str = ""
    """A recording of this name is played instead of the synthetic voice, as on the telephone."""


def main(arguments: list[str]) -> int:
    """Say it; `--save` writes it to a file, for machines without a loudspeaker."""
    parser = argparse.ArgumentParser(prog="python -m bot preview", description="试听：电话里听起来是什么样子")
    parser.add_argument(
        "what", metavar="名称或文字", help="utter_ 开头的名称、政策或公告的名称、提示语的名称，或者一段文字"
    )
    parser.add_argument("--save", type=Path, metavar="文件.wav", help="存成文件，不播放")
    parser.add_argument("--voice", default="default", metavar="声音", help="voices/voices.yml 里的名称")
    asked = parser.parse_args(arguments)
    texts = list(texts_of(asked.what))
    sound = asyncio.run(_preview(texts, asked.voice))
    if asked.save:
        write_wav(asked.save, sound)
        print(f"已存成 {asked.save}")
    else:
        play(sound)
    return 0


def texts_of(what: str, root: Path = ROOT) -> Iterator[Text]:
    """What this name stands for, each variation by itself; anything that is no name is the text to say."""
    project, today = Project(root), datetime.now(ZoneInfo("Asia/Shanghai")).date()
    content = root / "content"
    found = [
        *(Text(one.name, one.text, one.name) for one in project.responses if one.name == what and one.text),
        *(Text(f"提示语 {name}", text, f"prompt_{name}") for name, text in _prompts(project) if name == what),
    ]
    if (policy := all_policies(content).get(what.removeprefix("utter_policy_"))) is not None:
        found += [Text(policy.question, policy.spoken(today, content)), Text("简短说法", policy.short)]
    for notice in notices(content):
        if notice.key == what:
            found += [Text(f"{notice.name}，接通后", notice.short), Text(notice.name, notice.text)]
    if not found and re.fullmatch(r"[\w.]+", what, re.ASCII):
        raise ContentError("nothing_to_say", f"没有叫 {what} 的说法、政策、公告或提示语，请检查名称。")
    for one in found or [Text("这段文字", what)]:
        yield Text(one.title, PLACEHOLDER.sub(NOT_KNOWN_YET, fill(one.text, today, content)), one.utterance)


def _prompts(project: Project) -> Iterator[tuple[str, str]]:
    document = project.document("voices/prompts.yml")
    for name, text in pairs(document.node if document else None):
        yield scalar(name), scalar(text)


async def _preview(texts: list[Text], voice: str) -> bytes:
    folder = ROOT / "voices"
    lexicon = Lexicon.read(folder / "lexicon.yml")
    synthesizer = Pyttsx3Synthesizer(read_voices(folder / "voices.yml"), lexicon, longest_seconds=PATIENCE_SECONDS)
    kept = Settings().speaking
    line = LineVoice(synthesizer, SpeechCache(kept.cache, kept.cache_megabytes), RecordedPrompts(folder / "recorded"))
    heard = b""
    try:
        await synthesizer.start()
        for text in texts:
            sound = b""
            for sentence in sentences(text.text):
                sound += await line.sound_of(sentence, Manner(voice=voice), utterance=text.utterance, fixed=False)
            print("\n".join(_told(text, seconds_of(sound), lexicon)))
            heard += over_the_telephone(sound)
    finally:
        await synthesizer.close()
    return heard


def _told(text: Text, seconds: float, lexicon: Lexicon) -> Iterator[str]:
    said = spoken(text.text)
    yield f"【{text.title}】{seconds:.1f}秒"
    yield f"  文字：{text.text}"
    if said != text.text:
        yield f"  念作：{said}"
    for word, reading in lexicon.corrections(said):
        yield f"  读音：{word} 读 {reading}（voices/lexicon.yml）"
    for word, reading in lexicon.choices(said):
        yield f"  多音字：{word} 读 {reading}；读错了就在 voices/lexicon.yml 里写上"
