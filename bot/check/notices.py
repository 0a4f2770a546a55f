"""Notices (content/notices.yml): readable, sourced, short where they follow the greeting; past ones may go."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from actions.facts import fill
from actions.notices import Notice, notices
from bot.check.ear import for_the_ear, heard_seconds
from bot.check.finding import Finding, as_finding, guarded
from bot.check.project import Project
from bot.check.today import today
from bot.errors import ContentError

FILE = "content/notices.yml"

LONGEST_SHORT_SECONDS = 15.0
"""Between the greeting and the question what the caller wants; nobody waits longer."""


def check_notices(project: Project) -> Iterator[Finding]:
    """All of them, also those that are still to come."""
    if (project.root / FILE).is_file():
        yield from guarded(_each(project), FILE)


def _each(project: Project) -> Iterator[Finding]:
    now = datetime.now(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
    for notice in notices(project.root / "content"):
        line = notice.line - 1  # the entry begins under its name
        if not notice.source.strip():
            yield Finding(FILE, line, f"{notice.name} 没有出处", "写上 source：文件名称、文号或网址")
        if notice.ends < now:
            yield Finding(FILE, line, f"{notice.name} 已经结束，不再播报", "可以删去", note=True)
        yield from _texts(project, line, notice)


def _texts(project: Project, line: int, notice: Notice) -> Iterator[Finding]:
    told_on = max(today(), notice.begins.date())
    try:
        short, text = (fill(one, told_on, project.root / "content") for one in (notice.short, notice.text))
    except ContentError as error:
        found = as_finding(error, FILE)
        yield Finding(FILE, line, f"{notice.name}：{found.message}（{found.file}）", "改正花括号里的名称，或更新数值")
        return
    yield from for_the_ear(project, FILE, line, notice.name, text)
    yield from for_the_ear(project, FILE, line, f"{notice.name} 的 short", short)
    if heard_seconds(short, project.pace) > LONGEST_SHORT_SECONDS:
        message = f"{notice.name} 的 short 念完约{heard_seconds(short, project.pace):.0f}秒，接通后说太长"
        yield Finding(FILE, line, message, f"缩短到{LONGEST_SHORT_SECONDS:.0f}秒以内，细节写在 text 里")
