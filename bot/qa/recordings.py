"""Single recordings of callers, listed in a table, each as a call of its own.

A folder with one TSV (a heading, tabs between columns): 文件 file, 文字 text (what is said in it) and, as far as
known, 意图 intent, 说话人 speaker, 性别 gender, 设备 device, 地区 region, 年龄 age. Of a table with a column 状态 (bot
qa import writes one) only what a person has listened to (已核对) is played.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ContentError
from bot.qa.recorded.numbers_said import without_marks
from bot.qa.recorded.state import State
from bot.qa.script import Expectation, Script, Step, load_script
from bot.qa.table import GROUPS, rows_of, table_in


@dataclass(frozen=True)
class Played:
    """One call to play, and what is known of its caller."""

    script: Script
    item: str
    """Its name in results: the same in each run, whatever the condition."""

    groups: Mapping[str, str]
    """Of GROUPS, what the table tells."""

    recording: bool = False


def played(path: Path) -> list[Played]:
    """The calls of a script, or of a folder: scripts in it and below, recordings of its table.

    Raises ContentError with file and line.
    """
    if path.is_file() and path.suffix in (".yml", ".yaml"):
        return [Played(load_script(path), path.name, {})]
    if not path.is_dir():
        raise ContentError("recordings", f"找不到 {path}：应当是脚本（.yml），或带一个 TSV 表的录音目录。")
    table = table_in(path)
    scripts = [each for script in sorted(path.rglob("*.yml")) for each in played(script)]
    found = scripts + (_of_table(table) if table else [])
    if not found:
        raise ContentError("recordings", f"{path} 里没有脚本（.yml），也没有录音的 TSV 表。")
    return found


def _of_table(table: Path) -> list[Played]:
    rows = rows_of(table)
    checked = [(line, row) for line, row in rows if row.get("state", State.CHECKED) in ("", State.CHECKED)]
    if rows and not checked:
        raise ContentError(
            "recordings", f"{table}：{len(rows)} 段录音都没有核对过。请先 python -m bot qa correct {table.parent}"
        )
    return [_of_row(table, line, row) for line, row in checked]


def _of_row(table: Path, number: int, row: dict[str, str]) -> Played:
    recording = table.parent / row.get("file", "")
    if not recording.is_file():
        raise ContentError("recordings", f"{table}:{number}：找不到录音 {recording}。")
    text = without_marks(row.get("text", ""))
    if not text:
        raise ContentError("recordings", f"{table}:{number}：没有写录音里说了什么（文字）。")
    expect = (Expectation("intent", row["intent"], number),) if row.get("intent") else ()
    step = Step(line=number, play=recording, text=text, expect=expect)
    script = Script(table, row["file"], (step, Step(line=number, hang_up=True)))
    return Played(script, row["file"], {name: row[name] for name in GROUPS if row.get(name)}, recording=True)
