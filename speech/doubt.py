"""The doubt of heard words, fitted and judged: how far the engine's odds must fall for its probabilities to come true.

log-odds of being right = the engine's log-odds − doubt; doubt = unheard − slope × the words' mean confidence
(bot/listening/calibration.py and bot/dialogue/belief.py use it so).
"""

from dataclasses import dataclass

import numpy as np

BINS = 5
FOLDS = 5
RIDGE = 0.01
"""Keeps the fit finite where all of a small set is right."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Questions as they were heard and read, one a row."""

    engine: np.ndarray
    """The engine's confidence in its likeliest intent."""

    words: np.ndarray
    """Mean confidence of the words."""

    right: np.ndarray
    """Whether that intent was meant."""

    question: np.ndarray
    """Number of the question: its recordings stay together when the set is cut for judging."""

    def chosen(self, rows: np.ndarray) -> "Outcomes":
        """Some of them."""
        return Outcomes(self.engine[rows], self.words[rows], self.right[rows], self.question[rows])


def log_odds(confidence: np.ndarray) -> np.ndarray:
    """Of the engine's confidence, bounded as bot/dialogue/belief.py bounds it."""
    sure = confidence.clip(0.01, 0.99)
    return np.log(sure / (1 - sure))


def fit(outcomes: Outcomes) -> tuple[float, float]:
    """`unheard` and `slope` by logistic regression (Newton), the engine's log-odds as an offset."""
    x = np.column_stack([np.ones(len(outcomes.words)), outcomes.words])
    offset = log_odds(outcomes.engine)
    weights = np.zeros(2)
    for _ in range(60):
        p = 1 / (1 + np.exp(-(offset + x @ weights)))
        slope = x.T @ (p - outcomes.right) + RIDGE * weights
        bend = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(2)
        weights = weights - np.linalg.solve(bend, slope)
    return float(-weights[0]), float(weights[1])


def told(outcomes: Outcomes, unheard: float, slope: float) -> np.ndarray:
    """The probability that each reading is right."""
    return 1 / (1 + np.exp(unheard - slope * outcomes.words - log_odds(outcomes.engine)))


def told_by_others(outcomes: Outcomes) -> np.ndarray:
    """The same, each question by a fit to the other four fifths: what questions not fitted to may expect."""
    p = np.zeros(len(outcomes.words))
    for fold in range(FOLDS):
        here = outcomes.question % FOLDS == fold
        if here.any() and not here.all():
            p[here] = told(outcomes.chosen(here), *fit(outcomes.chosen(~here)))
    return p


@dataclass(frozen=True, slots=True)
class Reliability:
    """How true probabilities came. Rows of the table: mean told, share right, how many."""

    ranking: float
    """AUC: how often a right reading was given the greater probability than a wrong one."""

    log_loss: float
    error: float
    """Mean distance of told and right over the bins, weighted by their sizes."""

    table: list[tuple[float, float, int]]


def reliability(p: np.ndarray, right: np.ndarray) -> Reliability:
    """Five bins of equal width."""
    bins = (p * BINS).astype(int).clip(0, BINS - 1)
    groups = [bins == one for one in range(BINS)]
    table = [(float(p[g].mean()), float(right[g].mean()), int(g.sum())) if g.any() else (0.0, 0.0, 0) for g in groups]
    sure = p.clip(1e-6, 1 - 1e-6)
    loss = -np.mean(np.where(right > 0, np.log(sure), np.log(1 - sure)))
    yes, no = p[right > 0], p[right <= 0]
    pairs = (yes[:, None] > no[None]) + 0.5 * (yes[:, None] == no[None])
    error = sum(abs(mean - share) * count for mean, share, count in table) / len(p)
    return Reliability(float(pairs.mean()) if pairs.size else float("nan"), float(loss), error, table)
