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
    best: list[tuple[str, ...] | None] = [()] + [None] * len(phrase)
    for end in range(1, len(phrase) + 1):
        for start in range(end):
            before = best[start]
            if before is None or phrase[start:end] not in words:
                continue
            so_far = best[end]
            if so_far is None or len(before) + 1 < len(so_far):
                best[end] = (*before, phrase[start:end])
    return best[-1] or ()


def grammar_of(phrases: Iterable[str], words: Collection[str]) -> Grammar:
    """Segment every phrase. One that is already cut by spaces (a chain) only loses the words that are not known."""
    known: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for phrase in phrases:
        if " " in phrase:
            cut = tuple(word for word in phrase.split() if word in words)
            unknown.update((word, None) for word in phrase.split() if word not in words)
        else:
            cut = segment(phrase, words)
            if not cut:
                unknown[phrase] = None
        if cut:
            known[" ".join(cut)] = None
    if known and UNKNOWN in words:
        known[UNKNOWN] = None
    return Grammar(tuple(known), tuple(unknown))


def chain(words: Iterable[str]) -> str:
    """One phrase in which every word follows every word once, for answers of any length such as digits.

    Vosk makes a bigram of a grammar. From a mere list of digits it learns that an answer is one digit, and drops most
    of a longer one; from this phrase it learns that any digit may follow any other.
    """
    all_words = list(dict.fromkeys(words))
    left = {word: list(all_words) for word in all_words}
    if not left:
        return ""
    path: list[str] = []
    walk = [next(iter(left))]
    while walk:  # Hierholzer's walk over all pairs
        if left[walk[-1]]:
            walk.append(left[walk[-1]].pop())
        else:
            path.append(walk.pop())
    return " ".join(reversed(path))
