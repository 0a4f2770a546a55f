"""Counting errors: a network's best path, and how far what was heard is from what was said."""

import numpy as np


def best_path(answers: np.ndarray) -> list[int]:
    """Most probable unit each frame, repetitions and blanks taken out."""
    best = answers.argmax(axis=1)
    keep = np.concatenate([[True], best[1:] != best[:-1]]) & (best != 0)
    return best[keep].tolist()


def distance(heard: list[int] | str, said: list[int] | str) -> int:
    """Edit distance (Levenshtein): substitutions, insertions and deletions count one each."""
    row = list(range(len(said) + 1))
    for i, x in enumerate(heard, start=1):
        before, row[0] = row[0], i
        for j, y in enumerate(said, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
