"""The hunt for digits that must be nowhere: everything that calls left, opened as far as it can be opened."""

import json
import os
import re
import sqlite3
import wave
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import numpy as np

from bot.audio.dtmf import find_keys
from bot.errors import StoreError
from bot.store.sealing import Seal
from tests.support.leaks import spellings

COUNTED = re.compile(
    rb"\d{4}-\d\d-\d\d[T_ ]?\d\d:?\d\d:?\d\d(?:[.,]\d+)?"  # a moment
    rb"|\d+\.\d{5,}(?:e-?\d+)?"  # seconds since 1970, a confidence
    rb"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a call's UUID
    rb"|(?<![0-9A-Za-z])[0-9a-f]{32,64}(?![0-9A-Za-z])"  # a message's id, a keyed hash
)
"""Digits that clocks and dice make: six of them may be anybody's password, and are nobody's."""


class Hunt:
    """What was found, read once, searched many times."""

    def __init__(self) -> None:
        self.raw: dict[str, bytes] = {}
        """Every byte, by where it was."""

        self._found: dict[str, bytes] = {}

    def take(self, name: str, content: bytes) -> None:
        """Search this too."""
        self.raw[name] = content
        self._found[name] = COUNTED.sub(b"#", content)

    def take_folder(self, folder: Path, seal: Seal | None = None) -> None:
        """Every file below it: its bytes, and what it holds for those who can read it (tones, rows, sealed text)."""
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            self.take(str(path), path.read_bytes())
            if path.suffix == ".wav":
                self.take(f"{path}, keys", keys_in(path).encode())
            elif path.suffix == ".db":
                self.take(f"{path}, rows", rows_of(path, seal).encode())
            elif path.suffix == ".jsonl" and seal is not None:
                self.take(f"{path}, opened", opened_lines(path, seal).encode())

    def take_open_files(self, pids: Iterable[int]) -> None:
        """What processes have open that no folder shows: files in memory, files deleted but not closed."""
        for pid in pids:
            for handle in Path(f"/proc/{pid}/fd").glob("*"):
                try:
                    target = os.readlink(handle)
                    if target.startswith("/memfd:") or (target.endswith("(deleted)") and target.startswith("/")):
                        self.take(f"{pid} {target}", handle.read_bytes())
                except OSError:  # closed meanwhile, or a socket
                    continue

    def leaks_of(self, digits: str, outside: tuple[str, ...] = ()) -> list[str]:
        """Where they lie, and how written; not looked for in what ends with one of `outside`."""
        patterns = spellings(digits)
        return [
            f"{name}: {spelling}"
            for name, content in self._found.items()
            if not name.endswith(outside)
            for spelling, pattern in patterns.items()
            if pattern in content
        ]

    def chance_hits(self, passwords: Iterable[str]) -> int:
        """How often any of them lies in the raw bytes, moments and ids included, written as plain digits."""
        wanted = {password.encode() for password in passwords}
        return sum(
            run.group()[at : at + 6] in wanted
            for content in self.raw.values()
            for run in re.finditer(rb"\d{6,}", content)
            for at in range(len(run.group()) - 5)
        )

    @property
    def megabytes(self) -> float:
        """How much there was."""
        return sum(map(len, self.raw.values())) / 1e6

    def __contains__(self, part_of_name: str) -> bool:
        return any(part_of_name in name for name in self.raw)


def keys_in(path: Path) -> str:
    """The keys whose tones are in a recording, both sides."""
    with wave.open(str(path)) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
    return "\n".join("".join(key for _, key in find_keys(side.tobytes())) for side in frames.T)


def rows_of(path: Path, seal: Seal | None) -> str:
    """All rows of an SQLite database, sealed columns opened; a call's keys one after another in one line too."""
    database = sqlite3.connect(path)
    lines = []
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in database.execute(f"SELECT * FROM {table}"):
            lines.append(f"{table} | " + " | ".join(_opened(value, seal) for value in row))
    if seal is not None and "call_entries" in " ".join(lines):
        lines += keys_of_calls(database, seal)
    database.close()
    return "\n".join(lines)


def keys_of_calls(database: sqlite3.Connection, seal: Seal) -> list[str]:
    """The menu keys that the journal has of each call, in order: a password may lie in it digit by digit."""
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
