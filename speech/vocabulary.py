"""What callers can say, read from the project's own content: sentences with weights for the language model.

nlu/ (what people say), voices/questions.yml (answers), content/ (names, branches, menu, words, policies), and made-up
numbers. Questions of a withheld list (one a line) are left out if the settings name one.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from speech import phrases
from speech.settings import ROOT, SPEECH
from speech.syllables import is_hanzi

Weighted = tuple[str, float]
NLU, ANSWER, NAME, POLICY, NUMBER, NEAR_DAY, DATE = 1.0, 60.0, 1.0, 0.15, 0.08, 0.7, 0.05
HALF_CHANGED, CHANGED = 1.0, 0.01
"""Half of a caller's turns answer a question of ours: together the answers weigh about as much as all examples.
Chosen by hearing the answers (docs/speech-results.md)."""
ENTITY = re.compile(r"\[([^\]]*)\](\([^)]*\)|\{[^}]*\})")
HESITATIONS = (
    "嗯 呃 啊 哦 喂 那个 这个 就是 就是说 我想一下 等一下 稍等 稍等一下 那个什么 然后 对了 不好意思 麻烦你 请问一下"
).split()


def sentences(root: Path = ROOT, seed: int = 12329) -> list[Weighted]:
    """Everything, only Chinese characters left in each sentence."""
    found = [*nlu(root / "nlu"), *answers(root / "voices" / "questions.yml"), *content(root / "content")]
    found += [(text, ANSWER) for text in commands(root / "voices" / "commands.yml")]
    found += [(text, ANSWER) for text in HESITATIONS]
    found += [(text, NAME) for text in (SPEECH / "terms.txt").read_text(encoding="utf-8").split()]
    found += numbers(random.Random(seed))
    near, dates = phrases.visits()
    found += [(text, NEAR_DAY) for text in near] + [(text, DATE) for text in dates]
    elsewhere = [*near, *places(root / "content" / "branches.yml")]
    found += [(text, HALF_CHANGED) for text in phrases.changes(["上午", "下午"])]
    found += [(text, CHANGED) for text in phrases.changes(elsewhere)]
    cleaned = ((spoken(text), weight) for text, weight in found)
    return [(text, weight) for text, weight in cleaned if text]


def spoken(text: str) -> str:
    """Only the Chinese characters, Arabic digits read one by one (1号 → 一号, 12路 → 一二路)."""
    digits = text.translate(str.maketrans("0123456789", phrases.DIGITS))
    return "".join(filter(is_hanzi, digits))


def nlu(folder: Path) -> Iterator[Weighted]:
    """Examples, synonyms and look-up lists of Rasa's training data."""
    for path in sorted(folder.glob("**/*.yml")):
        for entry in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu", []):
            if "regex" in entry:
                continue
            for line in entry["examples"].splitlines():
                yield ENTITY.sub(r"\1", line.removeprefix("- ").strip()), NLU
            for name in ("synonym", "lookup"):
                if is_hanzi(str(entry.get(name, "x"))[:1]):
                    yield str(entry[name]), NLU


def answers(path: Path) -> Iterator[Weighted]:
    """What the questions' grammars and answers list."""
    if not path.exists():
        return
    questions = yaml.safe_load(path.read_text(encoding="utf-8"))
    for text in questions.get("everywhere", []):
        yield str(text), ANSWER
    for question in questions.get("questions", {}).values():
        for key in ("grammar", "answers", "short_words"):
            for text in question.get(key) or []:
                yield str(text), ANSWER


def content(folder: Path) -> Iterator[Weighted]:
    """Names, words and questions weigh as names; longer texts little: callers echo them now and then."""
    for path in sorted(folder.glob("*.yml")) + sorted((folder / "policies").glob("*.yml")):
        for key, text in _strings(yaml.safe_load(path.read_text(encoding="utf-8")), ""):
            if key in {"source", "checked_on", "question"}:  # titles in the editors' words, not what callers say
                continue
            weight = POLICY if len(text) > 16 else NAME
            for piece in re.split(r"[，。；：、？！“”（）()\s{}]|facts\.\w+", text):
                yield piece, weight
    for path in sorted((folder / "words").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield line.split()[0], NAME


def places(path: Path) -> list[str]:
    """What callers call the branches: their names, districts and other words."""
    if not path.exists():
        return []
    branches = yaml.safe_load(path.read_text(encoding="utf-8"))
    return sorted({text for key, text in _strings(branches, "") if key in {"name", "district", "words"}})


def commands(path: Path) -> list[str]:
    """What callers say to the line itself (停一下, 继续, 慢一点)."""
    return [saying for ways in yaml.safe_load(path.read_text(encoding="utf-8")).values() for saying in ways]


def _strings(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, key)
    elif isinstance(value, str):
        yield key, value


def numbers(rng: random.Random, count: int = 4000) -> list[Weighted]:
    """Digit strings (accounts, telephones), amounts, dates, times."""
    half = [(phrases.digits(rng), NUMBER) for _ in range(count)]
    return half + [(phrases.number(rng), NUMBER) for _ in range(count)]


def own_words(root: Path = ROOT) -> list[str]:
    """Words that must stay whole: the editors' and the terms."""
    found = (SPEECH / "terms.txt").read_text(encoding="utf-8").split()
    for path in sorted((root / "content" / "words").glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
    return sorted({word for word in found if word and all(map(is_hanzi, word))})
