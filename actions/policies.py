"""The centre's policy answers (content/policies/<category>.yml) as they may be said on a given day."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from actions.content import ROOT, Entry, read
from actions.facts import fill, in_force, oldest_check
from bot.errors import ContentError

CATEGORIES = ("deposit", "withdrawal", "loan", "repayment", "transfer", "account", "rates", "counter")
LOCAL_RIDER = "具体以当地住房公积金管理中心规定为准。"
OLD_RIDER = "以最新公布为准。"
CHECK_LIMIT = timedelta(days=180)
"""A text whose last check is older than this is said with OLD_RIDER. Our own limit; no rule fixes it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One answer."""

    name: str
    category: str
    question: str
    """How the bot names the question: 您是想问…"""

    text: str
    """For the ear, up to 45 seconds, in sentences; placeholders still in it."""

    short: str
    """One sentence, for a second telling."""

    scope: str
    """national: a law or a rate of the whole country. local: each city fixes its own."""

    source: str
    checked_on: date
    asks: bool
    """The answer ends with a question of its own (which case?)."""

    entry: Entry

    def may_be_said(self, on: date) -> bool:
        """Whether this day lies within the answer's dates."""
        return in_force(self.entry, on)

    @property
    def has_list(self) -> bool:
        """Whether there is something worth a text message (`sms` in its file): what to bring, which steps to take."""
        return "sms" in self.entry

    def written(self, on: date, root: Path = ROOT) -> str:
        """For a text message: list or steps if there are any, else the short form. Raises ContentError."""
        return fill(self.entry.text("sms", self.short), on, root)

    def spoken(self, on: date, root: Path = ROOT) -> str:
        """The whole answer for this day, with figures and, where due, the riders."""
        said = fill(self.text, on, root)
        if self.asks:
            return said
        riders = LOCAL_RIDER if self.scope == "local" and "规定为准" not in said else ""
        checked = min(self.checked_on, oldest_check(self.text, root) or self.checked_on)
        if on - checked > CHECK_LIMIT and "最新公布" not in said:
            riders += OLD_RIDER
        return said + riders


def policies_of(category: str, root: Path = ROOT) -> list[Policy]:
    """The answers of one category, in the order of the file. Raises ContentError."""
    return [_policy(name, category, entry) for name, entry in read(root / "policies" / f"{category}.yml").named()]


def all_policies(root: Path = ROOT) -> dict[str, Policy]:
    """Every answer by its name. Raises ContentError, also for a name that stands in two files."""
    found: dict[str, Policy] = {}
    for category in CATEGORIES:
        for policy in policies_of(category, root):
            if policy.name in found:
                raise ContentError("content_wrong", f"“{policy.name}”在两个政策文件里都有，请改一个名字")
            found[policy.name] = policy
    return found


def _policy(name: str, category: str, entry: Entry) -> Policy:
    entry.needed_day("effective_from")
    entry.day("effective_to")
    entry.flag("verified")
    return Policy(
        name=name,
        category=category,
        question=entry.text("question"),
        text=entry.text("text"),
        short=entry.text("short"),
        scope=entry.one_of("scope", ("national", "local")),
        source=entry.text("source"),
        checked_on=entry.needed_day("checked_on"),
        asks=entry.flag("asks") if "asks" in entry else False,
        entry=entry,
    )
