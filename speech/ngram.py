"""A back-off n-gram language model as an automaton: absolute discounting (Ney, Essen & Kneser 1994), weighted counts.

p(w | h) = (c(h w) − D) / c(h)           if h w was seen
         = D · n(h) / c(h) · p(w | h')   otherwise, h' = h without its oldest word
where n(h) is the number of different words seen after h. At the bottom stands a general distribution over all words.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

START, END = "<s>", "</s>"
History = tuple[str, ...]


class Ngrams:
    """Counts of all orders."""

    def __init__(self, order: int = 3, discount: float = 0.5) -> None:
        self.order, self.discount = order, discount
        self.counts: dict[History, Counter[str]] = defaultdict(Counter)

    def add(self, words: Iterable[str], weight: float = 1.0) -> None:
        """Count a sentence."""
        history = [START]
        for word in [*words, END]:
            for length in range(min(self.order, len(history) + 1)):
                self.counts[tuple(history[len(history) - length :])][word] += weight  # type: ignore[assignment]
            history.append(word)

    def prune(self, least: float) -> None:
        """Forget rare events of the highest order."""
        for history in [h for h in self.counts if len(h) == self.order - 1 and h != ()]:
            kept = Counter({w: c for w, c in self.counts[history].items() if c >= least})
            if kept:
                self.counts[history] = kept
            else:
                del self.counts[history]

    def automaton(self, general: dict[str, float]) -> tuple[list[str], int]:
        """Lines for fstcompile (from, to, word, word, cost), start state first; and the number of states.

        `general`: probability of every word of the vocabulary, the bottom of the back-off.
        """
        histories = [h for h in self.counts if h]
        states = {(): 0, **{h: i for i, h in enumerate(histories, start=1)}}
        lines: list[str] = []
        start = states.get((START,), 0)
        for history in sorted(states, key=lambda h: states[h] != start):
            lines += self._arcs(history, states, general)
        return lines, len(states)

    def _arcs(self, history: History, states: dict[History, int], general: dict[str, float]) -> list[str]:
        state, seen = states[history], self.counts.get(history, Counter())
        total = sum(seen.values())
        discount = min(self.discount, min(seen.values(), default=1.0) * 0.9)
        left = discount * len(seen) / total if total else 1.0
        lines = []
        if history:
            lines.append(f"{state} {states[self._longest(history[1:], states)]} #0 <eps> {-math.log(left):.4f}")
            shares = {word: (count - discount) / total for word, count in seen.items()}
        else:
            shares = {word: left * p for word, p in general.items()}
            for word, count in seen.items():
                shares[word] = shares.get(word, 0.0) + (count - discount) / total
        for word, share in shares.items():
            cost = -math.log(share)
            if word == END:
                lines.append(f"{state} {cost:.4f}")
            else:
                target = states[self._longest((*history, word), states)]
                lines.append(f"{state} {target} {word} {word} {cost:.4f}")
        return lines

    def _longest(self, history: History, states: dict[History, int]) -> History:
        """The longest known end of a history."""
        history = history[-(self.order - 1) :] if self.order > 1 else ()
        while history not in states:
            history = history[1:]
        return history
