"""Whether what came of a call is what its script expects."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.mandarin import masked
from bot.qa.distance import comparable, errors, errors_within
from bot.qa.script import Expectation, Script, Tolerant
from bot.qa.transcript import Transcript, TurnTaken
from bot.qa.words import EXPECTED

_NAMES = {english: chinese for chinese, english in EXPECTED.items()}
_MARKS = str.maketrans("", "", "，。！？；：、“”‘’（）《》,.!?;:()\"' ")


def failures_of_turn(turn: TurnTaken, expected: tuple[Expectation, ...], script: Script) -> list[str]:
    """What a step expected and did not get, each with file and line."""
    found = [_FOUND[expectation.what](turn) for expectation in expected]
    return _compared(expected, found, script)


def failures_of_call(transcript: Transcript, script: Script) -> list[str]:
    """What the script expects of the whole call and did not get."""
    whole = TurnTaken(0, "")
    for turn in transcript.turns:
        whole.captions += turn.captions
        whole.entries += turn.entries
        whole.understood += turn.understood
    ends: Mapping[str, Any] = {
        "hand_off": transcript.hand_off,
        "ended": transcript.ended,
        "store": transcript.store,
    }
    found = [
        ends[expectation.what] if expectation.what in ends else _FOUND[expectation.what](whole)
        for expectation in script.expect
    ]
    return _compared(script.expect, found, script)


def _compared(expected: tuple[Expectation, ...], found: list[Any], script: Script) -> list[str]:
    return [
        f"{script.path}:{expectation.line}："
        f"预期 {_NAMES[expectation.what]} 为 {_written(expectation.value)}，实际是 {_found_written(got)}"
        for expectation, got in zip(expected, found, strict=True)
        if not _agrees(expectation, got)
    ]


def _agrees(expectation: Expectation, found: Any) -> bool:
    compare = _COMPARED.get(expectation.what)
    return compare(expectation.value, found) if compare else bool(expectation.value == found)


def answer_times(turn: TurnTaken) -> list[int]:
    """Milliseconds from the caller's last sound, or key, to the first sound of each answer."""
    answers = [entry.facts for entry in turn.entries if entry.kind == "answered"]
    return [round(1000 * (facts.get("wait_seconds", 0.0) + facts["after_seconds"])) for facts in answers]


def slot_holds(found: Any, wanted: Any) -> bool:
    """Whether a slot holds what it should, both normalised: 50000 and "50000.00", a date and its text are the same.
    Empty: "" or nothing."""
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return re.fullmatch(r"\d+(\.\d+)?", str(found)) is not None and float(found) == wanted
    return ("" if found is None else str(found)) == ("" if wanted is None else str(wanted))


def _hears(value: str | list[str] | Tolerant, utterances: list[str], said: str) -> bool:
    """Names of utterances, or pieces of what is said; one text may differ a little."""
    if isinstance(value, Tolerant):
        part = comparable(value.text)
        return errors_within(comparable(said), part) <= value.cer * len(part)
    named = [text for text in _listed(value) if text.startswith(("utter_", "prompt_"))]
    parts = [text for text in _listed(value) if text not in named]
    return all(name in utterances for name in named) and all(_plain(part) in _plain(said) for part in parts)


def _was_heard(value: str | list[str] | Tolerant, found: list[str]) -> bool:
    if isinstance(value, Tolerant):
        said = comparable(value.text)
        return any(errors(comparable(text), said) <= value.cer * len(said) for text in found)
    return all(text in found for text in _listed(value))


_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "said": lambda value, found: all(_plain(text) in _plain(found) for text in _listed(value)),
    "not_said": lambda value, found: not any(_plain(text) in _plain(found) for text in _listed(value)),
    "note": lambda value, found: any(value in note for note in found),
    "utterance": lambda value, found: all(text in found for text in _listed(value)),
    "heard": _was_heard,
    "hears": lambda value, found: _hears(value, *found),
    "intent": lambda value, found: all(intent in found for intent in _listed(value)),
    "slots": lambda value, found: all(slot_holds(found.get(name), wanted) for name, wanted in value.items()),
    "within_ms": lambda value, found: bool(found) and max(found) <= value,
    "store": lambda value, found: all(found.get(name) == wanted for name, wanted in value.items()),
    "number": lambda value, found: value in found,
    "pin": lambda value, found: value in found,
    "failed": lambda value, found: value in found,
    "no_input": lambda value, found: value in found,
    "no_match": lambda value, found: value in found,
}

_FOUND: Mapping[str, Callable[[TurnTaken], Any]] = {
    "utterance": lambda turn: turn.facts("said", "utterance"),
    "said": lambda turn: "".join(turn.said()),
    "not_said": lambda turn: "".join(turn.said()),
    "heard": lambda turn: turn.heard(),
    "hears": lambda turn: (turn.facts("said", "utterance"), "".join(turn.said())),
    "intent": lambda turn: [reading.intent for reading in turn.understood],
    "slots": lambda turn: turn.slots,
    "within_ms": answer_times,
    "note": lambda turn: [caption.text for caption in turn.captions if caption.kind == "note"],
    "state": lambda turn: ([caption.text for caption in turn.captions if caption.kind == "state"] or [""])[-1],
    "no_input": lambda turn: turn.facts("no_input", "count"),
    "no_match": lambda turn: turn.facts("no_match", "count"),
    "interrupted": lambda turn: any(turn.facts("said", "interrupted")),
    "number": lambda turn: turn.facts("number", "outcome"),
    "pin": lambda turn: turn.facts("pin", "outcome"),
    "failed": lambda turn: turn.facts("failed", "code"),
}


def _written(value: Any) -> str:
    return f"{value.text}（误差不超过 {value.cer:.0%}）" if isinstance(value, Tolerant) else repr(value)


def _found_written(found: Any) -> str:
    """What came instead; of what the caller heard the names, then the words."""
    if isinstance(found, tuple):
        utterances, said = found
        return f"{'、'.join(filter(None, utterances))}：“{said}”"
    if isinstance(found, dict):
        return masked(repr(found))
    return repr(found)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _plain(text: str) -> str:
    return text.translate(_MARKS)
