"""Words written with other characters that sound like a word of the field: slips of the pen, or of the ear."""

import logging
from collections.abc import Iterator
from functools import cache

import jieba
from pypinyin import Style, lazy_pinyin

from bot.check.document import every_node, field, pairs, scalar
from bot.check.examples import examples
from bot.check.finding import Finding
from bot.check.project import Project
from bot.yaml_file import line_of

WORDS = "content/words"
SHORTEST = 2
"""One character has too many homophones to say anything."""

HEARD = ("text", "short", "question", "name")
"""Fields of content that callers hear."""

jieba.setLogLevel(logging.WARNING)


def check_homophones(project: Project) -> Iterator[Finding]:
    """What callers hear must be written right; what they say may be, as the recogniser writes, but is worth knowing."""
    listed = _listed(project)
    by_sound: dict[tuple[str, ...], str] = {}
    for word in listed:
        by_sound.setdefault(tuple(_sounds(word)), word)
    spelt = _Spelling(by_sound, set(listed))
    for file, line, text in _heard(project):
        for written, word in spelt.slips(text):
            message = f"“{written}”与专业词“{word}”同音，是不是写错了字"
            yield Finding(file, line, message, f"改成“{word}”；确实是另一个词时，把它加进 {WORDS}/")
    for example in examples(project):
        for written, word in spelt.slips(example.text):
            message = f"例句“{example.text}”里的“{written}”与专业词“{word}”同音，语音识别分不清"
            mend = f"写成“{word}”；识别常写成“{written}”时，把它加进 {WORDS}/"
            yield Finding(example.file, example.line, message, mend, note=True)


def _listed(project: Project) -> list[str]:
    """The words of the field, and what the recogniser is known to write for them (公基金)."""
    files = sorted((project.root / WORDS).glob("*.txt"))
    lines = (line.split() for file in files for line in file.read_text("utf-8-sig", "replace").splitlines())
    return [line[0] for line in lines if line and len(line[0]) >= SHORTEST]


class _Spelling:
    """Finds, in a text, words that no dictionary has and that sound like one of ours."""

    def __init__(self, by_sound: dict[tuple[str, ...], str], listed: set[str]) -> None:
        self._by_sound, self._listed = by_sound, listed
        self._lengths = sorted({len(sound) for sound in by_sound}, reverse=True)

    def slips(self, text: str) -> Iterator[tuple[str, str]]:
        """(as written, the word it sounds like), longest first and each place once."""
        sounds = _sounds(text)
        taken = [False] * len(text)
        for length in self._lengths:
            for start in range(len(text) - length + 1):
                word = self._by_sound.get(tuple(sounds[start : start + length]))
                written = text[start : start + length]
                if word is None or any(taken[start : start + length]):
                    continue
                taken[start : start + length] = [True] * length
                if (
                    written not in self._listed
                    and not jieba.dt.FREQ.get(written)
                    and not _two_words(text, start, length)
                ):
                    yield written, word


def _sounds(text: str) -> list[str]:
    """One syllable with its tone for each character."""
    return [sound for character in text for sound in _sound(character)]


@cache
def _sound(character: str) -> list[str]:
    return lazy_pinyin(character, style=Style.TONE3)


def _two_words(text: str, start: int, length: int) -> bool:
    """Whether a word's end and the next one's beginning only happen to sound so (能不能|提取 is none)."""
    at = 0
    for word in jieba.cut(text):
        if at < start < at + len(word) or at < start + length < at + len(word):
            return True
        at += len(word)
    return False


def _heard(project: Project) -> Iterator[tuple[str, int, str]]:
    for response in project.responses:
        yield "domain.yml", response.line, response.text
    for document in project.within("content"):
        if document.name.startswith("content/demo/"):
            continue
        for node in every_node(document.node):
            for name in HEARD:
                text = field(node, name)
                if scalar(text):
                    yield document.name, line_of(text), scalar(text)
    prompts = project.document("voices/prompts.yml")
    for _, text in pairs(prompts.node if prompts else None):
        yield "voices/prompts.yml", line_of(text), scalar(text)
