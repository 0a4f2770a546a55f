"""A folder of recordings and its table, 清单.tsv, as `bot qa run` plays it. Every change is on the disk at once."""

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.audio.wav import write_wav
from bot.errors import ContentError
from bot.qa.recorded.numbers_said import Stretch
from bot.qa.recorded.state import State
from bot.qa.table import CHINESE, rows_of, table_in

TABLE = "清单.tsv"

SILENCED = "已静音"
"""In the column 号码: the number's sound is gone."""

HARMLESS = "无妨"
"""A person has listened: there is no caller's number, or it is an invented one."""

_HEADS = {english: chinese for chinese, english in CHINESE.items()}
"""Of the columns, in the order in which they are written."""


@dataclass
class Recording:
    """One row of the table."""

    file: str
    text: str = ""
    intent: str = ""
    speaker: str = ""
    gender: str = ""
    device: str = ""
    region: str = ""
    age: str = ""
    state: str = State.DRAFT
    numbers: str = ""
    """Where long numbers are said (0.30-2.10;4.00-5.20, seconds), SILENCED, HARMLESS, or '' if none was found."""

    notice: str = ""
    """What a person should look out for."""

    more: dict[str, str] = field(default_factory=dict)
    """Columns that are the folder's own."""

    @property
    def stretches(self) -> list[Stretch]:
        """Where a number still is to be silenced."""
        if self.numbers in ("", SILENCED, HARMLESS):
            return []
        ends = [one.partition("-")[::2] for one in self.numbers.split(";")]
        return [(float(begin), float(end)) for begin, end in ends]


def written(stretches: Sequence[Stretch]) -> str:
    """Stretches as the column 号码 has them."""
    return ";".join(f"{begin:.2f}-{end:.2f}" for begin, end in stretches)


class Collection:
    """The recordings of one folder. Make it with `opened`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.table = table_in(folder) or folder / TABLE
        rows = rows_of(self.table) if self.table.exists() else []
        self.recordings = [self._recording(line, row) for line, row in rows]

    def _recording(self, line: int, row: dict[str, str]) -> Recording:
        try:
            found = Recording(row.get("file", ""))
            for name in _HEADS.keys() & row.keys():
                setattr(found, name, row[name])
            found.more = {name: value for name, value in row.items() if name not in _HEADS}
            # A table made by hand has texts made by hand.
            found.state = State(row.get("state") or (State.CHECKED if found.text else State.DRAFT))
            _ = found.stretches
        except ValueError as wrong:
            raise ContentError("recordings", f"{self.table}:{line}：状态或号码这一列看不懂（{wrong}）。") from wrong
        path = self.path_of(found)
        if not path.is_file() or not path.resolve().is_relative_to(self.folder.resolve()):
            raise ContentError("recordings", f"{self.table}:{line}：这个目录里找不到录音 {path}。")
        return found

    def path_of(self, recording: Recording) -> Path:
        """Where its sound lies."""
        return self.folder / recording.file

    def next_number(self, of: str) -> int:
        """One more than the highest in use: of speakers (说话人007) and of files and folders by that name."""
        names = [one.speaker for one in self.recordings] + [path.name for path in self.folder.iterdir()]
        used = [int(match[1]) for name in names if (match := re.match(rf"{of}(\d+)", name))]
        return max(used, default=0) + 1

    def add(self, recordings: Sequence[tuple[Recording, bytes]]) -> None:
        """Write sounds, then the table with their rows."""
        for recording, sound in recordings:
            self.path_of(recording).parent.mkdir(parents=True, exist_ok=True)
            self.write_sound(recording, sound)
        self.recordings += [recording for recording, _ in recordings]
        self.save()

    def remove(self, recordings: Sequence[Recording]) -> None:
        """Take rows out of the table, and their sounds off the disk."""
        self.recordings = [one for one in self.recordings if one not in recordings]
        self.save()
        for recording in recordings:
            self.path_of(recording).unlink(missing_ok=True)

    def write_sound(self, recording: Recording, sound: bytes) -> None:
        """Put line audio in the place of a recording's sound, wholly or not at all."""
        path = self.path_of(recording)
        with _replacing(path) as fresh:
            write_wav(fresh, sound)

    def save(self) -> None:
        """Write the table, wholly or not at all."""
        more = list(dict.fromkeys(name for one in self.recordings for name in one.more))
        rows = [[*_HEADS.values(), *more]]
        for one in self.recordings:
            own = [one.more.get(name, "") for name in more]
            rows.append([" ".join(cell.split()) for cell in (*(getattr(one, name) for name in _HEADS), *own)])
        with _replacing(self.table) as fresh:
            fresh.write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")


@contextmanager
def opened(folder: Path, *, make: bool = False) -> Iterator[Collection]:
    """A folder's recordings, for one program at a time. Raises ContentError."""
    if make:
        folder.mkdir(parents=True, exist_ok=True)
    if not folder.is_dir():
        raise ContentError("recordings", f"找不到目录 {folder}。")
    lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as wrong:
            raise ContentError("recordings", f"{folder} 正由另一个窗口打开，请先关掉那个。") from wrong
        yield Collection(folder)
    finally:
        os.close(lock)


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A file to write, which then takes the other's place: whoever reads sees the old or the new one, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    os.close(handle)
    fresh = Path(name)
    try:
        yield fresh
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
