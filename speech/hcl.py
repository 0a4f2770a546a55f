"""The pronunciation half of the graph: a prefix tree of syllables, each opened into its two states.

From a node, a syllable of transition-ids (again a, to blank b, out c, blank again d, blank out e) runs
node ─a→ own, node ─b→ blank, node ─c→ next; own ─a→ own, own ─b→ blank, own ─c→ next; blank ─d→ blank, blank ─e→ next.
Words come out at the end of their branch. Silence and `#0` loop at the root. `[unk]` is any syllables at a cost each.
"""

from speech import mdl, syllables
from speech.lexicon import Pronunciation

BLANK_LOOP = 0.05
"""Long pauses become cheaper as silence, which Vosk's end-of-turn rules count."""
SILENCE = 0.5
UNKNOWN = "[unk]"
Arc = tuple[int, int, int, int, float]


class Tree:
    """Grows arcs (from, to, transition-id, word number, cost); state 0 is root and the only end."""

    def __init__(self, word_numbers: dict[str, int], garbage_cost: float) -> None:
        self.numbers = word_numbers
        self.units = syllables.numbers()
        self.count = len(syllables.units())
        self.states = 1
        self.arcs: list[Arc] = []
        self.children: dict[tuple[int, str], int] = {}
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
            for syllable in pronunciation:
                node = self._child(node, syllable)
            self.arcs.append((node, 0, 0, self.numbers[word], cost))

    def lines(self) -> list[str]:
        """Text for fstcompile."""
        return [f"{a} {b} {i} {o} {cost:.4g}" for a, b, i, o, cost in sorted(self.arcs, key=lambda arc: arc[0])] + ["0"]

    def _child(self, node: int, syllable: str) -> int:
        key = (node, syllable)
        if key not in self.children:
            self.children[key] = self._state()
            self._syllable(node, self.children[key], self.units[syllable], 0.0)
        return self.children[key]

    def _syllable(self, start: int, end: int, phone: int, cost: float) -> None:
        again, on, out, blank_again, blank_out = mdl.transition_ids(phone, self.count)
        own, blank = self._state(), self._state()
        self.arcs += [
            (start, own, again, 0, cost),
            (start, blank, on, 0, cost),
            (start, end, out, 0, cost),
            (own, own, again, 0, 0.0),
            (own, blank, on, 0, 0.0),
            (own, end, out, 0, 0.0),
            (blank, blank, blank_again, 0, BLANK_LOOP),
            (blank, end, blank_out, 0, 0.0),
        ]

    def _silence(self) -> None:
        again, out = mdl.transition_ids(self.count + 1, self.count)
        inside = self._state()
        self.arcs += [
            (0, inside, again, 0, SILENCE),
            (0, 0, out, 0, SILENCE),
            (inside, inside, again, 0, 0.0),
            (inside, 0, out, 0, 0.0),
            (0, 0, self.disambiguation, self.numbers["#0"], 0.0),
        ]

    def _garbage(self, cost: float) -> None:
        """Speech that is none of the words."""
        inside = self._state()
        for phone in range(1, self.count + 1):
            self._syllable(0, inside, phone, cost)
        again = self._state()
        self.arcs += [(inside, 0, 0, self.numbers[UNKNOWN], 0.0), (inside, again, 0, 0, 0.0)]
        for phone in range(1, self.count + 1):
            self._syllable(again, inside, phone, cost)

    def _state(self) -> int:
        self.states += 1
        return self.states - 1
