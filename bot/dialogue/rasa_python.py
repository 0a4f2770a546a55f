"""Programs that need Rasa itself, run by its own Python."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from bot.dialogue.processes import ROOT, rasa_command, rasa_environment
from bot.errors import DialogueError


def printed_by(program: Path | str, *arguments: str, given: Any = None) -> Any:
    """The JSON of the last line that a program prints; `given`: what it reads, as JSON. Raises DialogueError."""
    done = subprocess.run(
        rasa_command(str(program), *arguments),
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **rasa_environment()},
    )
    if done.returncode:
        raise DialogueError("rasa_failed", f"Rasa 出错（{program}）：{done.stderr.strip()[-500:]}")
    return json.loads(done.stdout.splitlines()[-1])
