"""The pronunciation half of the graph: a prefix tree of syllables, each opened into its two states.

A syllable is one frame or more of its own pdf, then any frames of blank, as in CTC: node ─own→ s, s ─own→ s, s ─ε→ b,
b ─blank→ b; its children leave b. One arc to enter a syllable keeps the root's fan-out small (three, one for each way
through the HMM, made decoding three times slower).
A word comes out where the blank after its last syllable begins; that blank is the same for all words and leads to the
root. (With blanks of their own and the word behind them, the best path stayed in front of the word until the next one
began: a word said alone had no partial result.) Silence and `#0` loop at the root. `[unk]` is one syllable out of a few
that stand for all (all 404 would fill the lattice: real-time factor 2.7 on a sentence outside the domain). A network
whose units are characters (`import-fsmn`) has several phones for a syllable: parallel arcs.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from speech import mdl, syllables
from speech.lexicon import Pronunciation

PAUSE = 0.05
"""Of every frame of blank inside a word or after it; long pauses become cheaper as silence, which Vosk's end-of-turn
rules count."""
SILENCE = 0.5
UNKNOWN = "[unk]"
Arc = tuple[int, int, int, int, float]

Phones = Mapping[str, Sequence[int]]
"""Syllable → the network's units that sound so, from 1."""


def our_phones() -> Phones:
    """Each syllable is one unit."""
    return {syllable: (number,) for number, syllable in enumerate(syllables.units(), start=1)}


def phones_in(file: Path) -> tuple[Phones, int]:
    """A network's units.txt: the syllable that each of its units is, one a line ("": none); and how many there are."""
    lines = file.read_text(encoding="utf-8").splitlines()
    found: dict[str, list[int]] = {}
    for number, syllable in enumerate(lines, start=1):
        if syllable:
            found.setdefault(syllable, []).append(number)
    return found, len(lines)


class Tree:
    """Grows arcs (from, to, transition-id, word number, cost); state 0 is root and the only end."""

    def __init__(
        self, word_numbers: dict[str, int], garbage_cost: float, phones: Phones | None = None, count: int = 0
    ) -> None:
        """`phones` and their `count`: of a network with other units than ours."""
        self.numbers = word_numbers
        self.phones = phones or our_phones()
        self.count = count or len(syllables.units())
        self.states = 1
        self.arcs: list[Arc] = []
        self.spikes: dict[tuple[int, str], int] = {}
        self.pauses: dict[int, int] = {}
        self.spoken = self._pause(mdl.transition_ids(1, self.count)[3])  # any blank is like any other
        self.arcs.append((self.spoken, 0, 0, 0, 0.0))
        self._silence()
        self._garbage(garbage_cost)

    @property
    def disambiguation(self) -> int:
        """The input label of `#0`: one after the last transition-id."""
        return 5 * self.count + 3

    def add(self, word: str, variants: dict[Pronunciation, float]) -> None:
        """A word with its pronunciations and their costs."""
        for pronunciation, cost in variants.items():
            node = 0
            for syllable in pronunciation[:-1]:
                node = self._inside(self._spike(node, syllable), self.phones[syllable][0])
            self.arcs.append((self._spike(node, pronunciation[-1]), self.spoken, 0, self.numbers[word], cost))

    def lines(self) -> list[str]:
        """Text for fstcompile."""
        return [f"{a} {b} {i} {o} {cost:.4g}" for a, b, i, o, cost in sorted(self.arcs, key=lambda arc: arc[0])] + ["0"]

    def _spike(self, node: int, syllable: str) -> int:
        """Where this syllable sounds after that node."""
        key = (node, syllable)
        if key not in self.spikes:
            self.spikes[key] = self._syllable(node, self.phones[syllable], 0.0)
        return self.spikes[key]

    def _syllable(self, start: int, phones: Sequence[int], cost: float) -> int:
        """Arcs of one syllable; the state where it sounds."""
        spike = self._state()
        for phone in phones:
            own, _, _, _, _ = mdl.transition_ids(phone, self.count)
            self.arcs += [(start, spike, own, 0, cost), (spike, spike, own, 0, 0.0)]
        return spike

    def _inside(self, spike: int, phone: int) -> int:
        """The pause after a syllable that is not the word's last."""
        if spike not in self.pauses:
            self.pauses[spike] = pause = self._pause(mdl.transition_ids(phone, self.count)[3])
            self.arcs.append((spike, pause, 0, 0, 0.0))
        return self.pauses[spike]

    def _pause(self, blank: int) -> int:
        """A state that takes any number of blank frames."""
        pause = self._state()
        self.arcs.append((pause, pause, blank, 0, PAUSE))
        return pause

    def _silence(self) -> None:
        again, _ = mdl.transition_ids(self.count + 1, self.count)
        inside = self._state()
        self.arcs += [
            (0, inside, again, 0, SILENCE),
            (inside, inside, again, 0, 0.0),
            (inside, 0, 0, 0, 0.0),
            (0, 0, self.disambiguation, self.numbers["#0"], 0.0),
        ]

    def _garbage(self, cost: float) -> None:
        """Speech that is none of the words, a syllable at a time."""
        for syllable in (one for one in representatives() if one in self.phones):
            spike = self._syllable(0, self.phones[syllable], cost)
            self.arcs.append((spike, self.spoken, 0, self.numbers[UNKNOWN], 0.0))

    def _state(self) -> int:
        self.states += 1
        return self.states - 1


INITIALS = ("bpmfw", "dtnl", "gkh", "jqxy", "zcsr")
FINALS = (("a",), ("e", "o"), ("i",), ("u", "v"), ("ai", "ei", "ui"), ("ao", "ou", "iu"), ("n", "ng"), ("an", "ang"))


def representatives() -> list[str]:
    """One plain syllable of each class of initials and finals."""
    chosen: dict[tuple[int, int], str] = {}
    for syllable in syllables.units():
        first = next((i for i, group in enumerate(INITIALS) if syllable[0] in group), len(INITIALS))
        last = next((i for i in range(len(FINALS) - 1, -1, -1) if syllable.endswith(FINALS[i])), len(FINALS))
        best = chosen.setdefault((first, last), syllable)
        if len(syllable) < len(best):
            chosen[first, last] = syllable
    return sorted(chosen.values())
