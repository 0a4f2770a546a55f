"""Which model callers get: tried first, taken over by the running service between calls, and the one before kept.

var/model.tar.gz is a link to the model that Rasa serves, also after Rasa or the machine has restarted;
var/model-before.tar.gz is the one before it.
"""

import json
import os
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.dialogue.processes import ROOT
from bot.dialogue.rasa_python import printed_by
from bot.errors import DialogueError

QUESTIONS = Path("tests/dialogue/questions_116.yml")
DIALOGUES = Path("tests/dialogue")
LEAST_SHARE = 0.95
"""Of the held-out questions that must reach their answer, or callers do not get the model."""

LOADED_WITHIN_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Trial:
    """How a model did before any caller met it."""

    questions: int
    missed: list[str]
    """Questions that did not reach their answer, with where they went."""

    dialogues: int
    failed: list[str]
    """Test dialogues that went another way, with where they left it."""

    @property
    def share(self) -> float:
        """Of the questions that reached their answer."""
        return 1 - len(self.missed) / self.questions if self.questions else 0.0

    @property
    def passed(self) -> bool:
        """Whether callers may get it."""
        return not self.failed and self.share >= LEAST_SHARE


def try_model(model: Path, project: Path = ROOT) -> Trial:
    """Ask it the held-out questions and walk through the test dialogues. Raises DialogueError if Rasa fails."""
    asked = yaml.safe_load((project / QUESTIONS).read_text("utf-8"))["questions"]
    texts = [re.sub(r"\W", "", one["say"]) for one in asked]
    found = printed_by("bot/dialogue/rasa_trial.py", str(model), str(project / DIALOGUES), given=texts)
    missed = [
        f"“{one['say']}”应到 {one['leaf']}，到了 {reading}"
        for one, reading in zip(asked, found["readings"], strict=True)
        if reading != one["leaf"]
    ]
    failed = [f"{Path(one['file']).name}“{one['story']}”：{_steps(one['wrong'])}" for one in found["failed"]]
    return Trial(len(asked), missed, found["dialogues"], failed)


def _steps(wrong: list[list[str]]) -> str:
    return "；".join((f"“{said}”" if said else "") + f"应是 {due}，却是 {did}" for said, due, did in wrong)


class ServedModel:
    """The links of one service."""

    def __init__(self, run_dir: Path) -> None:
        self.link = run_dir / "model.tar.gz"
        self._before = run_dir / "model-before.tar.gz"

    def begin_with(self, model: Path) -> Path:
        """At the service's start: what Rasa is to serve, as a path that stays true when another model is published."""
        if self.now != model.resolve():
            self.point_to(model)
        return self.link

    @property
    def now(self) -> Path | None:
        """The model that callers get."""
        return self.link.resolve() if self.link.is_file() else None

    @property
    def before(self) -> Path | None:
        """The one they had before; None if there is none, or it is gone."""
        return self._before.resolve() if self._before.is_file() else None

    def keep(self) -> None:
        """Both count as used today: old models are removed by their age."""
        for model in filter(None, (self.before, self.now)):
            model.touch()

    def point_to(self, model: Path) -> None:
        """Callers get this one; what they had becomes the one before."""
        if self.now is not None:
            _link(self._before, self.now)
        _link(self.link, model.resolve())


def hand_over(model: Path, rasa_url: str) -> bool:
    """Let the running Rasa take a model for new calls; calls going on keep theirs. False if no Rasa is running.

    Raises DialogueError if Rasa refuses it.
    """
    request = urllib.request.Request(
        f"{rasa_url}/webhooks/voice/model",
        json.dumps({"path": str(model.resolve())}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=LOADED_WITHIN_SECONDS):
            return True
    except urllib.error.HTTPError as refused:
        raise DialogueError("model_refused", f"Rasa 不接受新模型：{refused.read().decode()[:300]}") from refused
    except TimeoutError as late:
        raise DialogueError("model_late", f"Rasa 在{LOADED_WITHIN_SECONDS:.0f}秒内没有装好新模型") from late
    except urllib.error.URLError:
        return False


def _link(link: Path, target: Path) -> None:
    """At once: whoever looks finds the old or the new one."""
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f".{link.name}.fresh")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    os.replace(fresh, link)
