"""The recogniser's library is told which matrix kernels the processor has, and a person who says otherwise wins."""

import subprocess
import sys

import pytest

from bot.listening.vosk_library import kernels_for
from tests.conftest import ROOT

LOADED = """
import os
from bot.listening.vosk_library import load_vosk
load_vosk()
print(os.environ.get("OPENBLAS_CORETYPE"))
"""


@pytest.mark.parametrize(
    ("features", "kernels"),
    [
        (["sse3", "avx2", "avx512f", "avx512vl", "avx512_bf16"], "Cooperlake"),
        (["sse3", "avx2", "avx512f", "avx512vl"], "SkylakeX"),
        (["sse3", "avx2"], None),
        ([], None),
    ],
)
def test_the_best_kernels_that_the_processor_has_are_asked_for(features, kernels):
    assert kernels_for(features) == kernels


def test_what_an_operator_asks_for_stays():
    environment = {"OPENBLAS_CORETYPE": "Haswell", "PATH": "/usr/bin:/bin"}
    said = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "Haswell"
