"""Run by Rasa's own Python: `parse_texts.py MODEL`, texts as JSON on stdin; the readings of each, best first."""

import asyncio
import json
import logging
import sys

import structlog

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


async def readings(model: str, texts: list[str]) -> list[list[tuple[str, float]]]:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    parsed = [await agent.parse_message(text) for text in texts]
    return [[(one["name"], one["confidence"]) for one in each["intent_ranking"]] for each in parsed]


if __name__ == "__main__":
    found = asyncio.run(readings(sys.argv[1], json.load(sys.stdin)))
    sys.stdout.write("\n" + json.dumps(found))
