"""The doubt of heard words: found again where it is known, and judged on questions it was not fitted to."""

import numpy as np
import pytest

from bot.dialogue.belief import chance
from bot.listening.calibration import Calibration
from speech import doubt
from speech.doubt import Outcomes


def callers(unheard: float, slope: float, count: int = 4000) -> Outcomes:
    """Invented ones, of whom as many were understood as this doubt tells."""
    rng = np.random.default_rng(5)
    engine, words = rng.uniform(0.05, 0.98, count), rng.uniform(0.3, 1.0, count)
    told = [chance(e, unheard - slope * w) for e, w in zip(engine, words, strict=True)]
    return Outcomes(engine, words, (rng.uniform(size=count) < told).astype(float), np.arange(count) // 2)


def test_the_doubt_that_callers_were_made_with_is_found():
    unheard, slope = doubt.fit(callers(5.0, 6.0))
    assert unheard == pytest.approx(5.0, abs=0.6)
    assert slope == pytest.approx(6.0, abs=0.8)


def test_what_is_told_is_what_the_line_reckons_with():
    """Fitted here, used by bot/: the same numbers, or the fit is worth nothing."""
    ours = Calibration(5.81, 6.23)
    outcomes = callers(5.0, 6.0, 50)
    told = doubt.told(outcomes, ours.unheard, ours.slope)
    for engine, words, p in zip(outcomes.engine, outcomes.words, told, strict=True):
        assert p == pytest.approx(chance(engine, ours.doubt(words)), abs=0.01)


def test_a_right_doubt_comes_true_and_the_engine_alone_does_not():
    outcomes = callers(5.0, 6.0)
    alone = doubt.reliability(outcomes.engine, outcomes.right)
    doubted = doubt.reliability(doubt.told_by_others(outcomes), outcomes.right)
    assert doubted.error < 0.03 < alone.error
    assert doubted.log_loss < alone.log_loss
    assert doubted.ranking > alone.ranking
    assert sum(count for _, _, count in doubted.table) == len(outcomes.right)


def test_each_question_is_judged_by_the_others_alone():
    """Both recordings of a question are left out together: else the fit would know it."""
    outcomes = callers(5.0, 6.0, 400)
    told = doubt.told_by_others(outcomes)
    changed = np.where(outcomes.question % doubt.FOLDS == 0, 1 - outcomes.right, outcomes.right)
    again = doubt.told_by_others(Outcomes(outcomes.engine, outcomes.words, changed, outcomes.question))
    here = outcomes.question % doubt.FOLDS == 0
    assert np.allclose(told[here], again[here])
    assert not np.allclose(told[~here], again[~here])


def test_probabilities_that_rank_and_hit_perfectly_are_told_so():
    found = doubt.reliability(np.array([1.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0]))
    assert (found.ranking, found.error) == (1.0, 0.0)
    assert found.log_loss < 1e-5
