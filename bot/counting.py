"""From a call's journal to the operators' figures."""

from bot.call.journal import Entry
from bot.sight.metrics import Sight


def count(entry: Entry, sight: Sight) -> None:  # noqa: PLR0912 - one branch per kind of entry
    """Count one thing that happened in a call."""
    facts = entry.facts
    match entry.kind:
        case "heard" if not facts.get("overlapped"):
            sight.turn(facts.get("by", "speech"))
        case "no_input":
            sight.no_input()
        case "no_match":
            sight.no_match()
        case "key":
            sight.key_pressed()
        case "interrupted":
            sight.barge_in(real=not facts.get("false", False))
        case "hand_off":
            sight.handed_off(facts["reason"])
        case "pin":
            sight.login_ended(facts["outcome"])
        case "failed":
            sight.failed(str(facts["code"]).split("_", maxsplit=1)[0], facts["code"])
        case "answered" if {"wait_seconds", "dialogue_seconds", "speech_seconds"} <= facts.keys():
            sight.answered(
                wait=facts["wait_seconds"],
                recogniser=facts["recogniser_seconds"],
                dialogue=facts["dialogue_seconds"],
                speech=facts["speech_seconds"],
                total=facts["wait_seconds"] + facts["after_seconds"],
            )
