"""Starts Rasa, or a program of ours that needs it, without TensorFlow, which takes seconds and 300 MB and which nothing
of ours uses:

    .venv-rasa/bin/python -m bot.dialogue.rasa_start run …          any command of Rasa's: run, train, shell, …
    .venv-rasa/bin/python -m bot.dialogue.rasa_start bot/check/inside_rasa.py …

Rasa 3.6.21 loads all components it has, also those that config.yml does not name. Those that stand on TensorFlow are
empty classes here, so TensorFlow (2 GB with what it needs) is not installed at all.
"""

import os
import runpy
import sys
from types import ModuleType

NEURAL = {
    "rasa.nlu.classifiers.diet_classifier": ["DIETClassifier"],
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ["ConveRTFeaturizer"],
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ["LanguageModelFeaturizer"],
    "rasa.nlu.selectors.response_selector": ["ResponseSelector"],
    "rasa.core.policies.ted_policy": ["TEDPolicy"],
    "rasa.core.policies.unexpected_intent_policy": ["UnexpecTEDIntentPolicy"],
    "rasa.utils.tensorflow.callback": ["RasaTrainingLogger", "RasaModelCheckpoint"],
    "rasa.utils.tensorflow.data_generator": ["RasaBatchDataGenerator"],
}
"""Rasa's modules that load TensorFlow, and what others take from them. `bot check` tells an editor who names one."""


def leave_out_tensorflow() -> None:
    """Before Rasa is imported."""
    for module, names in NEURAL.items():
        left_out = ModuleType(module)
        for name in names:
            setattr(left_out, name, type(name, (), {}))
        sys.modules[module] = left_out


if __name__ == "__main__":
    leave_out_tensorflow()
    if sys.argv[1].endswith(".py"):
        del sys.argv[0]
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        if "--model" in sys.argv:  # a link: Rasa is to know the model by its own name
            sys.argv[sys.argv.index("--model") + 1] = os.path.realpath(sys.argv[sys.argv.index("--model") + 1])
        runpy.run_module("rasa", run_name="__main__", alter_sys=True)
