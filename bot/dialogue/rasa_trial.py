"""A new model tried before callers get it: run by .venv-rasa's Python, prints a JSON object.

Arguments: the model, the folder with test dialogues (test_*.yml). On standard input: a JSON list of texts.
Printed: {"readings": the intent of each text, "failed": the dialogues that went another way, "dialogues": how many}.
"""

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any

import structlog

NOT_UNDERSTOOD = "nlu_fallback"


async def trial(model: str, dialogues: list[str], texts: list[str]) -> dict[str, Any]:
    """Read the texts, walk through the dialogues."""
    from rasa.core.agent import Agent
    from rasa.core.test import _collect_story_predictions, _create_data_generator

    agent = Agent.load(model)
    readings = []
    for text in texts:
        ranking = (await agent.parse_message(text))["intent_ranking"]
        readings.append(next(one["name"] for one in ranking if one["name"] != NOT_UNDERSTOOD))
    failed, walked = [], 0
    for file in dialogues:
        trackers = _create_data_generator(file, agent, None, True).generate_story_trackers()
        evaluation, _, _ = await _collect_story_predictions(trackers, agent, False, use_e2e=True)
        walked += len(trackers)
        failed += [{"file": file, "story": one.sender_id, "wrong": _wrong(one)} for one in evaluation.failed_stories]
    return {"readings": readings, "failed": failed, "dialogues": walked}


def _wrong(tracker: Any) -> list[list[str]]:
    """Where the dialogue left its way: [what was said, if it was, what was due, what the model did] of each step."""
    from rasa.core.test import WronglyClassifiedUserUtterance, WronglyPredictedAction

    steps = []
    for event in tracker.events:
        if isinstance(event, WronglyClassifiedUserUtterance):
            steps.append([event.text, event.intent["name"], str(event.predicted_intent)])
        elif isinstance(event, WronglyPredictedAction):
            steps.append(["", str(event.action_name), str(event.action_name_prediction)])
    return steps


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found = asyncio.run(
        trial(sys.argv[1], [str(one) for one in sorted(Path(sys.argv[2]).glob("test_*.yml"))], json.load(sys.stdin))
    )
    sys.stdout.write("\n" + json.dumps(found, ensure_ascii=False))
