"""The test dialogues (tests/dialogue/test_*.yml): told here in seconds, not by Rasa after minutes of training."""

from collections.abc import Iterator

from bot.check.document import every_node, field, scalar
from bot.check.finding import Finding
from bot.check.project import Project
from bot.yaml_file import line_of

OF_RASA = {"nlu_fallback", "out_of_scope"}


def check_dialogues(project: Project) -> Iterator[Finding]:
    """What callers mean and what the hotline does in them must exist."""
    if project.domain is None:
        return
    there = {
        "intents": OF_RASA | project.intents.keys(),
        "responses": {response.name for response in project.responses},
        "actions": project.actions.keys(),
    }
    for document in project.within("tests/dialogue"):
        for node in every_node(field(document.node, "stories")):
            for key in ("intent", "action"):
                named = field(node, key)
                name = scalar(named).partition("/")[0]
                where = _declared_in(key, name)
                if named is not None and where and name not in there[where]:
                    mend = f"改正名称，或在 domain.yml 的 {where} 里加上 {name}"
                    yield Finding(document.name, line_of(named), f"测试对话里的 {name} 在 domain.yml 里没有", mend)


def _declared_in(key: str, name: str) -> str:
    """The part of domain.yml that declares it; '' for a form's name or an action of Rasa's own."""
    if key == "intent":
        return "intents" if name else ""
    if name.startswith("utter_"):
        return "responses"
    return "actions" if name.startswith("action_") and not name.startswith("action_default") else ""
