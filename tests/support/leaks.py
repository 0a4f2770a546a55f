"""Searches everything that calls left behind for digits that must be nowhere, however they are written."""

import base64
import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

NOTHING = re.compile(rb"\0{16,}")
"""A database's files are mostly this."""

SPOKEN = ("零一二三四五六七八九", "零幺二三四五六七八九", "〇幺两三四五六拐八勾")


def spellings(digits: str) -> dict[str, bytes]:
    """Every way in which the digits could lie in a file."""
    texts = {
        "plain": digits,
        "spaced": " ".join(digits),
        "hyphens": "-".join(digits),
        "commas": ",".join(digits),
        "printed list": str(list(digits))[1:-1],
        "JSON list": json.dumps(list(digits))[1:-1],
        "numbers in a list": str([int(digit) for digit in digits])[1:-1],
        "full width": "".join(chr(ord(digit) + 0xFEE0) for digit in digits),
        **{f"spoken {numerals[1]}": "".join(numerals[int(digit)] for digit in digits) for numerals in SPOKEN},
    }
    found = {name: text.encode() for name, text in texts.items()}
    for name, text in texts.items():
        if not text.isascii():
            found[f"{name}, JSON escapes"] = json.dumps(text)[1:-1].encode()
            found[f"{name}, GBK"] = text.encode("gb18030")
    found["UTF-16"] = digits.encode("utf-16-le")
    found["UTF-16 big endian"] = digits.encode("utf-16-be")
    found["UTF-32"] = digits.encode("utf-32-le")
    found["hexadecimal"] = digits.encode().hex().encode()
    for shift in range(3):  # base64 of a longer text: the digits may begin at any of three places
        coded = base64.b64encode(b"\0" * shift + digits.encode() + b"\0\0")
        first = -(-shift * 8 // 6)
        found[f"base64 +{shift}"] = coded[first : (shift + len(digits)) * 8 // 6]
    return found


def leaks(folders: list[Path], digits: str) -> list[str]:
    """Where the digits were found: file and spelling. Nothing is skipped."""
    patterns = spellings(digits)
    hits = []
    for folder in folders:
        for path, content in contents(folder):
            hits += [f"{path}: {name}" for name, pattern in patterns.items() if pattern in content]
    return hits


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below a folder, its long runs of zeros shortened: no spelling has more than three. A running database
    drops files of its own meanwhile: what is gone holds nothing."""
    for path in sorted(folder.rglob("*")):
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            if path.is_file():
                yield path, NOTHING.sub(b"\0" * 16, path.read_bytes())
