"""What a QA run keeps of each call: facts that can be counted, with every number and password masked.

One JSON object a line (results.jsonl): readable without this program, comparable between runs.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.call.turn import PASSWORD
from bot.dialogue.belief import NEVER_DOUBTED
from bot.dialogue.one_by_one import FREE
from bot.errors import ContentError
from bot.mandarin import masked, says_password
from bot.qa.conditions import Condition
from bot.qa.distance import comparable, digit_string, errors
from bot.qa.expectations import slot_holds
from bot.qa.overhearing import Overheard
from bot.qa.recordings import Played
from bot.qa.transcript import Transcript, TurnTaken

FILE = "results.jsonl"
_TOO_EARLY_SECONDS = 0.1
"""A turn that ends this much before the caller's voice does was cut off."""


@dataclass(slots=True)
class TurnResult:
    """One turn of the caller and the answer to it."""

    line: int
    did: str
    said: str = ""
    """The caller's own words; '' if they are not known, or if they hold a password."""

    heard: list[str] = field(default_factory=list)
    confidence: float = 0.0
    """Of the last text heard."""

    doubt: float = 0.0
    """How far the way it was heard speaks against the intent, in nats."""

    listened_for: str = ""
    """The question; with + if a grammar narrowed down what could be heard."""

    characters: int = 0
    """Of the caller's words; 0: not counted."""

    errors: int = 0
    """Characters heard otherwise."""

    digits_right: bool | None = None
    """Whether a dictated number was heard to the last digit; None: there was none."""

    wanted_intent: str = ""
    intent: str = ""
    intent_confidence: float = 0.0
    intent_of_words: str = ""
    """What the caller's own words would have been taken for."""

    slots: dict[str, bool] = field(default_factory=dict)
    """Of the slots whose value the script tells: whether they held it, numbers, days and names normalised."""

    hears: list[str] = field(default_factory=list)
    """The names of what the hotline said."""

    answer: str = ""
    cut_off: bool = False
    false_interruptions: int = 0
    phantoms: int = 0
    """Words heard while the caller said nothing: noise, echo, other people."""

    missed_interruption: bool | None = None
    """None: the script says nothing of it."""

    no_match: int = 0
    no_input: int = 0
    wait_ms: list[int] = field(default_factory=list)
    """From the caller's last sound to the end of the turn."""

    recogniser_ms: list[int] = field(default_factory=list)
    dialogue_ms: list[int] = field(default_factory=list)
    answer_ms: list[int] = field(default_factory=list)
    """From the caller's last sound to the first sound of the answer."""

    notes: list[str] = field(default_factory=list)
    """What the line and the ear did beside: repairs, wishes, failures."""

    failures: list[str] = field(default_factory=list)
    audio: str = ""
    """Its sound, as a path in the report's folder; '' where there is none."""

    waveform: list[list[int]] = field(default_factory=list)


@dataclass(slots=True)
class CallResult:
    """One call under one condition."""

    item: str
    name: str
    condition: str
    told: str
    """The condition in Chinese."""

    repetition: int
    recording: bool
    groups: dict[str, str]
    passed: bool
    failures: list[str]
    turns: list[TurnResult]
    hand_off: str
    ended: str
    store: dict[str, Any]
    audio_seconds: float
    took_seconds: float

    @property
    def pair(self) -> tuple[str, str]:
        """What it is compared with in another run."""
        return self.item, self.condition


def result_of(one: Played, condition: Condition, repetition: int, call: Transcript) -> CallResult:
    """What is kept of this call."""
    turns = [_turn(turn, call.failures) for turn in call.turns]
    return CallResult(
        one.item,
        call.name,
        str(condition),
        condition.told,
        repetition,
        one.recording,
        dict(one.groups),
        not call.failures,
        list(call.failures),
        turns,
        call.hand_off,
        call.ended,
        call.store,
        call.audio_seconds,
        call.took_seconds,
    )


def write(path: Path, results: Iterable[CallResult]) -> None:
    """Add results to a file, one a line."""
    with path.open("a", encoding="utf-8") as file:
        for result in results:
            file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")


def read(folder: Path) -> list[CallResult]:
    """The results of a run. Raises ContentError."""
    path = folder / FILE if folder.is_dir() else folder
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [_result(json.loads(line)) for line in lines]
    except (OSError, ValueError, TypeError, KeyError) as wrong:
        raise ContentError("results", f"{path}：不是 python -m bot qa run 留下的结果（{wrong}）。") from wrong


def _result(kept: dict[str, Any]) -> CallResult:
    return CallResult(**{**kept, "turns": [TurnResult(**turn) for turn in kept["turns"]]})


