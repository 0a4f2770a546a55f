"""What an editor hears before callers do: the real voice, through µ-law, with the choices of pronunciation told."""

import warnings
import wave
from pathlib import Path

import numpy as np
import pytest

from bot.audio.mulaw import from_mulaw, over_the_telephone, to_mulaw
from bot.check.ear import heard_seconds
from bot.commands.preview import main, texts_of
from bot.errors import ContentError


def samples(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def test_a_policy_is_saved_as_the_telephone_carries_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["rate_deposit", "--save", str(tmp_path / "heard.wav")]) == 0
    heard, told = samples(tmp_path / "heard.wav"), capsys.readouterr().out
    assert over_the_telephone(heard.tobytes()) == heard.tobytes()  # nothing is left that µ-law would still take away
    assert len(np.unique(heard)) <= 256 and np.abs(heard).max() > 3000
    assert "念作：" in told and "百分之一点五" in told and "【简短说法】" in told
    estimated = sum(heard_seconds(one.text) for one in texts_of("rate_deposit"))
    assert len(heard) / 8000 == pytest.approx(estimated, rel=0.15)


def test_the_choices_of_pronunciation_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    main(["请到银行还款，不行就重听。", "--save", str(tmp_path / "heard.wav")])
    told = capsys.readouterr().out
    assert "还款 读 huan2 kuan3（voices/lexicon.yml）" in told and "重听 读 chong2 ting1" in told
    assert "“银行还”的行 读 hang2" in told and "“不行就”的行 读 xing2" in told


def test_each_variation_of_a_response_a_prompt_and_a_sentence_are_found():
    assert [one.utterance for one in texts_of("utter_identity")] == ["utter_identity"] * 2
    assert "某某次" in next(texts_of("utter_login_wrong")).text
    assert [one.utterance for one in texts_of("apology")] == ["prompt_apology"]
    assert [one.text for one in texts_of("随便一句话")] == ["随便一句话"]
    with pytest.raises(ContentError, match="utter_nothing"):
        list(texts_of("utter_nothing"))


def test_mulaw_is_the_standards():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        audioop = pytest.importorskip("audioop")
    every = np.arange(-32768, 32768).astype("<i2")
    decoded = np.frombuffer(audioop.ulaw2lin(bytes(range(256)), 2), "<i2")
    assert np.array_equal(from_mulaw(np.arange(256, dtype=np.uint8)), decoded)
    positive = every[every >= 0].tobytes()
    assert to_mulaw(positive).tobytes() == audioop.lin2ulaw(positive, 2)
    again = np.frombuffer(over_the_telephone(every.tobytes()), "<i2").astype(int)
    assert np.array_equal(again[1:32768], -again[32769:][::-1])
