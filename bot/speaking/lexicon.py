"""How words are read: pinyin for the engine, from pypinyin, with our corrections in voices/lexicon.yml.

The engine is given pinyin with tone numbers, not characters: reading characters, espeak-ng 1.51 says 银行 as
yín-xíng, 还贷 as hái-dài and 贷款 as dài-kuǎn-kuǎn.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from bot.speaking.yaml_lines import read_lines

_SYLLABLE = re.compile(r"(?:[bpmfdtnlgkhjqxzcsryw]|[zcs]h)?[aeiouv]+(?:ng?|r)?[1-5]")
_PIECE = re.compile(r"(?P<hanzi>[〇一-鿿㐀-䶿]+)|(?P<latin>[A-Za-z]+)|(?P<pause>[^\w\s])")
_PAUSES = (
    {"、": ","} | dict.fromkeys("，,：:；;（）()—…", ";") | dict.fromkeys("。.！!", ".") | dict.fromkeys("？?", "?")
)
"""The engine pauses 0.12 s at its comma, 0.17 s at its semicolon, and not at all at a full stop within a text."""

_SPOKEN_BOTH_WAYS = "还重调行长便处倒得当都好和会间降将解禁觉空乐量率落难强切曲散少省率为系相应与载朝传转着只中种"
"""Characters whose two readings both occur on this line."""

_NUMERAL = "零〇一二三四五六七八九十百千万亿点分月日号"


class Lexicon:
    """Corrected readings, longest word first."""

    def __init__(self, readings: Mapping[str, str]) -> None:
        self._readings = {word: reading.split() for word, reading in readings.items()}
        longest_first = sorted(self._readings, key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    @classmethod
    def read(cls, path: Path) -> "Lexicon":
        """From `word: pinyin with tone numbers` lines (还款: huan2 kuan3). Raises ContentError with file and line."""
        readings: dict[str, str] = {}
        for line in read_lines(path):
            syllables = line.text().split()
            if len(syllables) != len(line.name) or not re.fullmatch(r"[〇一-鿿㐀-䶿]+", line.name):
                line.refuse("应当是几个汉字写几个拼音，用空格隔开，如 还款: huan2 kuan3")
            for syllable in syllables:
                if not _SYLLABLE.fullmatch(syllable):
                    line.refuse(f"的拼音 {syllable} 写法不对，声调用数字 1 到 5，ü 写作 v，如 lv4")
            readings[line.name] = line.text()
        return cls(readings)

    def reading(self, sentence: str) -> str:
        """A sentence in its spoken form as pinyin with pauses: 还款，好。 → huan2 kuan3; hao3."""
        said: list[str] = []
        for piece in _PIECE.finditer(sentence):
            match piece.lastgroup:
                case "hanzi":
                    said += self._syllables(piece.group())
                case "latin":
                    said += piece.group().upper()
                case "pause":
                    pause = _PAUSES.get(piece.group(), "")
                    if said and said[-1][-1] not in ",;.?":
                        said[-1] += pause
        return " ".join(said).replace(". ", "; ")

    def corrections(self, sentence: str) -> list[tuple[str, str]]:
        """The words of voices/lexicon.yml in a sentence and how they make it read, each once."""
        found = dict.fromkeys(word.group() for word in self._words.finditer(sentence))
        return [(word, " ".join(self._readings[word])) for word in found]

    def choices(self, sentence: str) -> list[tuple[str, str]]:
        """The characters with several readings that no correction covers: the word around each, and the one chosen."""
        covered = {place for word in self._words.finditer(sentence) for place in range(*word.span())}
        chosen: dict[tuple[str, str], None] = {}
        for piece in _PIECE.finditer(sentence):
            if piece.lastgroup != "hanzi":
                continue
            syllables = self._syllables(piece.group())
            for at, (character, syllable) in enumerate(zip(piece.group(), syllables, strict=False)):
                place = piece.start() + at
                if character in _SPOKEN_BOTH_WAYS and place not in covered:
                    around = sentence[max(piece.start(), place - 1) : min(piece.end(), place + 2)]
                    chosen[f"“{around}”的{character}", syllable] = None
        return list(chosen)

    def _syllables(self, hanzi: str) -> list[str]:
        syllables = lazy_pinyin(hanzi, style=Style.TONE3, neutral_tone_with_five=True, errors=_unreadable)  # type: ignore[arg-type]
        for word in self._words.finditer(hanzi):
            syllables[word.start() : word.end()] = self._readings[word.group()]
        return [syllable for syllable in _with_sandhi(hanzi, syllables) if syllable]


def _unreadable(characters: str) -> list[str]:
    """Characters that pypinyin does not know are not read; one empty reading for each keeps the places."""
    return [""] * len(characters)


def _with_sandhi(hanzi: str, syllables: list[str]) -> list[str]:
    """不 and 一 change with the tone that follows (不是 bú shì, 一起 yì qǐ, 一个 yí gè); the engine does third tones.

    一 keeps its first tone in numbers and ordinals: 十一, 第一, 星期一, 一月, 一点五.
    """
    changed = list(syllables)
    for at, character in enumerate(hanzi[:-1]):
        falling = syllables[at + 1].endswith("4") or hanzi[at + 1] == "个"
        if character == "不" and syllables[at] == "bu4" and falling:
            changed[at] = "bu2"
        elif character == "一" and syllables[at].startswith("yi"):
            counted = hanzi[at + 1] in "百千万亿" or hanzi[at + 1] not in _NUMERAL + "到至"
            alone = at == 0 or hanzi[at - 1] not in "第十零〇一二三四五六七八九点之期周拜"
            changed[at] = ("yi2" if falling else "yi4") if counted and alone else "yi1"
    return changed
