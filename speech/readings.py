"""What the dialogue engine takes texts for: run by .venv-rasa's Python, prints a JSON list of [intent, confidence].

Argument: the model. On standard input: a JSON list of texts. A text that is no business of ours has its likeliest one.
"""

import asyncio
import json
import logging
import sys

import structlog

NOT_UNDERSTOOD = "nlu_fallback"


async def readings(model: str, texts: list[str]) -> list[tuple[str, float]]:
    """The likeliest intent of each text."""
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    found = []
    for text in texts:
        ranking = (await agent.parse_message(text))["intent_ranking"]
        found.append(next((one["name"], one["confidence"]) for one in ranking if one["name"] != NOT_UNDERSTOOD))
    return found


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    told = asyncio.run(readings(sys.argv[1], json.load(sys.stdin)))
    sys.stdout.write("\n" + json.dumps(told, ensure_ascii=False))
