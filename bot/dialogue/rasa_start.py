"""Starts Rasa without what it loads and does for nothing: `.venv-rasa/bin/python -m bot.dialogue.rasa_start run …`

Or `train …`.
"""

import os
import runpy
import sys

sys.modules["jax"] = None  # type: ignore[assignment]  # TensorFlow looks for it by itself: 70 MB for nothing

if __name__ == "__main__":
    if "--model" in sys.argv:  # a link: Rasa is to know the model by its own name
        sys.argv[sys.argv.index("--model") + 1] = os.path.realpath(sys.argv[sys.argv.index("--model") + 1])
    runpy.run_module("rasa", run_name="__main__", alter_sys=True)
