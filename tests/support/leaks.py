"""Searches everything that calls left behind for digits that must be nowhere, however they are written.

One pass over the bytes for each way of writing, however many numbers are sought: runs of digits are read, and each
stretch of them is looked up.
"""

import base64
import contextlib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

NOTHING = re.compile(rb"\0{16,}")
"""A database's files are mostly this."""

SPOKEN = ("零一二三四五六七八九", "零幺二三四五六七八九", "〇幺两三四五六拐八勾")
WIDE = "０１２３４５６７８９"
CODECS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "JSON escapes")
_PAUSES = " ，、,"

_SHAPE = bytes(ord("0") if chr(byte) in "0123456789" else ord(".") for byte in range(256))
_ROW = re.compile(rb"0000000*")
"""In the shape: a search that begins with fixed bytes is ten times as fast."""

_ONE_BY_ONE = re.compile(rb"[0-9]([^0-9]{1,6})[0-9](?:\1[0-9]){4,}")
"""With the same between any two: spaces, commas, quotes of a list, the zeros of UTF-16."""

_HEXADECIMAL = re.compile(r"(?:3[0-9]){6,}")
_BASE64_OF_DIGITS = re.compile(rb"[MNO][DTjz][AEIMQUYcgk][w-z0-5]")
"""Three digits as one group of base64: of any six in a row, one such group is wholly digits."""

_BASE64_GROUP = re.compile(rb"[A-Za-z0-9+/_-]{4}")
_AROUND = 28
"""Characters of base64: more than 18 digits take."""


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
        "full width": "".join(WIDE[int(digit)] for digit in digits),
        **{f"spoken {numerals[1]}": "".join(numerals[int(digit)] for digit in digits) for numerals in SPOKEN},
        "spoken with pauses": "，".join(SPOKEN[1][int(digit)] for digit in digits),
    }
    found = {name: text.encode() for name, text in texts.items()}
    for name, text in texts.items():
        if not text.isascii():
            found |= {f"{name}, {codec}": _coded(text, codec) for codec in CODECS[1:]}
    found["UTF-16"] = digits.encode("utf-16-le")
    found["UTF-16 big endian"] = digits.encode("utf-16-be")
    found["UTF-32"] = digits.encode("utf-32-le")
    found["hexadecimal"] = digits.encode().hex().encode()
    for shift in range(3):  # base64 of a longer text: the digits may begin at any of three places
        found[f"base64 +{shift}"] = base64.b64encode(b":" * shift + digits.encode())
    return found


@dataclass(frozen=True)
class Written:
    """Digits found, and how they were written."""

    digits: str
    how: str


class Search:
    """Looks for many numbers at once."""

    def __init__(self, wanted: Collection[str]) -> None:
        """`wanted`: strings of six digits or more."""
        self._wanted = frozenset(wanted)
        self._lengths = sorted({len(digits) for digits in self._wanted})

    def rows(self, content: bytes) -> Iterator[Written]:
        """Those that stand there as plain digits, also inside longer rows of digits."""
        for row in rows_in(content):
            yield from self._in(row, "plain")

    def all(self, content: bytes) -> Iterator[Written]:
        """Those that are there in any writing."""
        for row in rows_in(content):
            yield from self._in(row, "plain")
            for found in _HEXADECIMAL.finditer(row):
                yield from self._in(found.group()[1::2], "hexadecimal")
        yield from self._one_by_one(content)
        for codec, (run, numeral, digit) in _NUMERALS.items():
            for said in run.finditer(content):
                digits = "".join(digit.get(each) or digit[each.lower()] for each in numeral.findall(said.group()))
                yield from self._in(digits, f"spoken or full width, {codec}")
        yield from self._base64(content)

    def _in(self, digits: str, how: str) -> Iterator[Written]:
        for length in self._lengths:
            for at in range(len(digits) - length + 1):
                if digits[at : at + length] in self._wanted:
                    yield Written(digits[at : at + length], how)

    def _one_by_one(self, content: bytes) -> Iterator[Written]:
        found = _ONE_BY_ONE.search(content)
        while found:
            yield from self._in(found.group()[:: 1 + len(found[1])].decode(), f"one by one with {found[1]!r} between")
            found = _ONE_BY_ONE.search(content, found.end() - 1)  # its last digit may be another run's first

    def _base64(self, content: bytes) -> Iterator[Written]:
        done = 0
        for found in _BASE64_OF_DIGITS.finditer(content):
            start, end = found.span()
            if start < done:
                continue
            while found.start() - start < _AROUND and _BASE64_GROUP.fullmatch(content, max(0, start - 4), start):
                start -= 4
            while end - found.end() < _AROUND and _BASE64_GROUP.fullmatch(content, end, end + 4):
                end += 4
            last = re.match(rb"[A-Za-z0-9+/_-]{0,3}", content[end : end + 3])
            rest = last.group() if last and len(last.group()) > 1 else b""
            groups = content[start:end] + (rest.ljust(4, b"A") if rest else b"")
            for row in self.rows(base64.urlsafe_b64decode(groups.replace(b"+", b"-").replace(b"/", b"_"))):
                yield Written(row.digits, "base64")
            done = end


def rows_in(content: bytes) -> Iterator[str]:
    """All rows of six digits or more."""
    for row in _ROW.finditer(content.translate(_SHAPE)):
        yield content[row.start() : row.end()].decode()


def leaks(folders: list[Path], *digits: str) -> list[str]:
    """Where any of them was found: file and writing. Nothing is skipped."""
    search = Search(digits)
    return [
        f"{path}: {written.how}"
        for folder in folders
        for path, text in contents(folder)
        for written in search.all(text)
    ]


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below a folder, its long runs of zeros shortened: no writing has more than three. A running database
    drops files of its own meanwhile: what is gone holds nothing."""
    for path in sorted(folder.rglob("*")):
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            if path.is_file():
                yield path, NOTHING.sub(b"\0" * 16, path.read_bytes())


def _coded(text: str, codec: str) -> bytes:
    return json.dumps(text)[1:-1].encode() if codec == "JSON escapes" else text.encode(codec)


def _numerals(codec: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes], dict[bytes, str]]:
    """Six numerals or more in a row, one numeral, and which digit it is."""
    digit = {_coded(numerals[value], codec): str(value) for numerals in (*SPOKEN, WIDE) for value in range(10)}
    one = b"|".join(map(re.escape, digit))
    pause = b"(?:%b)?" % b"|".join(re.escape(_coded(pause, codec)) for pause in _PAUSES)
    if codec == "JSON escapes":  # of JSON in JSON
        pause = rb"\\{0,7}%b\\{0,7}" % pause
    case = re.IGNORECASE if codec == "JSON escapes" else re.NOFLAG
    run = re.compile(b"(?:%b)(?:%b(?:%b)){5,}" % (one, pause, one), case | re.DOTALL)
    return run, re.compile(one, case | re.DOTALL), digit


_NUMERALS = {codec: _numerals(codec) for codec in CODECS}
