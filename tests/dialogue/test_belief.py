"""Whether a business is answered at once or asked for first, given how its words were heard."""

import pytest

from bot.dialogue.belief import NOT_UNDERSTOOD, believed, chance


def parsed(intent: str, confidence: float) -> dict:
    ranking = [{"name": intent, "confidence": confidence}, {"name": "deposit_day", "confidence": 0.1}]
    return {"text": "贷款能贷多少", "intent": ranking[0], "entities": [], "intent_ranking": ranking}


def test_without_doubt_the_engines_confidence_is_the_chance_and_doubt_lowers_its_odds():
    assert chance(0.8, 0.0) == pytest.approx(0.8)
    assert chance(0.8, 1.0) == pytest.approx(4 / (4 + 2.71828), abs=1e-3)
    assert chance(0.5, 2.0) < chance(0.5, 0.0) < chance(0.5, -0.5)
    assert 0 < chance(0.0, 5.0) < chance(1.0, -5.0) < 1


def test_a_business_less_likely_than_not_is_not_understood_but_stays_the_first_guess():
    doubted = believed(parsed("loan_amount", 0.6), 1.5)
    assert doubted["intent"]["name"] == NOT_UNDERSTOOD
    assert [one["name"] for one in doubted["intent_ranking"]] == [NOT_UNDERSTOOD, "loan_amount", "deposit_day"]
    assert doubted["intent_ranking"][1]["confidence"] == 0.6


def test_a_likely_business_stays_and_so_does_what_was_typed():
    assert believed(parsed("loan_amount", 0.95), 1.5)["intent"]["name"] == "loan_amount"
    assert believed(parsed("loan_amount", 0.36), 0.0)["intent"]["name"] == "loan_amount"


@pytest.mark.parametrize("intent", ["affirm", "human_agent", "goodbye", NOT_UNDERSTOOD])
def test_what_has_no_name_to_ask_for_is_never_doubted(intent):
    assert believed(parsed(intent, 0.4), 4.0) == parsed(intent, 0.4)
