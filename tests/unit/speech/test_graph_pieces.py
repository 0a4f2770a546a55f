"""Units, pronunciations, language model and digit grammar, without PyTorch."""

import argparse
import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from bot.listening.base import Question
from speech import decoding, graph, lexicon, phrases, syllables, vocabulary
from speech.errors import best_path, distance
from speech.grammars import doubts
from speech.graph import openfst
from speech.hcl import UNKNOWN, Tree, representatives
from speech.hearing import digit_grammar
from speech.ngram import END, Ngrams
from speech.settings import ROOT, SPEECH, load
from speech.teach import occupancy


def test_the_inventory_has_404_syllables_and_silence_comes_after_them():
    assert len(syllables.units()) == 404 == len(set(syllables.units()))
    assert syllables.silence() == 405
    assert syllables.encode("公积金") == [syllables.numbers()[s] for s in ("gong", "ji", "jin")]


def test_every_rare_reading_has_a_near_unit_in_the_inventory():
    assert all(near in syllables.units() for near in syllables.RARE.values() if near != "cen")


def test_polyphones_accents_and_r_colouring_are_variants_with_a_cost():
    assert lexicon.pronunciations("银行")[("yin", "hang")] == 0.0
    assert {("hai",), ("huan",)} <= set(lexicon.pronunciations("还"))
    assert lexicon.pronunciations("是十")[("si", "si")] == lexicon.ACCENT
    assert lexicon.pronunciations("哪儿")[("na",)] == lexicon.R_COLOURED
    assert ("yao",) in lexicon.pronunciations("幺")


def test_what_dictionaries_misread_is_heard_as_the_editors_say_it():
    """pypinyin knows 还贷 but says hai kuan for 还款, duo zhang for 多长, diao xiu for 调休."""
    said = {"提前还款": "ti qian huan kuan", "多长时间": "duo chang shi jian", "调休": "tiao xiu", "重听": "chong ting"}
    for word, reading in said.items():
        assert lexicon.pronunciations(word, accents=False) == {tuple(reading.split()): 0.0}
    other = lexicon.pronunciations("还房贷", accents=False)  # a word of no dictionary: either reading may be right
    assert {("hai", "fang", "dai"), ("huan", "fang", "dai")} == set(other)


def test_numbers_are_read_as_people_read_them():
    assert phrases.spell_number(12050) == "一万二千零五十"
    assert phrases.spell_number(100200) == "十万零二百"
    assert phrases.spell_number(15) == "十五"
    assert phrases.spell_number(105) == "一百零五"


def test_probabilities_after_every_history_sum_to_one():
    model = Ngrams(order=3)
    for sentence, weight in ((["查", "余额"], 1.0), (["查", "贷款"], 0.3), (["转", "人工"], 2.0)):
        model.add(sentence, weight)
    general = dict.fromkeys(["查", "余额", "贷款", "转", "人工", "天气"], 1 / 6)
    lines, states = model.automaton(general)
    arcs: dict[int, dict[str, tuple[int, float]]] = {s: {} for s in range(states)}
    for line in lines:
        fields = line.split()
        if len(fields) == 2:
            arcs[int(fields[0])][END] = (-1, math.exp(-float(fields[1])))
        else:
            arcs[int(fields[0])][fields[2]] = (int(fields[1]), math.exp(-float(fields[4])))

    def probability(state: int, word: str) -> float:
        if word in arcs[state]:
            return arcs[state][word][1]
        target, back_off = arcs[state]["#0"]
        return back_off * probability(target, word)

    # A state with back-off to a seen event counts it twice in the automaton (as all such automata do): only the direct
    # arcs plus the mass handed down must make one.
    for state, out in arcs.items():
        direct = sum(p for word, (_, p) in out.items() if word != "#0")
        handed_down = out["#0"][1] if "#0" in out else 0.0
        assert direct + handed_down == pytest.approx(1.0, abs=2e-3), state
    assert probability(0, "天气") > 0


def test_a_digit_grammar_holds_every_pair_of_digits_from_every_start():
    digits = "零一二三四五六七八九幺"
    *lines, unknown = digit_grammar(digits)
    assert unknown == UNKNOWN
    assert {line.split()[0] for line in lines} == set(digits)
    for line in lines:
        words = line.split()
        assert len(set(zip(words, words[1:], strict=False))) == len(digits) ** 2


def test_the_report_of_a_question_tells_what_cannot_be_said_and_what_sounds_alike():
    words = frozenset("人工 提取 体 区 没有 没 了".split())
    question = Question("menu", grammar=("人工", "代际互助"), answers=("提取", "体区", "没了", "没有"))
    assert list(doubts(question, words)) == [
        "cannot be said: 代际互助",
        "only character by character: 体区 没了",
        "sound alike: 提取 体区",
    ]


