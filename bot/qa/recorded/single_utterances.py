"""Sentences recorded one by one, listed in a table: read, renumbered, without names."""

from collections.abc import Sequence
from pathlib import Path

from bot.audio.loudness import active_level
from bot.audio.sound_file import read_sides
from bot.errors import ContentError
from bot.listening.base import Recognizer
from bot.qa.recorded.collection import Collection, Recording
from bot.qa.recorded.drafts import draft_of, note_in, notice_of
from bot.qa.recorded.numbers_said import Draft, hidden, hide_numbers
from bot.qa.recorded.state import State
from bot.qa.recorded.turns import without_keys
from bot.qa.table import rows_of

Row = tuple[int, dict[str, str]]
_KEPT = ("intent", "gender", "device", "region", "age")


def listed(table: Path) -> list[Row]:
    """The rows of a table, all of them usable. Raises ContentError with every mistake and its line."""
    rows = rows_of(table)
    wrong = [told for line, row in rows if (told := _wrong_in(table, row)) and (told := f"{table}:{line}：{told}")]
    if wrong or not rows:
        raise ContentError("recordings", "\n".join(wrong) or f"{table}：表里没有录音。")
    return rows


def _wrong_in(table: Path, row: dict[str, str]) -> str:
    if not row.get("file"):
        return "没有写文件名。"
    if not (table.parent / row["file"]).is_file():
        return f"找不到录音 {table.parent / row['file']}。"
    with_numbers = [row[name] for name in _KEPT if hidden(row.get(name, "")) != row.get(name, "")]
    if with_numbers:
        return f"“{with_numbers[0]}”里有一长串数字，这一列不应当有号码。"
    try:
        read_sides(table.parent / row["file"])
    except ContentError as unreadable:
        return str(unreadable)
    return ""


class SingleUtterances:
    """Takes in the rows of one table; people get numbers in place of their names, the same for all their rows."""

    def __init__(self, table: Path, into: Collection, recognizer: Recognizer) -> None:
        self._folder = table.parent
        self._into = into
        self._recognizer = recognizer
        self._speakers: dict[str, str] = {}
        self._first_speaker = into.next_number("说话人")
        self._number = into.next_number("单句")

    async def take_in(self, rows: Sequence[Row]) -> None:
        """Add some rows. A text that stands in the table is a person's: checked, unless a number is said in it."""
        made = []
        for line, row in rows:
            sides = read_sides(self._folder / row["file"])
            sound = without_keys(max(sides, key=active_level))
            place = f"单句{self._number:03}/{line - 1:04}.wav"
            recording = Recording(place, speaker=self._speaker(row.get("speaker", "")))
            for name in _KEPT:
                setattr(recording, name, row.get(name, ""))
            await self._write_text(recording, row["text"], sound)
            made.append((recording, sound))
        self._into.add(made)

    async def _write_text(self, recording: Recording, text: str, sound: bytes) -> None:
        if text and hidden(text) == text:
            recording.text, recording.state = text, State.CHECKED
            recording.notice = notice_of(recording)
            return
        draft = await draft_of(sound, self._recognizer)
        hide_numbers([draft])
        if text:
            draft = Draft(hidden(text), seconds=draft.seconds, numbers=draft.numbers or [(0.0, draft.seconds)])
        note_in(recording, draft)

    def _speaker(self, name: str) -> str:
        if not name:
            return ""
        number = self._first_speaker + len(self._speakers)
        return self._speakers.setdefault(name, f"说话人{number:03}")
