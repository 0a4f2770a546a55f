"""Single recordings of callers, listed in a table, each as a call of its own.

A folder with one TSV (UTF-8, a heading, tabs between columns): 文件 file, 文字 text (what is said in it) and, as far as
known, 意图 intent, 说话人 speaker, 设备 device, 地区 region, 年龄 age.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ContentError
from bot.qa.script import Expectation, Script, Step, load_script

GROUPS = ("speaker", "device", "region", "age")
_CHINESE = {
    "文件": "file",
    "文字": "text",
    "意图": "intent",
    "说话人": "speaker",
    "设备": "device",
    "地区": "region",
    "年龄": "age",
    "transcript": "text",
}


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
    tables = sorted(path.glob("*.tsv"))
    if len(tables) > 1:
        raise ContentError("recordings", f"{path} 里有 {len(tables)} 个 TSV 表，应当只有一个。")
    scripts = [each for script in sorted(path.rglob("*.yml")) for each in played(script)]
    found = scripts + (_of_table(tables[0]) if tables else [])
    if not found:
        raise ContentError("recordings", f"{path} 里没有脚本（.yml），也没有录音的 TSV 表。")
    return found


def _of_table(table: Path) -> list[Played]:
    try:
        lines = table.read_text(encoding="utf-8-sig").splitlines()
        rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise ContentError("recordings", f"{table}：读不出来（{wrong}），请存成 UTF-8 文件。") from wrong
    heads = [_CHINESE.get(head.strip(), head.strip()) for head in (rows[0] if rows else [])]
    if "file" not in heads or "text" not in heads:
        raise ContentError(
            "recordings", f"{table}:1：第一行要写列名，至少有 文件（file）和 文字（text），用制表符分开。"
        )
    return [
        _of_row(table, number, dict(zip(heads, row, strict=False))) for number, row in enumerate(rows[1:], 2) if row
    ]


def _of_row(table: Path, number: int, row: dict[str, str]) -> Played:
    row = {name: value.strip() for name, value in row.items()}
    recording = table.parent / row.get("file", "")
    if not recording.is_file():
        raise ContentError("recordings", f"{table}:{number}：找不到录音 {recording}。")
    if not row.get("text"):
        raise ContentError("recordings", f"{table}:{number}：没有写录音里说了什么（文字）。")
    expect = (Expectation("intent", row["intent"], number),) if row.get("intent") else ()
    step = Step(line=number, play=recording, text=row["text"], expect=expect)
    script = Script(table, row["file"], (step, Step(line=number, hang_up=True)))
    return Played(script, row["file"], {name: row[name] for name in GROUPS if row.get(name)}, recording=True)
