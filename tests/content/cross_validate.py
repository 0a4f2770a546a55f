"""Run by Rasa's own Python: `cross_validate.py FOLDS`; the whole pipeline trained on all folds but one, in turn.

Prints {"macro_f1": over intents, "examples": how many, "worst": [[intent, f1], …]} as JSON.
"""

import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

import structlog

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
AVERAGES = ("accuracy", "macro avg", "weighted avg", "micro avg")


async def cross_validated(folds: int) -> dict:
    from rasa.nlu.test import cross_validate
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.shared.utils.io import read_yaml_file

    importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["nlu"])
    with tempfile.TemporaryDirectory() as folder:
        await cross_validate(
            importer, folds, read_yaml_file("config.yml"), output=folder, disable_plotting=True, report_as_dict=True
        )
        report = json.loads((Path(folder) / "intent_report.json").read_text("utf-8"))
    worst = sorted((scores["f1-score"], name) for name, scores in report.items() if name not in AVERAGES)
    return {
        "macro_f1": report["macro avg"]["f1-score"],
        "examples": report["macro avg"]["support"],
        "worst": [[name, f1] for f1, name in worst[:15]],
    }


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(asyncio.run(cross_validated(int(sys.argv[1]))), ensure_ascii=False))
