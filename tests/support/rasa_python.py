"""Programs that need Rasa itself, run by its own Python."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from bot.dialogue.processes import ROOT, rasa_command, rasa_environment


def printed_by(program: Path, *arguments: str, given: str = "") -> Any:
    """The JSON of the last line that it prints; `given` is its standard input. Raises CalledProcessError."""
    done = subprocess.run(
        rasa_command(str(program), *arguments),
        input=given,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **rasa_environment()},
    )
    return json.loads(done.stdout.splitlines()[-1])
