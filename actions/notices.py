"""公告 (content/notices.yml): 停机, system upgrades and other passing arrangements, told only between their dates."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import anything_else, now, say
from actions.content import ROOT, read
from actions.facts import fill


@dataclass(frozen=True, slots=True)
class Notice:
    """One announcement; placeholders still in its texts."""

    key: str
    name: str
    short: str
    """One sentence, told after the greeting."""

    text: str
    """Told when a caller asks."""

    begins: datetime
    ends: datetime
    """The last moment at which it is told. Both in the centre's local time, without a zone."""

    source: str
    line: int
    """Where its entry begins in the file."""

    def may_be_told(self, at: datetime) -> bool:
        """Whether this moment (the centre's local time) lies within its dates."""
        return self.begins <= at.replace(tzinfo=None) <= self.ends


def notices(root: Path = ROOT) -> list[Notice]:
    """All notices, past and to come, in file order. Raises ContentError."""
    found = []
    for key, entry in read(root / "notices.yml").entry("notices").named():
        begins, ends = entry.moment("from"), entry.moment("to", ends_day=True)
        if ends < begins:
            raise entry.wrong("to", "结束早于开始，请检查 from 和 to")
        entry.needed_day("checked_on")
        entry.flag("verified")
        found.append(
            Notice(
                key=key,
                name=entry.text("name"),
                short=entry.text("short"),
                text=entry.text("text"),
                begins=begins,
                ends=ends,
                source=entry.text("source"),
                line=entry.line,
            )
        )
    return found


def told_at(at: datetime, root: Path = ROOT) -> list[Notice]:
    """The notices of this moment. Raises ContentError."""
    return [one for one in notices(root) if one.may_be_told(at)]


class TellNotices(Action):  # type: ignore[misc]
    """The caller asks what is announced."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_tell_notices"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """All notices of today, whole; if there are none, that is said."""
        told = told_at(now(tracker))
        for notice in told:
            say(dispatcher, fill(notice.text, now(tracker).date()), name="utter_notice_text")
        if not told:
            dispatcher.utter_message(response="utter_no_notices")
        anything_else(dispatcher, tracker)
        return []
