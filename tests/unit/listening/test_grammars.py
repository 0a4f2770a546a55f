"""Phrases in the model's own words."""

from itertools import product

from bot.listening.grammars import chain, grammar_of, read_words, segment
from tests.conftest import ROOT

WORDS = frozenset(("我", "要", "我要", "转", "人工", "公积金", "公", "积", "一", "二", "[unk]"))


def test_a_phrase_is_cut_into_as_few_words_as_possible():
    assert segment("我要转人工", WORDS) == ("我要", "转", "人工")


def test_a_phrase_with_an_unknown_character_is_left_out_and_told():
    grammar = grammar_of(["转人工", "找人工"], WORDS)
    assert grammar.phrases == ("转 人工", "[unk]")
    assert grammar.unknown == ("找人工",)


def test_a_model_without_unk_gets_none():
    assert grammar_of(["人工"], WORDS - {"[unk]"}).phrases == ("人工",)


def test_open_decoding_stays_open():
    assert grammar_of([], WORDS).phrases == ()


def test_in_a_chain_every_word_follows_every_word_once():
    words = chain("零一二三").split()
    pairs = list(zip(words, words[1:], strict=False))
    assert sorted(pairs) == sorted(product("零一二三", repeat=2))


def test_a_chain_loses_only_the_words_the_model_lacks():
    grammar = grammar_of([chain(["一", "二", "幺"])], WORDS)
    assert set(grammar.phrases[0].split()) == {"一", "二"}
    assert grammar.unknown == ("幺",)


def test_the_models_word_list_is_read_without_its_symbols():
    words = read_words(ROOT / "models" / "zh-12329" / "graph" / "words.txt")
    assert "公积金" in words
    assert not {"<eps>", "#0", "<s>", "</s>"} & words
