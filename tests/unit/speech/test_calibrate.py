"""Recordings heard by the product's recogniser and read by its engine become the numbers that a doubt is fitted to."""

import argparse
from pathlib import Path

import pytest

from bot.audio.wav import write_wav
from bot.training import current_model
from speech import calibrate, doubt
from speech.settings import ROOT, SPEECH, load
from speech.speak import TABLE
from tests.audio.corpus import espeak, pcm

pytestmark = pytest.mark.long  # loads the dialogue engine

ASKED = {
    "公积金贷款利率是多少": "rate_first_second policy_rate loan_rate",
    "我要查询余额": "account_balance",
    "我要转人工": "human_agent",
    "公积金贷款利率": "",
}


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    rows = []
    for number, (said, intents) in enumerate(ASKED.items()):
        write_wav(tmp_path / f"{number}.wav", pcm(espeak(said)))
        rows.append(f"{number}.wav\t{said}\t{intents}\n")
    (tmp_path / TABLE).write_text("".join(rows), encoding="utf-8")
    return tmp_path


def test_spoken_questions_are_heard_read_and_told_right_or_wrong(recordings: Path, capsys: pytest.CaptureFixture[str]):
    if current_model() is None:
        pytest.skip("no trained model: python -m bot train")
    options = argparse.Namespace(
        folders=[recordings], model=ROOT / "models" / "zh-12329", others=0, judge=True, write=False
    )
    settings = load(SPEECH / "settings.yml")
    outcomes = calibrate.heard_and_read(settings, options)
    clean = [outcomes.chosen(outcomes.question == number) for number in range(len(ASKED))]
    assert [row.right.max() for row in clean] == [1, 1, 1, 0]  # whatever the fourth is taken for, it was not meant
    assert all(row.engine[0] > 0.3 and row.words[0] > 0.5 for row in clean)
    assert doubt.told(outcomes, *doubt.fit(outcomes)).shape == outcomes.right.shape
    calibrate.run(settings, options)
    assert "today's doubt" in capsys.readouterr().out
