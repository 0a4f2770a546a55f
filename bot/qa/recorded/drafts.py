"""First drafts of what was said, by the hotline's own recogniser."""

from collections.abc import Iterable

from bot.audio.frame import SILENCE, seconds_of
from bot.listening.base import Recognizer
from bot.qa.recorded.collection import HARMLESS, Recording, written
from bot.qa.recorded.numbers_said import MARK, Draft, hide_numbers, holds_some_digits, speaks_of_a_person, without_marks

MIXED = "单声道，可能是坐席的话"

_BYTES_A_PIECE = 16_000
_AFTERWARDS = SILENCE * 15
"""On the line a turn ends in silence too; a recording may end with its last word."""


async def draft_of(sound: bytes, recognizer: Recognizer) -> Draft:
    """What it hears in a recording, numbers and all."""
    await recognizer.begin(())
    for at in range(0, len(sound), _BYTES_A_PIECE):
        await recognizer.accept(sound[at : at + _BYTES_A_PIECE])
    await recognizer.accept(_AFTERWARDS)
    heard = await recognizer.finish()
    return Draft(heard.text, heard.words, seconds_of(sound))


async def drafts_of(sounds: Iterable[bytes], recognizer: Recognizer) -> list[Draft]:
    """Of one caller's recordings in order, long numbers already taken out."""
    drafts = [await draft_of(sound, recognizer) for sound in sounds]
    hide_numbers(drafts)
    return drafts


def note_in(recording: Recording, draft: Draft) -> None:
    """Put what the draft says into a recording's row."""
    recording.text = draft.text
    recording.numbers = written(draft.numbers)
    recording.notice = notice_of(recording)


def notice_of(recording: Recording) -> str:
    """What the person who listens should look out for."""
    notices = []
    if MARK in recording.text and not without_marks(recording.text) and recording.numbers != HARMLESS:
        notices.append("整句是号码，建议不用")
    elif recording.stretches:
        notices.append("有一长串号码，请静音")
    elif holds_some_digits(recording.text) and recording.numbers != HARMLESS:
        notices.append("有几位数字，听一听是不是号码")
    if speaks_of_a_person(recording.text):
        notices.append("可能说了姓名、住址或生日")
    if not recording.text:
        notices.append("没有听出字")
    if MIXED in recording.notice:
        notices.append(MIXED)
    return "；".join(notices)
