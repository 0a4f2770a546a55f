"""python -m bot qa loop: the examples of nlu/ spoken by several voices, heard, and understood or not."""

import argparse
import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import jieba
from tqdm import tqdm

from bot.app import Hotline
from bot.audio.frame import SILENCE, frames_of
from bot.check.examples import Example, examples
from bot.check.project import Project
from bot.errors import ContentError
from bot.mandarin import masked
from bot.qa.conditions import Condition, condition_of
from bot.qa.loop import Findings, Spoken, findings
from bot.qa.telephone import Telephone
from bot.settings import ROOT
from bot.speaking.base import Manner
from bot.stage import Stage

VOICES = ("caller", "caller_m")
_AROUND = SILENCE * 25
_FRAMES_A_PIECE = 10
_TEXTS_A_READING = 20
_SHOWN = 40


def main(arguments: list[str]) -> int:
    """Print what should be looked at; --json keeps everything."""
    parser = argparse.ArgumentParser(
        prog="python -m bot qa loop", description="把 nlu/ 的例句念出来，识别，再理解：哪些例句说了也白说"
    )
    parser.add_argument("topics", nargs="*", metavar="主题", help="nlu/ 里的文件名，如 rates；不写是全部")
    parser.add_argument("--most", type=int, default=3, metavar="N", help="每个意图最多几句，默认 3，0 是全部")
    parser.add_argument("--voice", action="append", metavar="声音", help="voices.yml 里的声音，可写几次")
    parser.add_argument("--line", default="alaw", metavar="线路", help="经过什么线路，默认 alaw；可写 gsm+babble:10")
    parser.add_argument("--json", type=Path, metavar="文件", help="把每一句的结果存成 JSON")
    asked = parser.parse_args(arguments)
    chosen = _chosen(asked.topics, asked.most)
    try:
        line = condition_of(asked.line)
    except ValueError as wrong:
        raise ContentError("condition", str(wrong)) from wrong
    with asyncio.Runner() as runner:
        stage = Stage()
        try:
            runner.run(stage.open())
            spoken, words = runner.run(speak_and_hear(stage, chosen, asked.voice or VOICES, line))
        finally:
            runner.run(stage.close())
    if asked.json:
        kept = [asdict(one) | {"errors": one.errors, "lost": one.lost} for one in spoken]
        asked.json.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    found = findings(spoken, words, [(one.text, _words_of(one.text)) for one in chosen])
    print("\n".join([*_scores(spoken), *_told(found)]))
    return 0


def _words_of(text: str) -> list[str]:
    """Cut as the dialogue engine cuts it: with the editors' words."""
    cut: list[str] = _editors_tokenizer().lcut(text)
    return cut


@cache
def _editors_tokenizer() -> Any:
    tokenizer = jieba.Tokenizer()
    for path in sorted((ROOT / "content" / "words").glob("*.txt")):
        tokenizer.load_userdict(str(path))
    return tokenizer


def _chosen(topics: Sequence[str], most: int) -> list[Example]:
    """So many examples of each intent, spread over its list."""
    by_intent: dict[str, list[Example]] = defaultdict(list)
    for one in examples(Project(ROOT)):
        if not topics or Path(one.file).stem in topics:
            by_intent[one.intent].append(one)
    if not by_intent:
        raise ContentError("loop", f"nlu/ 里没有 {'、'.join(topics)}。")
    chosen = []
    for some in by_intent.values():
        step = max(1, len(some) // most) if most else 1
        chosen += some[::step][: most or len(some)]
    return chosen


async def speak_and_hear(
    stage: Stage, chosen: Sequence[Example], voices: Sequence[str], line: Condition
) -> tuple[list[Spoken], frozenset[str]]:
    """Every example by every voice over this line, what was heard and understood; and the recogniser's words."""
    async with Hotline(stage.settings) as hotline:
        model = hotline.models.take()
        recognizer = model.recognizer()

        async def say(text: str, voice: str) -> bytes:
            return await hotline.voice.sound_of(text, Manner(voice=voice))

        telephone = await Telephone.under(line, say)
        heard = []
        for one in tqdm(chosen, unit="句", disable=None):
            for voice in voices:
                sound = await say(one.text, voice)
                telephone.will_carry(sound)
                frames = frames_of(_AROUND + sound + _AROUND)
                await recognizer.begin(())
                carried = [telephone.carry(frame, SILENCE).samples for frame in frames]
                for at in range(0, len(carried), _FRAMES_A_PIECE):
                    await recognizer.accept(b"".join(carried[at : at + _FRAMES_A_PIECE]))
                heard.append((one, voice, (await recognizer.finish()).text))
        recognizer.close()
        understood = await _intents(hotline, [text for one, _, text in heard] + [one.text for one in chosen])
        words = model.words
        await hotline.models.give_back(model)
    return [
        Spoken(
            one.text, one.intent, f"{one.file}:{one.line}", voice, text, understood.get(text, ""), understood[one.text]
        )
        for one, voice, text in heard
    ], words


async def _intents(hotline: Hotline, texts: Sequence[str]) -> dict[str, str]:
    """What the dialogue engine takes each text for."""
    dialogue = await hotline.rasa.open("qa-loop", "script")
    different = [text for text in dict.fromkeys(texts) if text]
    found: dict[str, str] = {}
    for at in tqdm(range(0, len(different), _TEXTS_A_READING), unit="批", disable=None):
        some = different[at : at + _TEXTS_A_READING]
        readings = await dialogue.read([masked(text) for text in some])
        found |= {text: reading.intent for text, reading in zip(some, readings, strict=True)}
    return found


def _scores(spoken: Sequence[Spoken]) -> Iterator[str]:
    for voice in dict.fromkeys(one.voice for one in spoken):
        some = [one for one in spoken if one.voice == voice]
        wrong, characters = sum(one.errors for one in some), sum(len(one.text) for one in some)
        typed = [one for one in some if one.as_typed == one.intent]
        kept = sum(not one.lost for one in typed)
        yield (
            f"声音 {voice}：{len(some)} 句，字错误率 {wrong / characters:.1%}；打字能懂的 {len(typed)} 句里，"
            f"说出来也懂的 {kept} 句（{kept / max(1, len(typed)):.1%}）"
        )


def _told(found: Findings) -> Iterator[str]:
    yield f"\n无论谁说都白说的例句（{len(found.never_heard)}）："
    for each in found.never_heard[:_SHOWN]:
        heard = "、".join(dict.fromkeys(f"“{one.heard}”→{one.understood or '没有听到'}" for one in each))
        yield f"  {each[0].place}  {each[0].text}（{each[0].intent}）听成{heard}"
    yield f"\n容易混的（{len(found.confusable)}）：说的 → 听成，次数"
    yield from (f"  {said} → {heard}，{count}" for said, heard, count in found.confusable[:_SHOWN])
    if found.unspeakable:
        yield f"\n有字是识别词表里没有的（{len(found.unspeakable)}）："
        yield from (f"  {place}  {text}" for text, place in found.unspeakable[:_SHOWN])
    if found.proposed:
        yield "\n建议加进 content/words/ 的词（听错的例句里有，识别词表里没有）："
        yield "  " + "、".join(f"{word}（{count}）" for word, count in found.proposed[:_SHOWN])
