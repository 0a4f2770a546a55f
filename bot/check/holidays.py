"""The years of holidays (content/holidays/<year>.json). The line reads all of them at its start, so all are looked at:
also the coming year's, in which nobody would hear a mistake before January."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.check.encoding import marked, undecoded
from bot.check.finding import Finding
from bot.check.project import Project

FOLDER = "content/holidays"
FIXED = "fixed.json"
YEAR = re.compile(r"(\d{4})\.json")
LISTED = re.compile(r'"date"\s*:\s*"([^"]*)"')
WIDE = re.compile("[，：“”｛｝［］、]")
LIKE_THIS = '每个放假日写一行 {"name": "元旦", "date": "2027-01-01", "isOffDay": true}'
SEVEN = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
"""The State Council's notice of a year names all of them; two that meet may share a name."""

SATURDAY = 5


def check_holidays(project: Project) -> Iterator[Finding]:
    """Every file of the folder."""
    for path in sorted((project.root / FOLDER).glob("*")):
        file = f"{FOLDER}/{path.name}"
        if path.name == FIXED or path.name.startswith(".") or path.name.endswith("~"):  # an editor's own copies
            continue
        if named := YEAR.fullmatch(path.name):
            yield from _read(file, int(named[1]), path)
        else:
            yield Finding(file, 0, "文件名不是年份", "文件名只能是四位年份加 .json，例如 2027.json；多余的文件请删去")


def _read(file: str, year: int, path: Path) -> Iterator[Finding]:
    content = path.read_bytes()
    yield from marked(file, content)
    if unreadable := list(undecoded(file, content)):
        yield from unreadable
        return
    text = content.decode("utf-8-sig")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as wrong:
        yield _unreadable(file, text.split("\n"), wrong.lineno)
    except RecursionError:
        yield Finding(file, 0, "括号一层套一层，太深了", LIKE_THIS)
    else:
        yield from _year(file, year, text, found)


def _unreadable(file: str, lines: list[str], line: int) -> Finding:
    """JSON is refused where it goes on after the mistake: often one line further down."""
    for number in (line, line - 1):
        outside = re.sub(r'"[^"]*"', "", lines[number - 1]) if number else ""
        if sign := WIDE.search(outside):
            return Finding(file, number, f"用了全角标点“{sign[0]}”", "引号、冒号、逗号、括号都改成英文半角")
    mend = f"{LIKE_THIS}；行末都有英文逗号，只有最后一个放假日没有；与去年的文件对照"
    return Finding(file, line, "这一行或上一行的逗号、引号、括号不对", mend)


def _year(file: str, year: int, text: str, found: object) -> Iterator[Finding]:
    days = found.get("days") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(days, list) or not all(isinstance(day, dict) for day in days):
        yield Finding(file, 0, "没有 days，或者 days 不是一列放假日", LIKE_THIS)
        return
    if found.get("year") != year:
        line = _line(text, '"year"')
        yield Finding(file, line, f"year 是 {found.get('year')}，与文件名不同", f'写成 "year": {year}')
    if not str(found.get("source") or "").strip():
        yield Finding(file, _line(text, '"source"'), f"{year}年的放假安排没有出处", "写上 source：通知的名称和日期")
    lines = [text.count("\n", 0, one.start()) + 1 for one in LISTED.finditer(text)]
    known: dict[date, int] = {}
    for number, day in enumerate(days):
        line = lines[number] if len(lines) == len(days) else 0
        yield from _day(file, line, year, day, known)
    names = "".join(str(day.get("name")) for day in days)
    if missing := [one for one in SEVEN if one not in names]:
        mend = "全年一次写全：有了这个文件，没有写的节日，热线就说照常办公"
        yield Finding(file, 0, f"{year}年没有写{'、'.join(missing)}", mend)


def _day(file: str, line: int, year: int, day: dict[str, object], known: dict[date, int]) -> Iterator[Finding]:
    try:
        on = date.fromisoformat(str(day.get("date")))
    except ValueError:
        yield Finding(file, line, f"“{day.get('date')}”不是正确的日期", f'写成 "date": "{year}-01-31" 这样的形式')
        return
    if on.year != year:
        yield Finding(file, line, f"{on} 不在{year}年", "改正 date 里的年份，或者写到那一年的文件里")
    if on in known:
        yield Finding(file, line, f"{on} 写了两次", f"留下一处；前一处在第{known[on]}行")
    known[on] = line
    off = day.get("isOffDay")
    if not isinstance(day.get("name"), str) or not isinstance(off, bool):
        yield Finding(
            file, line, f"{on} 缺少 name，或者 isOffDay 不是 true、false", f"{LIKE_THIS}，true 和 false 不加引号"
        )
    elif not off and on.weekday() < SATURDAY:
        mend = "false 只用来写周六、周日调休上班的日子；放假写 true"
        yield Finding(file, line, f"{on} 本来就是工作日，不用写 false", mend)


def _line(text: str, what: str) -> int:
    return text.count("\n", 0, text.index(what)) + 1 if what in text else 0
