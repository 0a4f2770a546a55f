"""Last month's calls as the recorder left them: cut into the caller's turns, without names, with drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.audio.sound_file import SOUND_ENDINGS, read_sides
from bot.errors import ContentError
from bot.listening.base import Recognizer
from bot.qa.recorded.collection import Collection, Recording
from bot.qa.recorded.drafts import MIXED, drafts_of, note_in
from bot.qa.recorded.sides import Guess, are_one, guess
from bot.qa.recorded.turns import turns_in, voiced, without_keys

_VOTERS = 20


@dataclass(frozen=True)
class Origin:
    """What all calls of one import have in common, as far as the person who imports them knows."""

    device: str = ""
    region: str = ""


@dataclass(frozen=True)
class TakenIn:
    """What became of one call."""

    turns: int
    mixed: bool
    numbers: int
    """Turns in which a long number is said."""


def calls_in(source: Path) -> list[Path]:
    """The sound files of a folder and below, or the one file. Raises ContentError if there are none."""
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise ContentError("recordings", f"找不到 {source}：应当是录音文件，或放录音的目录。")
    found = sorted(
        path for path in source.rglob("*") if path.suffix.lower() in SOUND_ENDINGS and not path.name.startswith(".")
    )
    if not found:
        raise ContentError("recordings", f"{source} 里没有录音文件（{'、'.join(SOUND_ENDINGS)}）。")
    return found


def guess_caller(calls: Sequence[Path]) -> Guess:
    """On which side the callers of these files are, by the first of them that are stereo."""
    stereo: list[list[bytes]] = []
    for call in calls:
        if len(stereo) == _VOTERS:
            break
        try:
            sides = read_sides(call)
        except ContentError:
            continue  # told when its turn comes
        if len(sides) == 2 and not are_one(sides):
            stereo.append(sides)
    return guess(stereo)


async def take_in(call: Path, caller: int | None, into: Collection, recognizer: Recognizer, origin: Origin) -> TakenIn:
    """Add one call's turns; `caller`: the side, None where it is not known. Nothing of the file's name is kept.

    Raises ContentError if the file cannot be read, or has two sides and nobody knows which is the caller's.
    """
    side, mixed = _caller_of(call, read_sides(call), caller)
    side = without_keys(side)
    sounds = turns_in(side, voiced(side))
    drafts = await drafts_of(sounds, recognizer)
    number = into.next_number("通话")
    speaker = "" if mixed else f"说话人{into.next_number('说话人'):03}"
    rows = []
    for place, (sound, draft) in enumerate(zip(sounds, drafts, strict=True), 1):
        row = Recording(f"通话{number:03}/{place:03}.wav", speaker=speaker, device=origin.device, region=origin.region)
        row.notice = MIXED if mixed else ""
        note_in(row, draft)
        rows.append((row, sound))
    if not rows:
        raise ContentError("recordings", f"{call}：来电人那一边没有听到说话。是不是左右声道反了（--caller）？")
    into.add(rows)
    return TakenIn(len(rows), mixed, sum(bool(row.stretches) for row, _ in rows))


def _caller_of(call: Path, sides: list[bytes], caller: int | None) -> tuple[bytes, bool]:
    """The sound to cut, and whether the agent is in it."""
    if len(sides) > 2:
        raise ContentError("recordings", f"{call}：有 {len(sides)} 个声道，只认单声道和立体声。")
    if len(sides) == 1 or are_one(sides):
        return sides[0], True
    if caller is None:
        raise ContentError("recordings", f"{call}：猜不出来电人在左声道还是右声道，请加 --caller 左 或 --caller 右。")
    return sides[caller], False
