"""The recogniser in the loop: what becomes of the callers' example sentences once they are spoken and heard.

An example that no voice gets through is worth nothing: nobody who says it will be understood.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.listening.grammars import segment
from bot.qa.distance import comparable, errors

_FEWEST = 2
"""A confusion or a missing word seen only once may be chance."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One example, said by one voice, heard, and taken for an intent."""

    text: str
    intent: str
    place: str
    """File and line in nlu/."""

    voice: str
    heard: str
    understood: str
    """What the heard text is taken for; '' if nothing was heard."""

    as_typed: str
    """What the written text is taken for."""

    @property
    def errors(self) -> int:
        """Characters heard otherwise."""
        return errors(comparable(self.heard), comparable(self.text))

    @property
    def lost(self) -> bool:
        """Typed it would be understood, spoken it is not."""
        return self.as_typed == self.intent != self.understood


@dataclass(frozen=True, slots=True)
class Findings:
    """What an editor should look at."""

    never_heard: tuple[tuple[Spoken, ...], ...]
    """Examples that are lost in every voice, the most wrongly heard ones first."""

    confusable: tuple[tuple[str, str, int], ...]
    """(said, heard, how often), most frequent first."""

    unspeakable: tuple[tuple[str, str], ...]
    """(example, place) that hold a sign for which the recogniser has no word."""

    proposed: tuple[tuple[str, int], ...]
    """(word, in how many misheard examples) that the recogniser does not know as one word."""


def findings(
    spoken: Sequence[Spoken], words: Collection[str], segments: Sequence[tuple[str, Sequence[str]]]
) -> Findings:
    """`words`: the recogniser's; `segments`: each example cut into words as the dialogue engine does."""
    by_example: dict[str, list[Spoken]] = defaultdict(list)
    for one in spoken:
        by_example[one.text].append(one)
    lost = [tuple(each) for each in by_example.values() if all(one.lost for one in each)]
    unspeakable = {each[0].text: each[0].place for each in by_example.values() if not can_be_said(each[0].text, words)}
    misheard = {one.text for one in spoken if one.errors}
    return Findings(
        tuple(sorted(lost, key=lambda each: -sum(one.errors for one in each) / len(comparable(each[0].text)))),
        _confusable(spoken),
        tuple(unspeakable.items()),
        _proposed([cut for text, cut in segments if text in misheard], words),
    )


def can_be_said(text: str, words: Collection[str]) -> bool:
    """Whether the recogniser's words make up the text."""
    plain = comparable(text)
    return bool(plain) and bool(segment(plain, words))


def _confusable(spoken: Sequence[Spoken]) -> tuple[tuple[str, str, int], ...]:
    seen: Counter[tuple[str, str]] = Counter()
    for one in spoken:
        said, heard = comparable(one.text), comparable(one.heard)
        for what, a, b, c, d in SequenceMatcher(None, said, heard, autojunk=False).get_opcodes():
            if what == "replace":
                seen[said[a:b], heard[c:d]] += 1
    return tuple((said, heard, count) for (said, heard), count in seen.most_common() if count >= _FEWEST)


def _proposed(cuts: Sequence[Sequence[str]], words: Collection[str]) -> tuple[tuple[str, int], ...]:
    seen = Counter(word for cut in cuts for word in set(cut) if len(word) > 1 and word not in words)
    return tuple((word, count) for word, count in seen.most_common() if count >= _FEWEST)
