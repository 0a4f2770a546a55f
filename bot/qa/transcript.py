"""What came of a scripted call, step by step, as a person reads it and as JSON.

Facts whose names end in _seconds are timings; everything else is the same each time the script is run.
"""

from dataclasses import dataclass, field
from typing import Any

from bot.call.journal import Entry
from bot.channels.base import Caption
from bot.dialogue.base import Reading
from bot.qa.overhearing import Overheard
from bot.qa.script import Step


@dataclass(slots=True)
class TurnTaken:
    """One step and everything that happened until the next."""

    line: int
    did: str
    """What the caller did, digits masked."""

    captions: list[Caption] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    step: Step | None = None
    began_seconds: float = 0.0
    """On the clock of the sound that reached the hotline."""

    voice_seconds: tuple[float, float] | None = None
    """From when to when the caller spoke in it, on the same clock."""

    overheard: list[Overheard] = field(default_factory=list)
    """What the hotline heard, unmasked: never written down as it is."""

    understood: list[Reading] = field(default_factory=list)
    """What the dialogue engine takes each text heard for; only if it was asked."""

    slots: dict[str, Any] = field(default_factory=dict)
    """What those slots held after it that its steps name."""

    meant: Reading | None = None
    """What it takes the caller's own words for, had they been heard perfectly."""

    def said(self) -> list[str]:
        """What the bot said, sentence by sentence."""
        return [caption.text for caption in self.captions if caption.kind == "said"]

    def heard(self) -> list[str]:
        """What the bot understood."""
        return [caption.text for caption in self.captions if caption.kind == "heard"]

    def facts(self, kind: str, name: str) -> list[Any]:
        """The values of one fact in the journal's entries of this kind."""
        return [entry.facts[name] for entry in self.entries if entry.kind == kind and name in entry.facts]

    def as_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "line": self.line,
            "did": self.did,
            "heard": self.heard(),
            "said": self.said(),
            "utterances": self.facts("said", "utterance"),
            "intents": [reading.intent for reading in self.understood],
            "notes": [caption.text for caption in self.captions if caption.kind == "note"],
            "journal": [{"at_seconds": e.at_seconds, "kind": e.kind, **e.facts} for e in self.entries],
        }


@dataclass(slots=True)
class Transcript:
    """A whole scripted call."""

    script: str
    name: str
    turns: list[TurnTaken] = field(default_factory=list)
    hand_off: str = ""
    ended: str = ""
    store: dict[str, Any] = field(default_factory=dict)
    audio_seconds: float = 0.0
    took_seconds: float = 0.0
    failures: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "script": self.script,
            "name": self.name,
            "passed": not self.failures,
            "failures": self.failures,
            "turns": [turn.as_json() for turn in self.turns],
            "hand_off": self.hand_off,
            "ended": self.ended,
            "store": self.store,
            "audio_seconds": self.audio_seconds,
            "took_seconds": self.took_seconds,
        }

    def as_text(self) -> str:
        """For reading."""
        lines = [f"── {self.name}（{self.script}）"]
        for turn in self.turns:
            lines.append(f"来电人：{turn.did}")
            lines += [f"    听成：{text}" for text in turn.heard()]
            lines += [f"  热线：{text}" for text in turn.said()]
            lines += [f"    屏幕：{c.text}" for c in turn.captions if c.kind == "note"]
        end = f"通话 {self.audio_seconds:.1f} 秒，用时 {self.took_seconds:.1f} 秒，{self.ended or '未结束'}"
        lines.append(end + (f"，转人工（{self.hand_off}）" if self.hand_off else ""))
        lines += [f"  ✗ {failure}" for failure in self.failures] or ["  ✓ 符合预期"]
        return "\n".join(lines)
