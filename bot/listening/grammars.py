"""Phrases of an answer, cut into the words the recogniser's model knows.

Vosk takes a grammar as phrases whose words are separated by spaces, and silently ignores a word that is not in the
model's words.txt. So every phrase is segmented with that very list, and what cannot be said is reported.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

UNKNOWN = "[unk]"


@dataclass(frozen=True, slots=True)
class Grammar:
    """A grammar as the model can use it."""

    phrases: tuple[str, ...]
    """Words separated by spaces, as Vosk wants them; with '[unk]' at the end if the model has it."""

    unknown: tuple[str, ...]
    """Phrases left out because the model lacks a word for some part of them."""


def read_words(words_file: Path) -> frozenset[str]:
    """The words of a model (graph/words.txt), without its symbols (<eps>, #0, …) but with [unk] where it exists."""
    lines = words_file.read_text("utf-8").splitlines()
    words = (line.split()[0] for line in lines if line.strip())
    return frozenset(word for word in words if not word.startswith(("<", "#")))


def segment(phrase: str, words: Collection[str]) -> tuple[str, ...]:
    """Cut a phrase into as few known words as possible; () if some part of it is not known."""
    longest = max((len(word) for word in words), default=0)
    best: list[tuple[str, ...] | None] = [()] + [None] * len(phrase)
    for end in range(1, len(phrase) + 1):
        for start in range(max(0, end - longest), end):
            before = best[start]
            if before is None or phrase[start:end] not in words:
                continue
            so_far = best[end]
            if so_far is None or len(before) + 1 < len(so_far):
                best[end] = (*before, phrase[start:end])
    return best[-1] or ()


def grammar_of(phrases: Iterable[str], words: Collection[str]) -> Grammar:
    """Segment every phrase. A phrase that is already cut by spaces is kept as cut, if all its words are known."""
    known: dict[str, None] = {}
    unknown: list[str] = []
    for phrase in phrases:
        cut = phrase.split() if " " in phrase else segment(phrase, words)
        if cut and all(word in words for word in cut):
            known[" ".join(cut)] = None
        else:
            unknown.append(phrase)
    if known and UNKNOWN in words:
        known[UNKNOWN] = None
    return Grammar(tuple(known), tuple(unknown))
