"""Every business is reached by speech and by keys: a caller without one of the two still gets there."""

from collections.abc import Iterator

import yaml

from actions.menu import HOME, menu_at
from bot.check.document import Document, elements, every_node, field, pairs, scalar
from bot.check.examples import examples
from bot.check.finding import Finding
from bot.check.keys import MENU
from bot.check.project import Project
from bot.errors import ContentError
from bot.yaml_file import line_of


def check_leaves(project: Project) -> Iterator[Finding]:
    """A business is an intent that has a name for callers; a rule says which action does it."""
    document = project.document(MENU)
    if document is None or document.node is None:
        return
    said = {example.intent for example in examples(project)}
    keyed, every_menu_read = _asked_by_keys(project, document)
    done_by = _actions(project, "rules")
    follow_ups = _actions(project, "stories")
    yield from _only_by_keys(document, project, said)
    by_keys = {done_by[intent] for intent in keyed if intent in done_by}
    named = _named(project)
    for intent, line in project.intents.items():
        if intent not in named or intent not in said or (intent in follow_ups and intent not in done_by):
            continue  # a follow-up (那要多久) lives in its story; there is nothing that a key could ask
        if intent not in done_by:
            mend = f"在 stories/ 里给 {intent} 写一条规则，或者从 domain.yml 删去它"
            yield Finding("domain.yml", line, f"业务 {intent} 没有规则，说了没有人办", mend)
        elif (
            every_menu_read
            and intent not in keyed
            and (done_by[intent] not in by_keys or _answered_one_by_one(done_by[intent]))
        ):
            mend = "在 content/menu.yml 里给它一个按键；政策要写在菜单列出的 content/policies/ 文件里"
            yield Finding("domain.yml", line, f"业务 {intent} 只能说，按键到不了", mend)


def _named(project: Project) -> set[str]:
    """What has a name for callers: the policies, and content/names.yml for the rest."""
    names = project.document("content/names.yml")
    found = {scalar(key) for key, _ in pairs(field(names.node if names else None, "names"))}
    for document in project.within("content/policies"):
        found |= {scalar(key) for key, _ in pairs(document.node)}
    return found


def _answered_one_by_one(action: str) -> bool:
    """Each policy is an answer of its own; other actions tell in one go what their sister intents ask for singly."""
    return action == "action_answer_policy"


def _only_by_keys(document: Document, project: Project, said: set[str]) -> Iterator[Finding]:
    for node in every_node(document.node):
        asks = field(node, "asks")
        intent = scalar(asks)
        if asks is not None and intent in project.intents and intent not in said:
            mend = f"在 nlu/ 里给 {intent} 写几句来电人的说法"
            yield Finding(MENU, line_of(asks), f"业务 {intent} 只能按键，说了听不懂", mend)


def _asked_by_keys(project: Project, document: Document) -> tuple[set[str], bool]:
    """The intents behind all keys, lists page by page included; False if some list could not be read.

    One mistake in a file of content then is told alone, and not each of its businesses as if it had lost its key.
    """
    content = project.root / "content"
    keyed = {scalar(field(node, "asks")) for node in every_node(document.node)} - {""}
    open_places = [HOME, *(scalar(field(node, "lists")) for node in every_node(document.node))]
    seen: set[str] = set()
    every_menu_read = True
    while open_places:
        place = open_places.pop()
        if not place or place in seen:
            continue
        seen.add(place)
        try:
            choices = menu_at(place, content).keys.values()
        except ContentError:  # told by bot/check/keys.py and bot/check/answers.py
            every_menu_read = False
            continue
        keyed |= {choice.asks for choice in choices if choice.asks}
        open_places += [choice.opens for choice in choices if choice.opens]
    return keyed, every_menu_read


def _actions(project: Project, kind: str) -> dict[str, str]:
    """Which action does what an intent asks for: the first after it in a rule (or story)."""
    found: dict[str, str] = {}
    for document in project.within("stories"):
        for one in elements(field(document.node, kind)):
            steps = list(elements(field(one, "steps")))
            for step, then in zip(steps, steps[1:], strict=False):
                action = scalar(field(then, "action"))
                for intent in _intents(step):
                    found.setdefault(intent, action)
    return found


def _intents(step: yaml.Node) -> Iterator[str]:
    for key, value in pairs(step):
        if scalar(key) == "intent":
            yield scalar(value)
        elif scalar(key) == "or":
            for one in elements(value):
                yield scalar(field(one, "intent"))
