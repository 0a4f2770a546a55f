"""The table of a folder of recordings: TSV with a heading, as Excel and text editors save it."""

from pathlib import Path

from bot.errors import ContentError

CHINESE = {
    "文件": "file",
    "文字": "text",
    "意图": "intent",
    "说话人": "speaker",
    "性别": "gender",
    "设备": "device",
    "地区": "region",
    "年龄": "age",
    "状态": "state",
    "号码": "numbers",
    "留意": "notice",
}
"""Headings; the English ones are understood as well."""

_ALIASES = (
    CHINESE | {name: name for name in CHINESE.values()} | {"transcript": "text", "年龄段": "age", "age group": "age"}
)

GROUPS = ("speaker", "gender", "device", "region", "age")
"""What callers are grouped by in reports."""


def table_in(folder: Path) -> Path | None:
    """The one TSV of a folder, if it has one. Raises ContentError if there are several."""
    tables = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".tsv")
    if len(tables) > 1:
        raise ContentError("recordings", f"{folder} 里有 {len(tables)} 个 TSV 表，应当只有一个。")
    return tables[0] if tables else None


def rows_of(table: Path) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells of each row, by English heading. Raises ContentError with file and line.

    UTF-8 with or without BOM, and UTF-16 with one, which is what Excel's Unicode text is.
    """
    rows = [line.split("\t") for line in text_of(table).splitlines()]
    heads = [_ALIASES.get(head.strip().lower(), head.strip()) for head in (rows[0] if rows else [])]
    if "file" not in heads or "text" not in heads:
        raise ContentError(
            "recordings", f"{table}:1：第一行要写列名，至少有 文件（file）和 文字（text），用制表符分开。"
        )
    return [
        (number, {name: value.strip() for name, value in zip(heads, row, strict=False)})
        for number, row in enumerate(rows[1:], 2)
        if any(value.strip() for value in row)
    ]


def text_of(table: Path) -> str:
    """A text file as Excel and editors save it. Raises ContentError with file and line."""
    try:
        written = table.read_bytes()
    except OSError as wrong:
        raise ContentError("recordings", f"{table}：读不出来（{wrong.strerror}）。") from wrong
    encoding = "utf-16" if written[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return written.decode(encoding)
    except UnicodeDecodeError as wrong:
        line = written.count(b"\n", 0, wrong.start) + 1
        told = "是 GBK 编码" if _is_gbk(written) else "不是 UTF-8 编码"
        mend = "请在 Excel 里另存为“Unicode 文本”，或用记事本另存为 UTF-8。"
        raise ContentError("recordings", f"{table}:{line}：{told}，读不出来。{mend}") from wrong


def _is_gbk(written: bytes) -> bool:
    try:
        written.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True
