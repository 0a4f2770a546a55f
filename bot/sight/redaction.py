"""The last defence before a log line is written: long runs of digits are masked, whatever wrote them.

Nobody is to rely on it: numbers are masked where they are known (bot/mandarin), passwords never leave their phase.
"""

import re
from typing import Any

NUMERALS = "零〇一二两三四五六七八九幺拐勾洞"

KEPT = (
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # a call's UUID
    r"|\b[2-9]\d[01]\d-[0-3]\d{3}-\d{4}\b(?!-)"  # a work order's number
    r"|\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?!\d)"  # a date and time
    r"|\b\d{1,4}\.\d+\b"  # seconds
)

MASKED = (
    r"[0-9０-９](?:[ -]?[0-9０-９]){5,}[xX]?"  # six or more, also in groups
    r"|[0-9０-９](?:[\s,.，、'\"]{1,4}[0-9０-９](?![0-9０-９])){5,}"  # one by one, as a list is printed
    rf"|[{NUMERALS}](?:[ ，、]?[{NUMERALS}]){{5,}}"
)

RUNS = re.compile(f"(?P<kept>{KEPT})|(?P<masked>{MASKED})")


def redacted(value: Any) -> Any:
    """The same value with every run of six or more digits reduced to ****; inside lists and mappings too."""
    match value:
        case str():
            return RUNS.sub(lambda run: run["kept"] or "****", value)
        case bytes():
            return f"{len(value)} bytes"
        case dict():
            return {redacted(key): redacted(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [redacted(inner) for inner in value]
        case None | bool() | int() | float():
            return value
    return redacted(repr(value))
