"""Recordings that no longer say what the text says, and words that the recogniser's model cannot hear."""

import logging
import re
from collections.abc import Iterator

import jieba
import yaml

from actions.facts import fill
from bot.check.document import elements, every_node, field, pairs, scalar
from bot.check.examples import examples
from bot.check.finding import Finding, guarded
from bot.check.project import Project
from bot.check.today import today
from bot.errors import ContentError
from bot.listening.grammars import read_words, segment
from bot.mandarin import sentences
from bot.speaking.recorded import RecordedPrompts
from bot.yaml_file import line_of

RECORDED = "voices/recorded"
WORDS = "content/words"
WORDS_SHOWN = 20
HAN = re.compile(r"[\u4e00-\u9fff]+")

jieba.setLogLevel(logging.WARNING)


def check_recordings(project: Project) -> Iterator[Finding]:
    """voices/recorded against the wordings as they are now."""
    texts: dict[str, list[str]] = {}
    for response in project.responses:
        texts.setdefault(response.name, []).extend(sentences(_with_content(project, response.text)))
    prompts = project.document("voices/prompts.yml")
    for name, text in pairs(prompts.node if prompts else None):
        texts.setdefault(scalar(name), []).extend(sentences(scalar(text)))

    def misfits() -> Iterator[Finding]:
        for wrong in RecordedPrompts(project.root / RECORDED).misfits(texts):
            file, _, message = wrong.partition(": ")
            yield Finding(file.removeprefix(f"{project.root}/"), 0, message, "重新录音，或删去录音，由合成语音说")

    yield from guarded(misfits(), RECORDED)


def _with_content(project: Project, text: str) -> str:
    try:
        return fill(text, today(), project.root / "content")
    except ContentError:  # told by the wordings' own check
        return text


def check_words(project: Project) -> Iterator[Finding]:
    """Notes: words of the field, of the examples and of answers that the recogniser's model has no word for."""
    models = sorted((project.root / "models").glob("zh-*/graph/words.txt"))
    if not models:
        return
    known = read_words(models[0])
    mend = "把词加入识别模型的词表：make words"
    for path in sorted((project.root / WORDS).glob("*.txt")):
        for line, word in enumerate(path.read_text("utf-8-sig", "replace").splitlines(), 1):
            if word.strip() and _spelt(word.split()[0], known):
                message = f"专业词“{word.split()[0]}”语音识别还不认得"
                yield Finding(str(path.relative_to(project.root)), line, message, mend, note=True)
    lacking: dict[str, dict[str, int]] = {}
    for one in examples(project):
        for word in jieba.cut(one.text):
            if HAN.fullmatch(word) and not segment(word, known):
                lacking.setdefault(one.file, {}).setdefault(word, one.line)
    for file, words in lacking.items():
        listed = "、".join(list(words)[:WORDS_SHOWN]) + ("等" if len(words) > WORDS_SHOWN else "")
        yield Finding(file, min(words.values()), f"例句里有{len(words)}个词识别不出来：{listed}", mend, note=True)
    for file, what, phrase in _awaited(project):
        if not segment(scalar(phrase), known):
            yield Finding(file, line_of(phrase), f"{what}里的“{scalar(phrase)}”识别不出来", mend, note=True)


def _awaited(project: Project) -> Iterator[tuple[str, str, yaml.Node]]:
    """What the line listens for by name: (file, where, phrase)."""
    questions = project.document("voices/questions.yml")
    for node in every_node(questions.node if questions else None):
        for name in ("everywhere", "grammar", "chain", "answers", "short_words"):
            for phrase in elements(field(node, name)):
                yield "voices/questions.yml", "哪里都听的说法" if name == "everywhere" else "这个问题", phrase
    commands = project.document("voices/commands.yml")
    for _, ways in pairs(commands.node if commands else None):
        for phrase in elements(ways):
            yield "voices/commands.yml", "对线路说的话", phrase


def _spelt(word: str, known: frozenset[str]) -> bool:
    """Whether the model has no word for it, or only its characters one by one, which it hardly ever hears together."""
    cut = segment(word, known)
    return not cut or any(len(one) == len(then) == 1 for one, then in zip(cut, cut[1:], strict=False))
