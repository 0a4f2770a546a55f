"""How words are pronounced: polyphones, r-colouring and common accents as weighted variants of toneless syllables.

Costs are nats. A reading that dictionaries or the editors (voices/lexicon.yml) give costs nothing; an accent costs
ACCENT.
"""

from functools import cache
from itertools import product

import yaml
from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.constants import PHRASES_DICT

from speech import syllables
from speech.settings import ROOT

Pronunciation = tuple[str, ...]
ACCENT = 2.5
OTHER_READING = 1.0
R_COLOURED = 0.7
SPECIAL: dict[str, dict[Pronunciation, float]] = {
    "幺": {("yao",): 0.0},
    "一": {("yi",): 0.0, ("yao",): 3.0},
    "嗯": {("en",): 0.0, ("n",): 0.0},
    "哪": {("na",): 0.0, ("nei",): 1.0},
    "那": {("na",): 0.0, ("nei",): 1.0},
    "这": {("zhe",): 0.0, ("zhei",): 1.0},
    "谁": {("shui",): 0.0, ("shei",): 0.0},
    "喂": {("wei",): 0.0},
    "六": {("liu",): 0.0},
}
INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("l", "n"), ("f", "h"), ("h", "f"))
BOTH_WAYS = {"还": ("hai", "huan"), "重": ("zhong", "chong"), "长": ("chang", "zhang"), "调": ("tiao", "diao")}
"""In a word that no dictionary has, the other reading may be the right one: 还款卡 is no hai kuan ka."""

FINALS = (("eng", "en"), ("ing", "in"), ("ang", "an"), ("en", "eng"), ("in", "ing"))


def pronunciations(word: str, accents: bool = True) -> dict[Pronunciation, float]:
    """Every way to say a word with its cost; {} if a part of it has no reading in the inventory."""
    if word in SPECIAL:
        return {tuple(_known(p)): cost for p, cost in SPECIAL[word].items() if _known(p)}
    usual = _known(_reading(word))
    if len(usual) != len(word):
        return {}
    found: dict[Pronunciation, float] = {tuple(usual): 0.0}
    if len(word) == 1:
        for reading in pinyin(word, style=Style.NORMAL, heteronym=True)[0][:4]:
            for known in _known([reading]):
                found.setdefault((known,), OTHER_READING)
    if word not in PHRASES_DICT and not any(corrected in word for corrected in _corrections()):
        for place, character in enumerate(word):
            for reading in BOTH_WAYS.get(character, ()):
                found.setdefault((*usual[:place], reading, *usual[place + 1 :]), OTHER_READING)
    if len(word) > 1 and word.endswith("儿") and usual[-1] == "er":
        found[tuple(usual[:-1])] = R_COLOURED
    if accents:
        for variant in _accents(tuple(usual)):
            found.setdefault(variant, ACCENT)
    return found


@cache
def _corrections() -> dict[str, list[str]]:
    """What the editors say about words that pypinyin misreads, without tones."""
    entries = yaml.safe_load((ROOT / "voices" / "lexicon.yml").read_text(encoding="utf-8"))
    return {word: [syllable.rstrip("12345") for syllable in said.split()] for word, said in entries.items()}


def _reading(word: str) -> list[str]:
    """pypinyin's, where the editors do not know better."""
    said = lazy_pinyin(word)
    for corrected, reading in sorted(_corrections().items(), key=lambda entry: len(entry[0])):
        at = word.find(corrected)
        if at >= 0 and len(said) == len(word):
            said[at : at + len(corrected)] = reading
    return said


def _known(reading: Pronunciation | list[str]) -> list[str]:
    """Syllables of the inventory, rare ones replaced by their nearest; left out if there is none."""
    numbers, units = syllables.numbers(), syllables.units()
    return [units[numbers[s] - 1] for s in reading if s in numbers]


def _accents(usual: Pronunciation) -> list[Pronunciation]:
    """One habit at a time, all through the word: 是十 → si si, 银行 → ying hang."""
    numbers = syllables.numbers()
    variants = []
    for old, new in INITIALS:
        variants.append(tuple(_swap_initial(s, old, new) for s in usual))
    for old, new in FINALS:
        variants.append(tuple(s.removesuffix(old) + new if s.endswith(old) and _final(s) == old else s for s in usual))
    return [v for v in variants if v != usual and all(s in numbers for s in v)]


def _swap_initial(syllable: str, old: str, new: str) -> str:
    initial = syllable[: len(syllable) - len(_final(syllable))]
    return new + _final(syllable) if initial == old else syllable


def _final(syllable: str) -> str:
    for initial in ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw"):
        if syllable.startswith(initial):
            return syllable[len(initial) :]
    return syllable


def homophones(words: list[str]) -> dict[Pronunciation, list[str]]:
    """Words that sound alike; for reports."""
    table: dict[Pronunciation, list[str]] = {}
    for word, spoken in product(words, [0]):
        for pronunciation, cost in pronunciations(word, accents=False).items():
            if cost == spoken:
                table.setdefault(pronunciation, []).append(word)
    return {p: ws for p, ws in table.items() if len(ws) > 1}
