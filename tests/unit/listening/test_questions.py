"""voices/questions.yml and what its editor is told when something is wrong."""

import pytest

from bot.errors import ContentError
from bot.listening.questions import load_questions
from tests.conftest import ROOT

NAMES = {"open", "yes_no", "menu", "narration", "branch", "date", "amount", "digits", "anything_else", "satisfaction"}


def test_every_question_of_the_service_is_there():
    questions = load_questions(ROOT / "voices" / "questions.yml")
    assert set(questions) == NAMES
    assert questions["yes_no"].name == "yes_no"


def test_a_person_can_be_asked_for_inside_every_grammar():
    for question in load_questions(ROOT / "voices" / "questions.yml").values():
        if question.grammar:
            assert {"人工", "返回", "主菜单", "再说一遍", "等一下"} <= set(question.grammar)


def test_whole_answers_wait_less_and_hesitations_longer():
    for question in load_questions(ROOT / "voices" / "questions.yml").values():
        assert question.whole_answer_seconds <= question.end_of_turn_seconds < question.hesitation_seconds


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        ("questions:\n  open:\n    end_of_trun: 0.6\n", 3, "不认识“end_of_trun”"),
        ("questions:\n  open:\n    end_of_turn: 快\n", 3, "应当是秒数"),
        ("questions:\n  open:\n    end_of_turn: 600\n", 3, "0 到 60 秒"),
        ("questions:\n  open:\n    grammar: 是的\n", 3, "一串说法"),
        ("questions:\n  open:\n    short_words: [停, 不要]\n", 3, "“不要”不是"),
        ("questions:\n  open:\n    keys: 012\n", 3, "加引号"),
        ('questions:\n  open:\n    keys: "01a"\n', 3, "没有“a”键"),
        ("questions:\n  open: {}\n  open: {}\n", 3, "写了两次"),
        ("questions:\n  open: 0.6\n", 2, "名字: 内容"),
        ("question:\n  open: {}\n", 1, "不认识“question”"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, content, line, told):
    file = tmp_path / "questions.yml"
    file.write_text(content, "utf-8")
    with pytest.raises(ContentError) as wrong:
        load_questions(file)
    assert f"questions.yml:{line}：" in str(wrong.value)
    assert told in str(wrong.value)


def test_a_file_without_the_open_question_is_refused(tmp_path):
    (tmp_path / "questions.yml").write_text("questions:\n  menu: {}\n", "utf-8")
    with pytest.raises(ContentError, match="open"):
        load_questions(tmp_path / "questions.yml")


def test_broken_yaml_is_told(tmp_path):
    (tmp_path / "questions.yml").write_text("questions: [", "utf-8")
    with pytest.raises(ContentError, match="questions.yml:2：格式有误"):
        load_questions(tmp_path / "questions.yml")
