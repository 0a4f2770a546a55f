"""The bot's words, read live: what Rasa decided to say becomes the sentence that the caller hears.

Responses stand in domain.yml, figures in content/facts.yml, the centre's identity in content/centre.yml. A text may
hold {slot} or {argument} (a caller's values), {facts.NAME} and {centre.NAME} (content). Every name must be known and
filled: a caller never hears a brace, 'None' or an old placeholder.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from actions import facts
from actions.live_file import LiveFile
from bot.errors import ContentError

log = logging.getLogger(__name__)

PLACEHOLDER = re.compile(r"\{([^{}\s]+)\}")
SPOKEN = ("text", "custom", "buttons", "image")
"""The parts of a response that may hold placeholders."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing Rasa wants to say."""

    utterance: str
    """Its name, utter_…"""

    channel: str
    """'phone' or 'browser'."""

    on: date
    """The call's day: figures hold from one day to another."""

    slots: dict[str, Any] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)
    said_before: int = 0
    """How often this call has heard it: several wordings take turns, the same in each replay of a call."""


class Wording:
    """All wordings of a project."""

    def __init__(self, project: Path) -> None:
        self._domain = LiveFile(project / "domain.yml")
        self._content = project / "content"
        self._last_good: dict[str, str] = {}

    async def words(self, wanted: Wanted) -> dict[str, Any]:
        """Rasa's response: text, custom and so on filled, and `manner`, how the line says it. Raises ContentError."""
        responses = (await self._domain.read()).get("responses") or {}
        variations = responses.get(wanted.utterance)
        if not variations:
            raise ContentError("no_wording", f"domain.yml：responses 里没有 {wanted.utterance}")
        fitting = fitting_variations(variations, wanted.channel, wanted.slots)
        if not fitting:
            raise ContentError("no_wording", f"domain.yml：{wanted.utterance} 没有适合 {wanted.channel} 的说法")
        chosen = fitting[wanted.said_before % len(fitting)]
        filling = _Filling(wanted, self._fact)
        words = {part: filling.fill(value) for part, value in chosen.items() if part in SPOKEN}
        manner = {**filling.fill(chosen.get("metadata") or {}), **(wanted.arguments.get("metadata") or {})}
        return {**words, "manner": {"fixed": not filling.personal, **manner}}

    def _fact(self, name: str, on: date) -> str:
        """A value of the content; while an editor has broken its file, the last good one. Raises ContentError."""
        try:
            self._last_good[name] = facts.fill(f"{{{name}}}", on, self._content)
        except ContentError as problem:
            if name not in self._last_good or problem.code == "fact_outdated":
                raise
            log.error("%s。仍使用上一次正确的内容。", problem)
        return self._last_good[name]


def fitting_variations(variations: list[dict[str, Any]], channel: str, slots: dict[str, Any]) -> list[dict[str, Any]]:
    """Rasa's preference: condition and channel, then channel, then condition, then neither."""

    def fits(variation: dict[str, Any], conditional: bool, for_channel: str | None) -> bool:
        conditions = variation.get("condition")
        return (
            bool(conditions) == conditional
            and variation.get("channel") == for_channel
            and all(_same(slots.get(one["name"]), one["value"]) for one in conditions or [])
        )

    for conditional, for_channel in ((True, channel), (False, channel), (True, None), (False, None)):
        fitting = [one for one in variations if fits(one, conditional, for_channel)]
        if fitting:
            return fitting
    return []


def _same(slot: Any, value: Any) -> bool:
    if isinstance(slot, str) and isinstance(value, str):
        return slot.casefold() == value.casefold()
    return bool(slot == value)


class _Filling:
    """Fills one response and notices whether anything of the caller's went into it."""

    def __init__(self, wanted: Wanted, fact: Callable[[str, date], str]) -> None:
        self._wanted = wanted
        self._fact = fact
        self._callers = {**wanted.slots, **wanted.arguments}
        self.personal = False

    def fill(self, value: Any) -> Any:
        """Every text in it, however deep."""
        match value:
            case str():
                return PLACEHOLDER.sub(lambda found: self._value(found[1]), value)
            case dict():
                return {name: self.fill(inner) for name, inner in value.items()}
            case list():
                return [self.fill(inner) for inner in value]
        return value

    def _value(self, name: str) -> str:
        if facts.PLACEHOLDER.fullmatch(f"{{{name}}}"):
            return self._fact(name, self._wanted.on)
        if name not in self._callers:
            message = f"{self._wanted.utterance} 里的 {{{name}}}：没有这个名称的槽位、参数或内容，请改正名称"
            raise ContentError("unknown_placeholder", message)
        value = self._callers[name]
        if value is None or value == "":
            raise ContentError("empty_placeholder", f"{self._wanted.utterance} 里的 {{{name}}} 现在没有值")
        self.personal = True
        return str(value)
