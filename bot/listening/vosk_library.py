"""Vosk's library, told which matrix kernels this processor has.

The OpenBLAS inside the vosk 0.3.45 wheel does not know processors younger than itself and takes its kernels of 2004
(Prescott) on them, so that a fifth of all decoding is lost (docs/performance.md). It reads OPENBLAS_CORETYPE once, when
it is loaded; an operator who sets that has the last word.
"""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

CPU_INFO = Path("/proc/cpuinfo")

KERNELS = {"avx512_bf16": "Cooperlake", "avx512vl": "SkylakeX"}
"""By what the processor must have, the best first. Those for AVX2 (Haswell) were no faster than the old ones."""


def kernels_for(features: Collection[str]) -> str | None:
    """Which kernels to ask for; None: leave it to the library."""
    return next((kernels for needed, kernels in KERNELS.items() if needed in features), None)


def load_vosk() -> Any:
    """The module `vosk`, loaded in this process for the first time or once more."""
    kernels = kernels_for(_features())
    if kernels:
        os.environ.setdefault("OPENBLAS_CORETYPE", kernels)
    import vosk

    return vosk


def _features() -> list[str]:
    try:
        lines = CPU_INFO.read_text("utf-8").splitlines()
    except OSError:  # no Linux, or hidden from us
        return []
    return next((line.split() for line in lines if line.startswith("flags")), [])
