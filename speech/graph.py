"""Step 5. Content → vocabulary, pronunciations, language model → graph/ of a Vosk folder. Needs OpenFst, no PyTorch.

A word added under content/ or nlu/ is heard as soon as this has run (`make words`).
"""

import argparse
import glob
import math
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import jieba

from speech import lexicon, phrases, vocabulary
from speech.hcl import UNKNOWN, Phones, Tree, our_phones, phones_in
from speech.ngram import Ngrams
from speech.settings import ROOT, Settings
from speech.vocabulary import Weighted

jieba.setLogLevel(30)


class GraphError(Exception):
    """Raised when OpenFst is missing or fails."""


def arguments(command: argparse.ArgumentParser) -> None:
    """Options of this step."""
    command.add_argument(
        "--model", type=Path, default=ROOT / "models" / "zh-12329", help="folder whose graph/ is written"
    )


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Write the graph of the product's model."""
    try:
        print(build(options.model / "graph", vocabulary.sentences(seed=settings["seed"]), settings["graph"]))
    except GraphError as wrong:
        sys.exit(f"{wrong}\n原来的词表照旧使用。")


def build(folder: Path, sentences: list[Weighted], settings: dict[str, float]) -> str:
    """Build graph/ from weighted sentences; tells an editor, in Chinese, what it holds and what cannot be said.

    A `units.txt` beside graph/ (written by `import-fsmn`) tells the units of a network that are not our syllables.
    """
    units = folder.parent / "units.txt"
    phones, count = phones_in(units) if units.exists() else (our_phones(), 0)
    general = dict(phrases.frequent_words(Path(jieba.__file__).with_name("dict.txt"), int(settings["general_words"])))
    cutter = segmenter(vocabulary.own_words())
    model = Ngrams(order=int(settings["order"]))
    own: Counter[str] = Counter()
    dumb: set[str] = set()
    for text, weight in sentences:
        words = cut(cutter, text)
        dumb |= {word for word in words if not _sayable(lexicon.pronunciations(word, accents=False), phones)}
        if not dumb.intersection(words):
            model.add(words, weight)
            own.update(words)
    model.prune(settings["prune"])
    characters = {c for word in own for c in word}
    spoken = {w: lexicon.pronunciations(w, accents=w in own) for w in {*own, *characters, *general}}
    spoken = {word: _sayable(variants, phones) for word, variants in spoken.items()}
    names = sorted(word for word, variants in spoken.items() if variants)
    numbers = {"<eps>": 0, **{word: i for i, word in enumerate([*names, UNKNOWN, "#0"], start=1)}}
    tree = Tree(numbers, settings["garbage_cost"], phones, count)
    for word in names:
        tree.add(word, spoken[word])
    lines, states = model.automaton(distribution(names, general, own, settings["unknown_share"]))
    grammar = [_numbered(line, numbers) for line in lines]
    compile_pair(folder, tree, grammar, numbers)
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    return (
        f"{folder}：认得 {len(names)} 个词（内容里用到的 {len(own)} 个），词树 {len(tree.arcs)} 条边，"
        f"语言模型 {states} 段上文，{size:.1f} MB"
        + (f"。念不出来、因而听不懂的词：{'、'.join(sorted(dumb))}" if dumb else "。没有念不出来的词。")
    )


def _sayable(variants: dict[lexicon.Pronunciation, float], phones: Phones) -> dict[lexicon.Pronunciation, float]:
    """The pronunciations that the network has units for."""
    return {said: cost for said, cost in variants.items() if phones.keys() >= set(said)}


def segmenter(words: list[str]) -> jieba.Tokenizer:
    """jieba with the editors' words kept whole."""
    cutter = jieba.Tokenizer()
    cutter.initialize()
    for word in words:
        cutter.add_word(word, 100_000)
    return cutter


def cut(cutter: jieba.Tokenizer, text: str) -> list[str]:
    """Words of a sentence; numbers one character each, so that any number can be said."""
    found: list[str] = []
    for word in cutter.cut(text, HMM=False):
        found += list(word) if all(c in NUMBER_CHARACTERS for c in word) else [word]
    return found


NUMBER_CHARACTERS = "零一二三四五六七八九幺两十百千万亿"


def distribution(names: list[str], general: dict[str, int], own: Counter[str], unknown: float) -> dict[str, float]:
    """Probability of every word without any history: general frequency, a floor, and a share for [unk]."""
    floor = min(general.values(), default=1) * 0.5
    weights = {word: math.sqrt(general.get(word, floor)) * (3.0 if word in own else 1.0) for word in names}
    total = sum(weights.values())
    return {UNKNOWN: unknown, **{word: (1 - unknown) * w / total for word, w in weights.items()}}


def _numbered(line: str, numbers: dict[str, int]) -> str:
    fields = line.split()
    if len(fields) == 5:
        fields[2], fields[3] = str(numbers[fields[2]]), str(numbers[fields[3]])
    return " ".join(fields)


def compile_pair(folder: Path, tree: Tree, grammar: list[str], numbers: dict[str, int]) -> None:
    """HCLr.fst (output look-ahead), Gr.fst (relabelled to it), words.txt (relabelled too), disambig_tid.int."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        (here / "hcl.txt").write_text("\n".join(tree.lines()) + "\n", encoding="ascii")
        (here / "g.txt").write_text("\n".join(grammar) + "\n", encoding="ascii")
        openfst(
            "fstcompile hcl.txt | fstarcsort --sort_type=olabel |"
            " fstconvert --fst_type=olabel_lookahead --save_relabel_opairs=pairs > HCLr.fst",
            here,
        )
        pairs = dict(map(int, line.split()) for line in (here / "pairs").read_text().splitlines() if line.strip())
        table = relabelled(numbers, pairs)
        changes = "".join(f"{numbers[w]} {table[w]}\n" for w in numbers if w != "<eps>")
        (here / "all_pairs").write_text(changes, encoding="ascii")
        openfst(
            "fstcompile g.txt | fstrelabel --relabel_ipairs=all_pairs --relabel_opairs=all_pairs |"
            " fstarcsort --sort_type=ilabel | fstconvert --fst_type=const > Gr.fst",
            here,
        )
        lines = sorted(table.items(), key=lambda item: item[1])
        (here / "words.txt").write_text("".join(f"{w} {i}\n" for w, i in lines), encoding="utf-8")
        (here / "disambig_tid.int").write_text(f"{tree.disambiguation}\n", encoding="ascii")
        for name in ("HCLr.fst", "Gr.fst", "words.txt", "disambig_tid.int"):
            fresh = folder / f".{name}.new"
            fresh.write_bytes((here / name).read_bytes())
            fresh.rename(folder / name)


def relabelled(numbers: dict[str, int], pairs: dict[int, int]) -> dict[str, int]:
    """New word numbers; a word the tree never says gets a free one."""
    table = {word: pairs[number] for word, number in numbers.items() if number in pairs}
    table["<eps>"] = 0
    free = max(table.values(), default=0)
    for word in numbers:
        if word not in table:
            free += 1
            table[word] = free
    return table


def openfst(command: str, folder: Path) -> None:
    """Run OpenFst's tools; the look-ahead type lives in a library of its own."""
    libraries = sorted(glob.glob("/usr/lib/*/libfstlookahead.so.*"))
    environment = {**os.environ, **({"LD_PRELOAD": libraries[0]} if libraries else {})}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        mend = "请执行 make setup（需要 libfst-tools 和 libfst22-plugins-base）再试一次"
        raise GraphError(f"词表没有做成。{mend}。OpenFst 说：{done.stderr.strip()}")
