"""New recordings of people who read sentences, one after the other, at a browser."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from bot.audio.frame import seconds_of
from bot.audio.loudness import active_level
from bot.errors import ContentError
from bot.qa.recorded.collection import HARMLESS, Collection, Recording
from bot.qa.recorded.correcting import Refused
from bot.qa.recorded.numbers_said import hidden
from bot.qa.recorded.state import State
from bot.qa.recorded.turns import voiced
from bot.qa.table import text_of

LONGEST_SECONDS = 30.0
CONSENT = "同意"
"""The column with the day on which the speaker agreed."""

_FEWEST_VOICED_FRAMES = 10
_QUIET_DBFS = -42.0
_LOUDEST = 32_700
_CLIPPED_SHARE = 0.001


@dataclass(frozen=True)
class Sentence:
    """One to read aloud."""

    text: str
    intent: str = ""


def sentences_of(path: Path) -> list[Sentence]:
    """A text file: a sentence a line, an intent after a tab if it is known; # begins a remark.

    Raises ContentError with file and line.
    """
    found = []
    for number, line in enumerate(text_of(path).splitlines(), 1):
        text, _, intent = (part.strip() for part in line.partition("\t"))
        if line.lstrip().startswith("#") or not line.strip():
            continue
        if not text:
            raise ContentError("recordings", f"{path}:{number}：制表符前面没有要念的句子。")
        found.append(Sentence(text, intent))
    if not found:
        raise ContentError("recordings", f"{path}：里面没有句子，每行写一句。")
    return found


class Studio:
    """Keeps what people read, in one folder, each recording at once."""

    def __init__(self, collection: Collection, sentences: Sequence[Sentence]) -> None:
        self._collection = collection
        self.sentences = sentences
        self._speakers: dict[int, Recording] = {}
        """By number, a row with all that is known of each."""
        self._taken: dict[tuple[int, int], Recording] = {}

    def admit(self, today: date, *, gender: str = "", age: str = "", region: str = "", device: str = "") -> int:
        """Someone has agreed to be recorded: their number, in place of a name."""
        told = [" ".join(each.split())[:40] for each in (gender, age, region, device)]
        if any(hidden(each) != each for each in told):
            raise Refused("这里不应当写号码。")
        number = max(self._collection.next_number("说话人"), max(self._speakers, default=0) + 1)
        gender, age, region, device = told
        self._speakers[number] = Recording(
            "", speaker=f"说话人{number:03}", gender=gender, age=age, region=region, device=device
        )
        self._speakers[number].more = {CONSENT: f"{today:%Y-%m-%d}"}
        return number

    def knows(self, speaker: int) -> bool:
        """Whether this number was given out since the program was started."""
        return speaker in self._speakers

    def done(self, speaker: int) -> list[int]:
        """Which sentences this person has read."""
        return [place for who, place in self._taken if who == speaker]

    def keep(self, speaker: int, place: int, sound: bytes) -> str:
        """Keep line audio of a sentence, in place of an earlier try; returns what is wrong with it but bearable.

        Raises Refused if nobody speaks in it.
        """
        if sum(voiced(sound)) < _FEWEST_VOICED_FRAMES:
            raise Refused("没有听到说话，请再录一遍。麦克风对吗？")
        if seconds_of(sound) > LONGEST_SECONDS:
            raise Refused(f"超过 {LONGEST_SECONDS:.0f} 秒，请再录一遍。")
        known = self._taken.get((speaker, place))
        if known:
            self._collection.write_sound(known, sound)
            return _flaw(sound)
        sentence = self.sentences[place]
        row = replace(
            self._speakers[speaker],
            file=f"录制{speaker:03}/{place + 1:03}.wav",
            text=sentence.text,
            intent=sentence.intent,
            state=State.CHECKED,
            numbers=HARMLESS if hidden(sentence.text) != sentence.text else "",
        )
        self._collection.add([(row, sound)])
        self._taken[speaker, place] = row
        return _flaw(sound)

    def forget(self, speaker: int) -> None:
        """Someone does not agree any more: nothing of them stays."""
        mine = [key for key in self._taken if key[0] == speaker]
        self._collection.remove([self._taken.pop(key) for key in mine])
        del self._speakers[speaker]


def _flaw(sound: bytes) -> str:
    samples = np.abs(np.frombuffer(sound, "<i2").astype(np.int32))
    if np.mean(samples >= _LOUDEST) > _CLIPPED_SHARE:
        return "声音太大，有破音：离麦克风远一点，按空格再录一遍。"
    if active_level(sound) < _QUIET_DBFS:
        return "声音太轻：离麦克风近一点，按空格再录一遍。"
    return ""
