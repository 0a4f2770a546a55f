"""The words of the field (content/words/*.txt), read by Rasa and by the recogniser: one a line, and how often."""

import re
from collections.abc import Iterator
from pathlib import Path

from bot.check.encoding import undecoded
from bot.check.finding import Finding
from bot.check.project import Project

FOLDER = "content/words"
LINE = re.compile(r"(\S+) [1-9]\d*( [a-z]+)?")
LIKE_THIS = "每行一个词、一个半角空格、一个数，例如“北湖区 500”"


def check_dictionary(project: Project) -> Iterator[Finding]:
    """A line that is no word with a number would be taken for one long word; another encoding stops the training."""
    for path in sorted((project.root / FOLDER).glob("*.txt")):
        yield from _lines(f"{FOLDER}/{path.name}", path)


def _lines(file: str, path: Path) -> Iterator[Finding]:
    content = path.read_bytes()
    if unreadable := list(undecoded(file, content)):
        yield from unreadable
        return
    first: dict[str, int] = {}
    for number, line in enumerate(content.decode("utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        if not (written := LINE.fullmatch(line.rstrip(" "))):
            yield Finding(file, number, f"“{line.strip()}”不是一个词加一个数", LIKE_THIS)
        elif written[1] in first:
            yield Finding(file, number, f"“{written[1]}”写了两次", f"留下一处；前一处在第{first[written[1]]}行")
        else:
            first[written[1]] = number
