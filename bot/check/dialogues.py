"""Stories, rules and test dialogues (tests/dialogue/test_*.yml): told here, not by Rasa after minutes of training."""

from collections.abc import Iterator

from bot.check.document import Document, elements, every_node, field, pairs, scalar
from bot.check.finding import Finding
from bot.check.project import Project
from bot.yaml_file import line_of

OF_RASA = {"nlu_fallback", "out_of_scope"}


def check_dialogues(project: Project) -> Iterator[Finding]:
    """What callers mean and what the hotline does in the tests must exist; `stories:` begins its line everywhere."""
    for document in (*project.within("stories"), *project.within("tests/dialogue")):
        yield from _indented(document)
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


def _indented(document: Document) -> Iterator[Finding]:
    """`stories:` below the last rule and as far in as its steps is a part of that rule, which nobody reads."""
    for kind in ("rules", "stories"):
        for one in elements(field(document.node, kind)):
            for key, _ in pairs(one):
                if scalar(key) in ("rules", "stories"):
                    message = f"“{scalar(key)}:”缩进太多，成了上一条的一部分"
                    yield Finding(document.name, line_of(key), message, "顶格写，与文件开头的 rules: 或 stories: 对齐")


def _declared_in(key: str, name: str) -> str:
    """The part of domain.yml that declares it; '' for a form's name or an action of Rasa's own."""
    if key == "intent":
        return "intents" if name else ""
    if name.startswith("utter_"):
        return "responses"
    return "actions" if name.startswith("action_") and not name.startswith("action_default") else ""
