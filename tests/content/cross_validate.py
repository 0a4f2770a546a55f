"""Run by Rasa's own Python: `cross_validate.py FOLD FOLDS`; trains on the examples outside the fold, reads those in it.

Prints one JSON list of [example, its intent, what it was taken for]; nlu_fallback counts as taken for that.
"""

import json
import logging
import os
import sys
import tempfile
from pathlib import Path

import structlog

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
os.environ |= {"RASA_TELEMETRY_ENABLED": "false", "TQDM_DISABLE": "1"}
SEED = 1
AT_ONCE = 100


def read_fold(fold: int, folds: int) -> list[tuple[str, str, str]]:
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu
    from rasa.shared.nlu.training_data.loading import load_data
    from rasa.shared.nlu.training_data.training_data import TrainingData
    from sklearn.model_selection import StratifiedKFold

    from bot.dialogue.rasa_reading import read_together

    every = load_data("nlu")
    examples = every.intent_examples
    split = StratifiedKFold(folds, shuffle=True, random_state=SEED).split(
        examples, [one.get("intent") for one in examples]
    )
    learnt, kept = list(split)[fold]
    training = TrainingData([examples[number] for number in learnt], lookup_tables=every.lookup_tables)
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "part.yml"
        part.write_text(training.nlu_as_yaml(), "utf-8")
        model = train_nlu("config.yml", str(part), folder, fixed_model_name="part")
        agent = Agent.load(model)
    texts = [examples[number].get("text") for number in kept]
    found = [
        one
        for part in range(0, len(texts), AT_ONCE)
        for one in read_together(agent.processor, texts[part : part + AT_ONCE])
    ]
    said = [examples[number].get("intent") for number in kept]
    return [(text, intent, one["intent"]) for text, intent, one in zip(texts, said, found, strict=True)]


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(read_fold(int(sys.argv[1]), int(sys.argv[2])), ensure_ascii=False))