def test_a_word_of_the_tree_can_be_said_only_by_its_own_transition_ids():
    tree = Tree({"<eps>": 0, "余额": 1, UNKNOWN: 2, "#0": 3}, garbage_cost=3.0)
    tree.add("余额", {("yu", "e"): 0.0})
    assert tree.disambiguation == 2023
    own = {5 * (syllables.numbers()[s] - 1) + 1 for s in ("yu", "e")}
    path = {i for a, b, i, _, _ in tree.arcs if a == b}
    assert own <= path
    assert 30 < len(representatives()) < 60


def test_the_vocabulary_is_read_from_the_projects_own_content():
    found = {text for text, _ in vocabulary.sentences()}
    assert {"人工", "等一下", "公积金"} <= found
    assert all(all(map(syllables.is_hanzi, text)) for text in found)


def test_the_withheld_questions_are_not_in_the_vocabulary(shared):
    """The 116 questions of the domain research judge the line; they must not be in the language model as sentences."""
    page = (shared / "guide" / "domain.md").read_text(encoding="utf-8")
    bank = page[page.index("### 5.2") : page.index("### 5.3")]
    questions = {vocabulary.spoken(part.split("(")[0].split(" ", 1)[-1]) for part in bank.replace("\n", "·").split("·")}
    found = {text for text, weight in vocabulary.sentences() if len(text) > 3}
    assert not {q for q in questions if len(q) > 3} & found


def test_what_export_writes_is_what_the_product_decodes_with():
    """The committed model.conf is no second truth beside speech/settings.yml."""
    written = decoding.model_conf(syllables.silence(), load(SPEECH / "settings.yml")["export"])
    product = (ROOT / "models" / "zh-12329" / "conf" / "model.conf").read_text(encoding="utf-8")
    assert written.split() == product.split()


def test_errors_are_counted_between_the_best_path_and_what_was_said():
    answers = np.log(np.eye(4)[[0, 2, 2, 0, 2, 3, 3, 0]] + 0.01)
    assert best_path(answers) == [2, 2, 3]
    assert distance([2, 2, 3], [2, 3]) == 1 == distance("一二三", "一二四")


def occupancy_by_counting(posteriors: np.ndarray, labels: list[int]) -> np.ndarray:
    """Every way through the frames that says the labels, weighed."""
    frames, units = posteriors.shape
    smooth = 0.98 * posteriors + 0.02 / units
    found = np.zeros_like(posteriors)
    for way in itertools.product(range(units), repeat=frames):
        if [unit for unit, _ in itertools.groupby(way) if unit] == labels:
            found[np.arange(frames), way] += np.prod(smooth[np.arange(frames), way])
    return found / found.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("labels", [[1], [1, 2], [1, 1], [2, 1, 2]])
def test_the_transcripts_share_of_each_frame_is_that_of_all_ways_to_say_it(labels):
    posteriors = np.random.default_rng(0).dirichlet(np.ones(3), 5)
    found = occupancy(posteriors, np.array(labels))
    assert np.abs(found - occupancy_by_counting(posteriors, labels)).max() < 1e-9


def test_a_transcript_too_long_for_its_sound_leaves_the_teachers_answer():
    posteriors = np.random.default_rng(0).dirichlet(np.ones(3), 5)
    assert (occupancy(posteriors, np.array([1, 1, 1, 1])) == posteriors).all()


def test_without_its_tools_an_editor_is_told_in_chinese_and_the_words_of_before_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    kept = tmp_path / "words.txt"
    kept.write_text("余额 1\n", "utf-8")
    monkeypatch.setattr(graph, "openfst", lambda command, folder: openfst(f"PATH=/nonexistent; {command}", folder))
    tree = Tree({"<eps>": 0, "余额": 1, UNKNOWN: 2, "#0": 3}, 1.0, graph.our_phones(), 0)
    with pytest.raises(graph.GraphError, match="(?s)请执行 make setup.*fstcompile"):
        graph.compile_pair(tmp_path, tree, [], {"<eps>": 0})
    assert kept.read_text("utf-8") == "余额 1\n"
    monkeypatch.setattr(vocabulary, "sentences", lambda seed: [("余额", 1.0)])
    with pytest.raises(SystemExit, match="(?s)请执行 make setup.*fstcompile.*原来的词表照旧使用"):
        graph.run(load(SPEECH / "settings.yml"), argparse.Namespace(model=tmp_path))
