"""Who names what: the responses and intents that stories, actions and content lead to."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot.check.document import Document, every_node, field, pairs, scalar
from bot.check.project import Project
from bot.yaml_file import line_of

LEADS_TO = ("asks", "offers")
"""Fields of content whose value is an intent."""


def responses_in_stories(project: Project) -> Iterator[tuple[str, Document, int]]:
    """utter_… that rules and stories call, with file and line."""
    for document in project.within("stories"):
        for node in every_node(document.node):
            called = scalar(field(node, "action"))
            if called.startswith("utter_"):
                yield called, document, line_of(node)


def actions_in_stories(project: Project) -> Iterator[tuple[str, Document, int]]:
    """action_… that rules and stories call, with file and line."""
    for document in project.within("stories"):
        for node in every_node(document.node):
            called = scalar(field(node, "action"))
            if called.startswith("action_"):
                yield called, document, line_of(node)


def responses_in_config(project: Project) -> set[str]:
    """utter_… that the configuration names (what to say when nothing fits)."""
    document = project.document("config.yml")
    return {scalar(node) for node in every_node(document.node if document else None)}


def responses_in_actions(project: Project) -> list[re.Pattern[str]]:
    """utter_… that actions name, f-strings as patterns: f"utter_no_input_{count}" matches utter_no_input_2."""
    return [pattern for pattern in _named_in_actions(project) if pattern.pattern.startswith("utter_")]


def intents_led_to(project: Project) -> set[str]:
    """Intents that a key, an offer or an action leads to as if the caller had said them."""
    led = {
        scalar(value).partition("/")[0]
        for document in project.within("content")
        for node in every_node(document.node)
        for key, value in pairs(node)
        if scalar(key) in LEADS_TO
    }
    named = _named_in_actions(project)
    return led | {intent for intent in project.intents if any(pattern.fullmatch(intent) for pattern in named)}


def arguments_in_actions(project: Project) -> set[str]:
    """Names of the values that actions give to wordings: utter_message(response=…, number=…)."""
    calls = (node for _, tree in trees(project) for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {word.arg for call in calls for word in call.keywords if word.arg}


def _named_in_actions(project: Project) -> list[re.Pattern[str]]:
    found = []
    for _, tree in trees(project):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.compile(re.escape(node.value)))
            elif isinstance(node, ast.JoinedStr):
                parts = (
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values
                )
                found.append(re.compile("".join(parts)))
    return found


def trees(project: Project) -> Iterator[tuple[Path, ast.AST]]:
    """The actions' modules, parsed."""
    for path in sorted((project.root / "actions").rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))
