"""The hunt for digits that must be nowhere: everything that calls left, opened as far as it can be opened.

Two searches. In *fields* (everything but what clocks and dice made) no password may be, in any writing. In *raw bytes*
six digits are there by chance: of passwords that were typed no more often than of decoys that nobody typed.
"""

import json
import os
import re
import sqlite3
import struct
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from math import comb
from pathlib import Path

import numpy as np

from bot.audio.dtmf import find_keys
from bot.errors import StoreError
from bot.store.sealing import Seal
from tests.hunt.amounts import Amounts
from tests.support.leaks import NOTHING, Search

COUNTED = re.compile(
    rb"\d{4}-\d\d-\d\d[T_ ]?\d\d:?\d\d:?\d\d(?:[.,]\d+)?"  # a moment
    rb"|\d+\.\d{5,}(?:e-?\d+)?"  # seconds since 1970, a confidence
    rb"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a call's UUID
    rb"|[0-9a-f]{32,}"  # a message's id, a keyed hash; in a database's bytes side by side with the next
    rb"|gAAAA[0-9A-Za-z_-]{60,}={0,2}"  # something sealed; it is opened and searched by itself
    rb"|\$argon2id\$[0-9A-Za-z+/$=,]+"  # a password's hash, with its salt
)
"""Digits that clocks and dice make: six of them may be anybody's password, and are nobody's."""

KEYS_IN = "tones in "
SEALED = "column "
JOURNAL_KEYS = "the journal's keys in a row"

_PLACES = (
    (r"/asterisk\d*/.*/monitor/", "MixMonitor's recordings"),
    (r"/asterisk\d*/", "Asterisk's logs and files"),
    (r"hotline\.db|stage\.db", "database, its write-ahead log"),
    (r"/spool/|journal-.*\.jsonl$", "journal's spool"),
    (r"/log/|\.log$|run\.txt$|messages\.txt$|bot\.jsonl$", "logs and consoles"),
    (r"/qa/|transcript\.json$|saved\.wav$", "QA reports and transcripts"),
    (r"\.wav$", "recordings"),
    (r"speech-cache|/cache/|\.sound$", "speech cache"),
    (r"secret\.key$", "key file"),
)


@dataclass(frozen=True)
class Hit:
    """Something found where it may not be."""

    digits: str
    how: str
    place: str
    name: str

    def __str__(self) -> str:
        return f"{self.name}: {self.digits} ({self.place}; {self.how})"


