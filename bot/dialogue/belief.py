"""Whether a caller meant what the engine takes the words for, given how the words were heard.

Runs in Rasa's process as well.
"""

import math
from typing import Any

from bot.dialogue.wishes import NO_BUSINESS

LEAST_CHANCE = 0.5
"""A business less likely than not is asked for (您是想……，对吗) before it is answered."""

NOT_UNDERSTOOD = "nlu_fallback"

NEVER_DOUBTED = NO_BUSINESS | {"human_agent"}
"""A yes, a farewell or the wish for a person has no name to ask for."""


def chance(confidence: float, doubt: float) -> float:
    """Probability of a reading: the engine's confidence as odds, lowered by so many nats."""
    sure = min(max(confidence, 0.01), 0.99)
    return 1 / (1 + math.exp(doubt) * (1 - sure) / sure)


def believed(parsed: dict[str, Any], doubt: float) -> dict[str, Any]:
    """Rasa's parse result, or, if its business is unlikely, the same as not understood, with what it may have been."""
    intent = parsed["intent"]
    if not doubt or intent["name"] in NEVER_DOUBTED:
        return parsed
    likely = chance(float(intent["confidence"]), doubt)
    if likely >= LEAST_CHANCE:
        return parsed
    instead = {"name": NOT_UNDERSTOOD, "confidence": 1 - likely}
    return {**parsed, "intent": instead, "intent_ranking": [instead, *parsed["intent_ranking"]]}
