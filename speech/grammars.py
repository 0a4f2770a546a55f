"""What can be said to each question (voices/questions.yml) with a model's words, and what cannot."""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bot.listening.base import Question
from bot.listening.grammars import UNKNOWN, grammar_of, read_words, segment
from bot.listening.questions import load_questions
from speech import syllables
from speech.settings import ROOT, Settings


def arguments(command: argparse.ArgumentParser) -> None:
    """Options of this tool."""
    command.add_argument("--model", type=Path, default=ROOT / "models" / "zh-12329")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Print a paragraph a question."""
    words = read_words(options.model / "graph" / "words.txt")
    for name, question in load_questions(ROOT / "voices" / "questions.yml").items():
        print(f"{name}: {kind_of(question, words)}")
        for line in doubts(question, words):
            print(f"  {line}")


def kind_of(question: Question, words: frozenset[str]) -> str:
    """How the answer is decoded, and with how much."""
    if not question.grammar:
        return f"open decoding, {len(question.answers)} answers end the turn early"
    known = [phrase for phrase in grammar_of(question.grammar, words).phrases if phrase != UNKNOWN]
    garbage = "" if UNKNOWN in words else "; the model has no [unk]: other speech is bent into these"
    return f"grammar of {len(known)} phrases{garbage}"


def doubts(question: Question, words: frozenset[str]) -> Iterator[str]:
    """What cannot be said, is heard only by single characters, or sounds like something else of the same question."""
    phrases = dict.fromkeys((*question.grammar, *question.answers, *question.short_words))
    parts = {phrase: tuple(phrase.split()) if " " in phrase else segment(phrase, words) for phrase in phrases}
    missing = [phrase for phrase, cut in parts.items() if not cut]
    missing += sorted({word for phrase, cut in parts.items() if " " in phrase for word in cut if word not in words})
    if missing:
        yield f"cannot be said: {' '.join(missing)}"
    loose = [
        phrase for phrase, cut in parts.items() if " " not in phrase and len(cut) > 1 and set(map(len, cut)) == {1}
    ]
    if loose:
        yield f"only character by character: {' '.join(loose)}"
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for phrase in phrases:
        if " " not in phrase:
            alike[tuple(syllables.spell(phrase))].append(phrase)
    for same in alike.values():
        if len(same) > 1:
            yield f"sound alike: {' '.join(same)}"
