"""What the check has to say to an editor."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.errors import ContentError

PLACED = re.compile(
    r"^(?P<file>[\w./\\-]+\.\w+)(?:[:：]\s*| )?(?:(?:第\s*)?(?P<line>\d+)\s*(?:行|[:：]))?\s*(?P<rest>.*)$", re.S
)

MEND = "请按提示修改"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One mistake, or (as a note) something worth knowing. Everything in Chinese: editors read it."""

    file: str
    """From the project's root."""

    line: int
    """From 1; 0: the whole file."""

    message: str
    mend: str
    note: bool = False
    """A note does not make the check fail."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{'提示' if self.note else '问题'}  {place}  {self.message}\n      怎么改：{self.mend}"


def as_finding(error: ContentError, file: str) -> Finding:
    """What a reader of content refused, at the place its text names (else in `file`); its “，请…” is the mend."""
    placed = PLACED.match(str(error))
    said = placed["rest"].strip(" ：:") if placed else str(error)
    message, please, mend = said.rpartition("，请")
    message, mend = (message, f"请{mend}") if please else (said, MEND)
    if not placed:
        return Finding(file, 0, message, mend)
    named = placed["file"]  # absolute in a project elsewhere
    return Finding(file if named.endswith(file) else named, int(placed["line"] or 0), message, mend)


def guarded(findings: Iterator[Finding], file: str) -> Iterator[Finding]:
    """Findings of a check that reads content; what its reader refuses becomes the last of them."""
    try:
        yield from findings
    except ContentError as error:
        yield as_finding(error, file)
