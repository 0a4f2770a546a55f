"""What the bot says (responses in domain.yml): there, used, filled, short enough for the ear and speakable."""

from collections.abc import Iterator

from actions.facts import fill
from actions.wording import PLACEHOLDER
from bot.check.document import pairs, scalar
from bot.check.ear import for_the_ear
from bot.check.finding import Finding, as_finding
from bot.check.mentions import (
    actions_in_stories,
    arguments_in_actions,
    responses_in_actions,
    responses_in_config,
    responses_in_stories,
)
from bot.check.project import Project, Response
from bot.check.today import today
from bot.errors import ContentError
from bot.yaml_file import line_of


def check_wordings(project: Project) -> Iterator[Finding]:
    """All responses, and the sentences of the line itself."""
    yield from _missing(project)
    yield from _unused(project)
    arguments = arguments_in_actions(project)
    for response in project.responses:
        yield from _placeholders(project, response, arguments)
        yield from for_the_ear(project, "domain.yml", response.line, response.name, response.text)
    prompts = project.document("voices/prompts.yml")
    for name, text in pairs(prompts.node if prompts else None):
        yield from for_the_ear(project, "voices/prompts.yml", line_of(text), scalar(name), scalar(text))


def _missing(project: Project) -> Iterator[Finding]:
    there = {response.name for response in project.responses}
    for name, document, line in responses_in_stories(project):
        if name not in there:
            yield Finding(document.name, line, f"{name} 没有写说什么", f"在 domain.yml 的 responses 里加上 {name}")
    for name, document, line in actions_in_stories(project):
        if project.domain and name not in project.actions and not name.startswith("action_default"):
            yield Finding(document.name, line, f"动作 {name} 在 domain.yml 里没有", "在 actions 里加上，或改正名称")


def _unused(project: Project) -> Iterator[Finding]:
    named = {name for name, _, _ in responses_in_stories(project)} | responses_in_config(project)
    in_actions = responses_in_actions(project)
    told = set()
    for response in project.responses:
        name = response.name
        used = name in named or any(pattern.fullmatch(name) for pattern in in_actions)
        if not used and name not in told:
            told.add(name)
            yield Finding("domain.yml", line_of(response.node), f"{name} 从来不会说到", "删去，或在 stories/ 里用上它")


def _placeholders(project: Project, response: Response, arguments: set[str]) -> Iterator[Finding]:
    for name in PLACEHOLDER.findall(response.text):
        if name.startswith(("facts.", "centre.")):
            try:
                fill(f"{{{name}}}", today(), project.root / "content")
            except ContentError as error:
                found = as_finding(error, "domain.yml")
                message = f"{response.name} 里的 {{{name}}}：{found.message}（{found.file}）"
                yield Finding("domain.yml", response.line, message, "改正花括号里的名称，或在内容文件里补上这一项")
        elif name not in project.slots | arguments:
            message = f"{response.name} 里的 {{{name}}} 没有这个名称的槽位或参数"
            yield Finding("domain.yml", response.line, message, "改正花括号里的名称")
