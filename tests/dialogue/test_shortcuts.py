"""What is left out of Rasa's work changes nothing of what it finds."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from bot.dialogue.processes import ROOT, rasa_environment


@pytest.mark.rasa
def test_the_classifier_gets_the_same_matrix_without_the_features_of_single_words() -> None:
    command = [str(ROOT / ".venv-rasa/bin/python"), str(Path(__file__).with_name("compare_matrices.py"))]
    surroundings = {**os.environ, **rasa_environment(), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=surroundings)
    assert json.loads(done.stdout.splitlines()[-1]) == {"shape": [4, 12], "same": True}
