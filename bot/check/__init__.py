"""`python -m bot check`: what editors changed, looked through in seconds; in Chinese, with file, line and mend."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.check.answers import check_answers
from bot.check.components import check_components
from bot.check.dialogues import check_dialogues
from bot.check.dictionary import check_dictionary
from bot.check.examples import check_examples
from bot.check.figures import check_figures
from bot.check.finding import Finding
from bot.check.held_out import check_held_out
from bot.check.holidays import check_holidays
from bot.check.homophones import check_homophones
from bot.check.keys import check_keys
from bot.check.leaves import check_leaves
from bot.check.notices import check_notices
from bot.check.objections import RasaObjections
from bot.check.project import Project
from bot.check.repeats import check_repeats
from bot.check.spelling import check_spelling
from bot.check.voices import check_recordings, check_words
from bot.check.wordings import check_wordings
from bot.dialogue.processes import ROOT

CHECKS: tuple[Callable[[Project], Iterator[Finding]], ...] = (
    check_spelling,
    check_components,
    check_examples,
    check_held_out,
    check_dialogues,
    check_dictionary,
    check_homophones,
    check_wordings,
    check_repeats,
    check_answers,
    check_notices,
    check_holidays,
    check_figures,
    check_keys,
    check_leaves,
    check_recordings,
    check_words,
)
NOTES_SHOWN = 20


def findings(project: Project) -> set[Finding]:
    """Everything but Rasa's own objections. A file that cannot be read is mended first: the rest would only echo it."""
    found: dict[tuple[str, int, str], Finding] = {}
    for one in (check_spelling,) if project.unreadable else CHECKS:
        for finding in one(project):
            found.setdefault((finding.file, finding.line, finding.message), finding)
    return set(found.values())


def check(root: Path = ROOT) -> list[Finding]:
    """Everything there is to say about the project, mistakes first, by file and line."""
    project = Project(root)
    if project.unreadable:
        return sorted(findings(project))
    objections = RasaObjections(project)  # starts Rasa, which takes as long as all other checks together
    found = findings(project) | set(objections.findings())
    return sorted(found, key=lambda finding: (finding.note, finding))


def main(arguments: list[str]) -> int:
    """Print what was found; 1 if anything must be mended. `--notes` shows all notes."""
    began = time.monotonic()
    found = check()
    notes = [finding for finding in found if finding.note]
    mistakes = [finding for finding in found if not finding.note]
    for mistake in mistakes:
        print(mistake)
    shown = notes if "--notes" in arguments else notes[:NOTES_SHOWN]
    for note in shown:
        print(note)
    if len(shown) < len(notes):
        print(f"还有{len(notes) - len(shown)}条提示，全部显示请运行 .venv/bin/python -m bot check --notes")
    seconds = time.monotonic() - began
    result = f"发现{len(mistakes)}处问题" if mistakes else "没有问题"
    print(f"检查完成，用时{seconds:.0f}秒：{result}，{len(notes)}条提示。", file=sys.stderr if mistakes else sys.stdout)
    return 1 if mistakes else 0
