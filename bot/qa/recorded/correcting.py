"""A person listens to recordings and corrects what the recogniser wrote. Every step is on the disk when it returns."""

from bot.audio.frame import seconds_of
from bot.audio.wav import read_wav
from bot.qa.recorded.collection import HARMLESS, SILENCED, Collection, Recording, written
from bot.qa.recorded.drafts import notice_of
from bot.qa.recorded.numbers_said import MARK, Stretch, hidden, without_marks
from bot.qa.recorded.state import State

LONGEST_TEXT = 500
"""Characters; a turn is 20 s at most."""

_SHORTEST_SECONDS = 0.1
"""What is left of a stretch and shorter holds no digit."""


class Refused(ValueError):
    """Raised when a step may not be taken; the text is Chinese and says what to do instead."""


class Correction:
    """The work on one folder. Recordings are named by their place in the table, from 0."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._before: dict[int, tuple[bytes, str]] = {}

    @property
    def recordings(self) -> list[Recording]:
        """All of them, in the table's order."""
        return self._collection.recordings

    def sound(self, place: int) -> bytes:
        """Line audio."""
        return read_wav(self._collection.path_of(self.recordings[place]))

    def write(self, place: int, text: str) -> Recording:
        """Put down what is said. A long number is not kept unless somebody has said that it is no caller's."""
        one = self.recordings[place]
        one.text = " ".join(text.split())[:LONGEST_TEXT]
        if one.numbers != HARMLESS:
            one.text = hidden(one.text)
            if MARK in one.text and not one.numbers:
                one.numbers = written([(0.0, seconds_of(self.sound(place)))])
        if one.state == State.CHECKED and _unfit(one):
            one.state = State.DRAFT
        return self._kept(one)

    def judge(self, place: int, state: State) -> Recording:
        """Say how far it is. Raises Refused where it cannot be played as it is."""
        one = self.recordings[place]
        if state is State.CHECKED and (told := _unfit(one)):
            raise Refused(told)
        one.state = state
        return self._kept(one)

    def silence(self, place: int, stretch: Stretch) -> Recording:
        """Take the sound of a stretch away. `restore` gives it back as long as this program runs."""
        one, sound = self.recordings[place], self.sound(place)
        begin, end = (max(0, min(len(sound), round(second * 8000) * 2)) for second in stretch)
        if end <= begin:
            raise Refused("先在波形上拖出要静音的一段。")
        self._before.setdefault(place, (sound, one.numbers))
        self._collection.write_sound(one, sound[:begin] + bytes(end - begin) + sound[end:])
        one.numbers = written(_rest(one.stretches, (begin / 16000, end / 16000))) or SILENCED
        return self._kept(one)

    def restore(self, place: int) -> Recording:
        """Undo all silence of this session in a recording."""
        one = self.recordings[place]
        if place not in self._before:
            raise Refused("这一段没有静音过，没有可以恢复的。")
        sound, one.numbers = self._before.pop(place)
        self._collection.write_sound(one, sound)
        if one.state == State.CHECKED and _unfit(one):
            one.state = State.DRAFT
        return self._kept(one)

    def clear(self, place: int) -> Recording:
        """A person has listened: no caller's number is in it."""
        self.recordings[place].numbers = HARMLESS
        return self._kept(self.recordings[place])

    def _kept(self, one: Recording) -> Recording:
        one.notice = notice_of(one)
        self._collection.save()
        return one


def _unfit(one: Recording) -> str:
    """Why a recording cannot be played; '' if it can."""
    if one.stretches:
        return "这里有一串号码：按 S 静音；听过确认不是来电人的号码，按 H。"
    if one.numbers == HARMLESS and MARK in one.text:
        return f"您说过没有来电人的号码：请把{MARK}改成实际说的字。"
    if not without_marks(one.text):
        return "没有文字：听不清按 X，不用按 N。"
    return ""


def _rest(stretches: list[Stretch], silent: Stretch) -> list[Stretch]:
    """What is left of stretches outside the silence."""
    begin, end = silent
    left = [piece for first, last in stretches for piece in ((first, min(last, begin)), (max(first, end), last))]
    return [(first, last) for first, last in left if last - first >= _SHORTEST_SECONDS]
