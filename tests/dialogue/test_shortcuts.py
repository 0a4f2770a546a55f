"""What is left out of Rasa's work changes nothing of what it finds."""

from pathlib import Path

import pytest

from tests.support.rasa_python import printed_by


@pytest.mark.rasa
def test_the_classifier_gets_the_same_matrix_without_the_features_of_single_words() -> None:
    assert printed_by(Path(__file__).with_name("compare_matrices.py")) == {"shape": [4, 12], "same": True}
