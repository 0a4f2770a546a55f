"""Every question the bot asks has something to say when nobody answers, and when the answer was not understood."""

import ast
from collections.abc import Iterator

from actions.silence import OPEN, REPEATED_SIGNALS, repeat_of
from bot.check.document import field, pairs, scalar
from bot.check.finding import Finding
from bot.check.mentions import trees
from bot.check.project import Project
from bot.yaml_file import line_of

QUESTIONS = "voices/questions.yml"
FORMS = "actions.form"
TOLD = {"no_input": "没有人回答", "no_match": "没有听清"}


def check_repeats(project: Project) -> Iterator[Finding]:
    """Questions of responses (metadata.question) and of actions (question=…); the line repeats its own numbers."""
    there = {response.name for response in project.responses}
    document = project.document(QUESTIONS)
    known = {scalar(name) for name, _ in pairs(field(document.node if document else None, "questions"))}
    told = set()
    in_forms = _asked_in_forms(project)
    for question, file, line in [
        *_asked_in_responses(project, in_forms),
        *_asked_in_actions(project),
        *_asked_at_the_end(project),
    ]:
        if known and question not in known:
            mend = f"改成 {QUESTIONS} 里有的名称：{'、'.join(sorted(known))}"
            yield Finding(file, line, f"没有“{question}”这种提问", mend)
            continue
        for signal in REPEATED_SIGNALS:
            lacking = repeat_of(signal, question)
            if lacking not in there and lacking not in told:
                told.add(lacking)
                mend = f"在 domain.yml 的 responses 里加上 {lacking}，把问题换个说法再问一遍"
                yield Finding(file, line, f"提问“{question}”{TOLD[signal]}时没有话说", mend)


def _asked_in_responses(project: Project, in_forms: set[str]) -> Iterator[tuple[str, str, int]]:
    for response in project.responses:
        question = field(field(response.node, "metadata"), "question")
        if question is not None and scalar(question) and response.name not in in_forms:
            yield scalar(question), "domain.yml", line_of(question)


def _asked_in_forms(project: Project) -> set[str]:
    """Responses that forms name: a form (actions/form.py) asks its own question again, after utter_form_no_…"""
    return {
        node.value
        for _, tree in trees(project)
        if any(isinstance(node, ast.ImportFrom) and (node.module or "").startswith(FORMS) for node in ast.walk(tree))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _asked_at_the_end(project: Project) -> Iterator[tuple[str, str, int]]:
    """What is said without naming a question ends openly."""
    if project.responses:
        yield OPEN, "domain.yml", project.responses[0].line


def _asked_in_actions(project: Project) -> Iterator[tuple[str, str, int]]:
    for path, tree in trees(project):
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "question" and isinstance(node.value, ast.Constant):
                question = node.value.value
                if isinstance(question, str) and question:
                    yield question, str(path.relative_to(project.root)), node.value.lineno
