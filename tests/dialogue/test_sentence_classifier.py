"""The classifier looks at whole sentences, each piece counted once, all of one length."""

from pathlib import Path

import pytest

from bot.dialogue.rasa_python import printed_by


@pytest.mark.rasa
@pytest.mark.long
def test_of_a_sentence_each_piece_counts_once_and_long_sentences_as_much_as_short_ones() -> None:
    assert printed_by(Path(__file__).with_name("sentence_matrix.py")) == {"shape": [3, 7], "same": True}
