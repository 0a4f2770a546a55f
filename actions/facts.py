"""Figures and names that texts mention as {facts.name} and {centre.name}: each stands in one place, with its source."""

import re
from datetime import date
from pathlib import Path

from actions.content import ROOT, Entry, read
from bot.errors import ContentError

PLACEHOLDER = re.compile(r"\{(facts|centre)\.([a-z0-9_]+)\}")


def fill(text: str, on: date, root: Path = ROOT) -> str:
    """Put the centre's facts into a text. Raises ContentError for an unknown or outdated fact."""
    return PLACEHOLDER.sub(lambda found: _fact(found[1], found[2], on, root), text)


def oldest_check(text: str, root: Path = ROOT) -> date | None:
    """When the longest unchecked figure of this text was checked, None if it names no figure."""
    facts = read(root / "facts.yml")
    days = [facts.entry(name).needed_day("checked_on") for kind, name in PLACEHOLDER.findall(text) if kind == "facts"]
    return min(days, default=None)


def _fact(kind: str, name: str, on: date, root: Path) -> str:
    if kind == "centre":
        return read(root / "centre.yml").text(name)
    facts = read(root / "facts.yml")
    if name not in facts:
        raise ContentError("fact_unknown", f"content/facts.yml 里没有“{name}”，请补上或改正文字里的名字")
    fact = facts.entry(name)
    if not in_force(fact, on):
        raise ContentError("fact_outdated", f"content/facts.yml 第{fact.line}行“{name}”在{on}不在有效期内，请更新")
    return fact.text("value")


def in_force(entry: Entry, on: date) -> bool:
    """Whether a dated entry (effective_from, effective_to) may be said on this day."""
    ends = entry.day("effective_to")
    return entry.needed_day("effective_from") <= on and (ends is None or on <= ends)