def _turn(turn: TurnTaken, failures: list[str]) -> TurnResult:
    step = turn.step
    said = step.words if step is not None else ""
    heard = [one for one in turn.overheard if one.utterance.text]
    found = TurnResult(
        turn.line,
        turn.did,
        said="" if says_password(said) else masked(said),
        heard=[_shown(one.utterance.text, one.question.name) for one in heard],
        hears=[name for name in turn.facts("said", "utterance") if name],
        answer="".join(turn.said()),
        no_match=len(turn.facts("no_match", "count")),
        no_input=len(turn.facts("no_input", "count")),
        notes=_notes(turn),
        failures=[failure for failure in failures if any(f":{line}：" in failure for line in _lines(turn))],
    )
    if heard:
        found.confidence = round(heard[-1].utterance.confidence, 2)
        asked = heard[-1].question
        found.doubt = round(heard[-1].utterance.doubt, 2) if asked.name in FREE else 0.0
        found.listened_for = asked.name + ("+" if asked.grammar else "")
    _count_errors(found, turn, said)
    _count_interruptions(found, turn)
    found.phantoms = sum(not _is_the_callers(turn, one) for one in heard)
    if turn.understood:
        found.intent, found.intent_confidence = turn.understood[-1].intent, round(turn.understood[-1].confidence, 2)
    if found.intent in NEVER_DOUBTED:
        found.doubt = 0.0
    if turn.meant is not None:
        found.intent_of_words = turn.meant.intent
    if step is not None:
        wanted = [each.value for each in step.expect if each.what == "intent" and isinstance(each.value, str)]
        found.wanted_intent = wanted[0] if wanted else ""
        found.slots = {name: slot_holds(turn.slots.get(name), held) for name, held in step.slots.items()}
    for answered in (entry.facts for entry in turn.entries if entry.kind == "answered"):
        for kept, part in (
            (found.wait_ms, "wait"),
            (found.recogniser_ms, "recogniser"),
            (found.dialogue_ms, "dialogue"),
        ):
            if f"{part}_seconds" in answered:
                kept.append(round(1000 * answered[f"{part}_seconds"]))
        found.answer_ms.append(round(1000 * (answered.get("wait_seconds", 0.0) + answered["after_seconds"])))
    return found


def _lines(turn: TurnTaken) -> set[int]:
    """The script's lines that speak of this turn."""
    expected = {each.line for each in turn.step.expect} if turn.step is not None else set()
    return {turn.line} | expected


def _shown(text: str, question: str) -> str:
    """What was heard, as it may be written down."""
    if says_password(text):
        return PASSWORD
    return "（号码）" if question == "digits" else masked(text)


def _count_errors(found: TurnResult, turn: TurnTaken, said: str) -> None:
    """All that was heard while the caller spoke against all that was said."""
    if not said:
        return
    heard = "".join(one.utterance.text for one in turn.overheard if _is_the_callers(turn, one))
    wanted = comparable(said)
    found.characters, found.errors = len(wanted), errors(comparable(heard), wanted)
    if digit_string(said):
        found.digits_right = digit_string(heard) == digit_string(said)


def _count_interruptions(found: TurnResult, turn: TurnTaken) -> None:
    """Turns that ended too early, and prompts that fell silent when they should not, or did not when they should."""
    if turn.voice_seconds is not None:
        began, ended = turn.voice_seconds
        for one in turn.overheard:
            utterance = one.utterance
            closed = utterance.ended_seconds + utterance.waited_seconds
            if began <= utterance.started_seconds + 0.3 and closed < ended - _TOO_EARLY_SECONDS:
                found.cut_off = True
    wanted = [each.value for each in turn.step.expect if each.what == "interrupted"] if turn.step is not None else []
    for entry in turn.entries:
        if entry.kind == "interrupted" and "false" not in entry.facts:
            found.false_interruptions += wanted == [False] or not _spoke(turn, entry.at_seconds, 1.0)
    if wanted == [True]:
        found.missed_interruption = not any(turn.facts("said", "interrupted"))


def _is_the_callers(turn: TurnTaken, one: Overheard) -> bool:
    """Whether what was heard overlaps the caller's voice."""
    if turn.voice_seconds is None:
        return False
    began, ended = turn.voice_seconds
    return one.utterance.started_seconds < ended and one.utterance.ended_seconds > began


def _spoke(turn: TurnTaken, at_seconds: float, tolerance_seconds: float) -> bool:
    """Whether the caller was speaking then, or just before or after."""
    if turn.voice_seconds is None:
        return False
    began, ended = turn.voice_seconds
    return began - tolerance_seconds <= at_seconds <= ended + tolerance_seconds


def _notes(turn: TurnTaken) -> list[str]:
    """What the journal tells beside words and answers."""
    notes = []
    for entry in turn.entries:
        if entry.kind in _NOTED:
            facts = (f"{name} {entry.facts[name]}" for name in _NOTED[entry.kind] if name in entry.facts)
            notes.append(f"{entry.kind}：{'，'.join(facts)}")
    return notes


_NOTED: Mapping[str, tuple[str, ...]] = {
    "command": ("name",),
    "repaired": ("heard", "meant", "why"),
    "number": ("of", "outcome", "last_four"),
    "pin": ("outcome",),
    "failed": ("code",),
    "hand_off": ("reason", "outcome"),
}
"""Kinds of the journal's entries, and which of their facts."""
