"""The centre's answers and everything else it says about itself (content/): readable, sourced, in force, short."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from actions.appointments import name_of_business, to_bring
from actions.appointments import rules as appointment_rules
from actions.branches import branches
from actions.content import Entry, read
from actions.facts import in_force
from actions.opening_hours import usual
from actions.policies import CATEGORIES, CHECK_LIMIT, policies_of
from actions.sms import most_a_day, name_of_topic
from bot.backend.appointments import Business
from bot.backend.sms import Topic
from bot.check.document import pairs, scalar
from bot.check.ear import LONGEST_SHORT_SECONDS, for_the_ear
from bot.check.finding import Finding, as_finding, guarded
from bot.check.project import Project
from bot.check.today import today
from bot.check.written import for_the_screen
from bot.errors import ContentError
from bot.yaml_file import line_of

SOON = timedelta(days=30)

UNCLEAR = {
    "content/appointments.yml": ("booked", "changed", "cancelled"),
    "content/sms.yml": ("subscription", "message"),
}
"""What is said of a deed of which nobody knows whether it was done."""


def check_answers(project: Project) -> Iterator[Finding]:
    """Policies one by one; the other files by reading them as a call would."""
    content = project.root / "content"
    for category in CATEGORIES:
        name = f"content/policies/{category}.yml"
        if (project.root / name).is_file():
            yield from guarded(_policies(project, category, name), name)
    for file, reader in _readers(content):
        if (project.root / file).is_file():
            try:
                reader()
            except ContentError as error:
                yield as_finding(error, file)
    for file, deeds in UNCLEAR.items():
        if (project.root / file).is_file():
            yield from guarded(_unclear(project, file, deeds), file)
    yield from _facts(project)


def _readers(content: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "content/branches.yml", lambda: branches(content)
    yield "content/hours.yml", lambda: [usual(one.hours, today(), content) for one in branches(content)]
    yield "content/appointments.yml", lambda: _appointments(content)
    yield "content/sms.yml", lambda: [most_a_day(content), *(name_of_topic(one, content) for one in Topic)]
    yield "content/work_orders.yml", lambda: _categories(read(content / "work_orders.yml"))


def _appointments(content: Path) -> list[object]:
    """The rules, and for each business its name and what to bring."""
    readers = (name_of_business, to_bring)
    return [appointment_rules(content), *(reader(one, content) for one in Business for reader in readers)]


def _categories(orders: Entry) -> list[list[str]]:
    return [category.texts("words") for _, category in orders.entry("categories").named()]


def _unclear(project: Project, file: str, deeds: tuple[str, ...]) -> Iterator[Finding]:
    said = read(project.root / file).entry("unclear")
    line = _lines(project, file).get("unclear", 0)
    for deed in deeds:
        yield from for_the_ear(project, file, line, f"unclear 里的 {deed}", said.text(deed))


def _policies(project: Project, category: str, file: str) -> Iterator[Finding]:
    lines = _lines(project, file)
    for policy in policies_of(category, project.root / "content"):
        line = lines.get(policy.name, 0)
        if not policy.source.strip():
            yield Finding(file, line, f"{policy.name} 没有出处", "写上 source：文件名称、文号或网址")
        yield from _dates(file, line, policy.name, policy.entry)
        try:
            said = policy.spoken(today(), project.root / "content")
            written = policy.written(today(), project.root / "content")
        except ContentError as error:
            found = as_finding(error, file)
            yield Finding(
                file, line, f"{policy.name}：{found.message}（{found.file}）", "改正花括号里的名称，或更新数值"
            )
            continue
        yield from for_the_ear(project, file, line, policy.name, said)
        short = f"{policy.name} 的简短说法"
        yield from for_the_ear(project, file, line, short, policy.short, LONGEST_SHORT_SECONDS)
        yield from for_the_screen(file, line, policy, written)


def _lines(project: Project, file: str) -> dict[str, int]:
    """Where each entry of a file begins."""
    document = project.document(file)
    return {scalar(key): line_of(key) for key, _ in pairs(document.node if document else None)}


def _dates(file: str, line: int, name: str, entry: Entry) -> Iterator[Finding]:
    ends = entry.day("effective_to")
    if ends is not None and ends < today():
        mend = "换成现行规定，并更新 effective_from、effective_to、checked_on；或删去这一条"
        yield Finding(file, line, f"{name} 已在{ends}失效，来电人听不到", mend)
    elif ends is not None and ends <= today() + SOON:
        yield Finding(file, line, f"{name} 将在{ends}失效", "准备好新的说法，到时换上", note=True)
    elif not in_force(entry, today()):
        yield Finding(file, line, f"{name} 今天不在有效期内", "看看 effective_from 是不是写错了")
    if today() - entry.needed_day("checked_on") > CHECK_LIMIT:
        message = f"{name} 上次核对是{entry.needed_day('checked_on')}，会加说“以最新公布为准”"
        yield Finding(file, line, message, "核对以后更新 checked_on", note=True)


def _facts(project: Project) -> Iterator[Finding]:
    file = "content/facts.yml"
    if not (project.root / file).is_file():
        return
    lines = _lines(project, file)
    try:
        for name, fact in read(project.root / file).named():
            line = lines.get(name, 0)
            fact.text("value")
            if not fact.text("source").strip():
                yield Finding(file, line, f"{name} 没有出处", "写上 source：文件名称、文号或网址")
            yield from _dates(file, line, name, fact)
    except ContentError as error:
        yield as_finding(error, file)