class Hunt:
    """Searches what it is given at once, and keeps only what it found."""

    def __init__(
        self,
        passwords: Collection[str],
        decoys: Collection[str] = (),
        numbers: Collection[str] = (),
        amounts: Collection[Decimal] = (),
    ) -> None:
        self.hits: list[Hit] = []
        """Passwords."""

        self.numbers: list[Hit] = []
        """Full numbers and amounts, wherever they are."""

        self.by_chance: Counter[str] = Counter()
        """How often each password and decoy is in the raw bytes, written as plain digits."""

        self.bytes_in: Counter[str] = Counter()
        self.files_in: Counter[str] = Counter()
        self._passwords = frozenset(passwords)
        self._fields = Search({*passwords, *numbers})
        self._raw = Search({*passwords, *decoys})
        self._amounts = Amounts(amounts)
        self._raw_in: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def take(self, name: str, content: bytes, place: str = "", raw: bool = True) -> None:
        """Search this too. `raw`: it is what was left, and not something read out of it."""
        place = place or place_of(name)
        content = NOTHING.sub(b"\0" * 16, content)
        self.files_in[place] += 1
        self.bytes_in[place] += len(content)
        if raw:
            found = Counter(written.digits for written in self._raw.rows(content))
            self.by_chance += found
            self._raw_in[place] += found
        sound = content[:4] == b"RIFF"
        for written in self._fields.all(content if sound else COUNTED.sub(b"#", content)):
            hit = Hit(written.digits, written.how, place, name)
            (self.hits if written.digits in self._passwords else self.numbers).append(hit)
        if not sound:
            self.numbers += [Hit(str(amount), "amount", place, name) for amount in self._amounts.found_in(content)]

    def take_folder(self, folder: Path, seal: Seal | None = None) -> None:
        """Every file below it: its name, its bytes, what it holds for who can read it (tones, rows, sealed text)."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        self.take(str(folder), "\n".join(str(path.relative_to(folder)) for path in paths).encode(), "names of files")
        for path in paths:
            name = str(path)
            self.take(name, path.read_bytes())
            if path.suffix in (".wav", ".sln"):
                self.take(name, keys_in(path).encode(), KEYS_IN + place_of(name), raw=False)
            elif path.suffix == ".db":
                self._take_rows(path, seal)
            elif path.suffix == ".jsonl" and seal is not None:
                self.take(name, opened_lines(path, seal).encode(), "journal's spool, opened", raw=False)

    def _take_rows(self, path: Path, seal: Seal | None) -> None:
        database = sqlite3.connect(path)
        for place, text in rows_of(database, seal):
            self.take(str(path), text.encode(), place, raw=False)
        database.close()

    def take_open_files(self, pids: Iterable[int]) -> None:
        """What processes have open that no folder shows: files in memory, files deleted but not closed."""
        for pid in pids:
            for handle in Path(f"/proc/{pid}/fd").glob("*"):
                try:
                    target = os.readlink(handle)
                    if target.startswith("/memfd:") or (target.endswith("(deleted)") and target.startswith("/")):
                        self.take(f"{pid} {target}", handle.read_bytes(), "files in memory, deleted files")
                except OSError:  # closed meanwhile, or a socket
                    continue

    def chance(self, passwords: Iterable[str], place: str = "") -> int:
        """How many of them lie in the raw bytes, moments and ids included."""
        found = self._raw_in[place] if place else self.by_chance
        return sum(found[password] > 0 for password in set(passwords))

    def __contains__(self, place: str) -> bool:
        return self.bytes_in[place] > 0

    @property
    def megabytes(self) -> float:
        """How much there was."""
        return sum(self.bytes_in.values()) / 1e6


def place_of(name: str) -> str:
    """What kind of thing a file is, by its path."""
    return next((place for pattern, place in _PLACES if re.search(pattern, name)), "temporary and other files")


def likelihood(typed: Collection[int], decoys: Collection[int]) -> float:
    """How likely it is that so many of the typed ones or more are in the raw bytes at all, if typing makes no
    difference (Fisher's exact test, one sided). How often each is there says little: one that is by chance part of a
    year of timestamps is there a hundred times.
    """
    found, everybody = sum(map(bool, [*typed, *decoys])), len(typed) + len(decoys)
    of_typed = sum(map(bool, typed))
    ways = (comb(len(typed), k) * comb(len(decoys), found - k) for k in range(of_typed, min(found, len(typed)) + 1))
    return sum(ways) / comb(everybody, found)


def keys_in(path: Path) -> str:
    """The keys whose tones are in a recording (8 kHz, 16 bit), each channel by itself; a WAV broken off is read too."""
    file, channels = path.read_bytes(), 1
    if file[:4] == b"RIFF":
        channels = struct.unpack_from("<H", file, 22)[0]
        file = file[44:]
    frames = np.frombuffer(file[: len(file) // (2 * channels) * 2 * channels], "<i2").reshape(-1, channels)
    return "\n".join("".join(key for _, key in find_keys(side.tobytes())) for side in frames.T)


def rows_of(database: sqlite3.Connection, seal: Seal | None) -> Iterator[tuple[str, str]]:
    """All that an SQLite database holds: each sealed column opened, by its name; the rest; and each call's keys one
    after another in one line: a password may lie there digit by digit."""
    lines, opened = [], defaultdict(list)
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        rows = database.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in rows.description]
        for row in rows:
            texts = {name: _opened(value, seal) for name, value in zip(names, row, strict=True)}
            for name in [name for name in names if name.startswith("sealed_")]:
                opened[f"{SEALED}{table}.{name}"].append(texts.pop(name))
            lines.append(f"{table} | " + " | ".join(texts.values()))
    yield "rows of the database", "\n".join(lines)
    yield from ((column, "\n".join(texts)) for column, texts in opened.items())
    if seal is not None and f"{SEALED}call_entries.sealed_facts" in opened:
        yield JOURNAL_KEYS, "\n".join(keys_of_calls(database, seal))


def keys_of_calls(database: sqlite3.Connection, seal: Seal) -> list[str]:
    """The menu keys that the journal has of each call, in order."""
    pressed = database.execute(
        "SELECT call_id, sealed_facts FROM call_entries WHERE kind = 'key' ORDER BY call_id, position"
    ).fetchall()
    return [
        "".join(json.loads(seal.open(sealed))["key"] for _, sealed in mine)
        for _, mine in groupby(pressed, key=lambda row: row[0])
    ]


def opened_lines(path: Path, seal: Seal) -> str:
    """The lines of a spool with their sealed parts opened."""
    lines = []
    for line in path.read_bytes().splitlines():
        try:
            fields = json.loads(line)
        except ValueError:
            continue
        if isinstance(fields, dict):
            lines.append(" | ".join(_opened(value, seal) for value in fields.values()))
    return "\n".join(lines)


def _opened(value: object, seal: Seal | None) -> str:
    token = value.encode() if isinstance(value, str) else value
    if seal is not None and isinstance(token, bytes) and token.startswith(b"gAAAA"):
        try:
            return seal.open(token)
        except StoreError:
            pass
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
