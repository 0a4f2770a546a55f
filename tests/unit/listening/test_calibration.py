"""What the recogniser's confidence is worth, told by the model's own file."""

import pytest

from bot.errors import SettingsError
from bot.listening.calibration import Calibration
from tests.conftest import ROOT


def test_the_models_file_makes_unsure_words_doubtful_and_sure_ones_not():
    ours = Calibration.of(ROOT / "models" / "zh-12329")
    assert ours.doubt(1.0) < 0 < ours.doubt(0.8) < ours.doubt(0.5)


def test_a_model_without_the_file_is_never_doubted(tmp_path):
    assert Calibration.of(tmp_path).doubt(0.1) == 0


@pytest.mark.parametrize("content", ["unheard: viel\nslope: 1", "slope: 1", "[1, 2]", "{"])
def test_a_file_without_its_two_numbers_is_refused(tmp_path, content):
    (tmp_path / "confidence.yml").write_text(content)
    with pytest.raises(SettingsError, match="confidence.yml"):
        Calibration.of(tmp_path)
