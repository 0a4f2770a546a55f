"""When Rasa is trained, and what is left behind."""

import os
import shutil
import tarfile
from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.training import current_model, fingerprint, train

TINY = Path(__file__).parent / "tiny_project"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "project", ignore=shutil.ignore_patterns(".rasa", "__pycache__")))


def after(project: Path, file: str, old: str, new: str) -> bool:
    """Whether this edit asks for training."""
    before = fingerprint(project)
    path = project / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return fingerprint(project) != before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("nlu/all.yml", "早上好", "早上好啊"),
        ("stories/all.yml", "rule: greeting", "rule: greetings"),
        ("config.yml", "max_iter: 60", "max_iter: 61"),
        ("domain.yml", "utter_key:", "utter_button:"),
        ("domain.yml", "influence_conversation: false", "influence_conversation: true"),
    ],
)
def test_what_rasa_learns_from_asks_for_training(project: Path, file: str, old: str, new: str) -> None:
    assert after(project, file, old, new)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("domain.yml", "没听清，请再说一遍。", "请再说一遍。"),
        ("domain.yml", 'utter_greet: [{text: "你好。"}, ', "utter_greet: ["),
        ("content/facts.yml", "百分之二点六", "百分之二点八"),
    ],
)
def test_what_the_bot_says_does_not(project: Path, file: str, old: str, new: str) -> None:
    assert not after(project, file, old, new)


def test_a_dictionary_of_the_tokenizer_counts(project: Path) -> None:
    words = project / "content" / "words"
    words.mkdir()
    (words / "fund.txt").write_text("公积金 1000\n")
    assert after(project, "config.yml", "JiebaTokenizer", "JiebaTokenizer\n    dictionary_path: content/words")
    assert after(project, "content/words/fund.txt", "公积金", "住房公积金")


def test_a_part_of_our_own_in_the_pipeline_counts(project: Path, tmp_path: Path, monkeypatch) -> None:
    part = tmp_path / "bot" / "dialogue" / "near_words.py"
    part.parent.mkdir(parents=True)
    part.write_text("class NearWords: ...\n")
    monkeypatch.setattr("bot.training.ROOT", tmp_path)
    assert after(project, "config.yml", "JiebaTokenizer", "JiebaTokenizer\n  - name: bot.dialogue.near_words.NearWords")
    before = fingerprint(project)
    part.write_text("class NearWords:\n    weight = 2\n")
    assert fingerprint(project) != before


@pytest.mark.rasa
@pytest.mark.long
def test_it_is_trained_once_and_three_models_are_kept(project: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for age in range(4):
        old = models / f"{age}.tar.gz"
        old.touch()
        os.utime(old, (1_000_000 - age, 1_000_000 - age))
    (models / "tmp-broken-off").mkdir()
    said: list[str] = []

    assert current_model(project, models) is None
    model = train(project, models, said.append)

    assert model == current_model(project, models) and "metadata.json" in tarfile.open(model).getnames()
    assert sorted(path.name for path in models.glob("*[!k]")) == sorted([model.name, "0.tar.gz", "1.tar.gz"])
    assert any("RulePolicy" in line for line in said)
    said.clear()
    assert train(project, models, said.append) == model and said == []


@pytest.mark.rasa
@pytest.mark.long
def test_what_rasa_refuses_is_an_error_with_its_reason(project: Path, tmp_path: Path) -> None:
    rules = project / "stories" / "all.yml"
    rules.write_text(rules.read_text() + "  - {rule: other, steps: [{intent: greet}, {action: utter_again}]}\n")
    with pytest.raises(ContentError, match=r"训练失败[\s\S]*greet"):
        train(project, tmp_path / "models", lambda line: None)
    assert not list((tmp_path / "models").glob("*.tar.gz"))
