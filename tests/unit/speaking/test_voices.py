"""voices.yml and its mistakes."""

import pytest

from bot.errors import ContentError
from bot.speaking.voices import edition_of, read_voices

GOOD = "default:\n  engine_voice: cmn-latn-pinyin\n  words_per_minute: 200\n"


def test_the_projects_voices_are_readable_and_have_a_default(voices):
    assert voices["default"].engine_voice.startswith("cmn-latn-pinyin")
    assert len(voices) >= 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", ":1: 缺少 default"),
        ("小红:\n  engine_voice: cmn-latn-pinyin\n  words_per_minute: 200\n", ":1: 缺少 default"),
        (GOOD + "  pitch: 120\n", r":4: “pitch”应当在 0 到 99 之间"),
        (GOOD + "  pitch: 高\n", r":4: “pitch”应当是数字"),
        (GOOD + "  volume: 1\n", r":4: “volume”不认识"),
        ("default:\n  engine_voice: cmn-latn-pinyin\n", ":1: “default”缺少 words_per_minute"),
        ("default: cmn\n", ":1: 这里应当是“名称: 值”"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(tmp_path, content, complaint):
    file = tmp_path / "voices.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ContentError, match=f"voices.yml{complaint}"):
        read_voices(file)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ContentError, match="读不到这个文件"):
        read_voices(tmp_path / "voices.yml")


def test_the_edition_changes_with_the_contents(tmp_path):
    file = tmp_path / "voices.yml"
    file.write_text(GOOD)
    before = edition_of(file)
    file.write_text(GOOD + "  pitch: 60\n")
    assert edition_of(file) != before
