"""A script that is written wrongly says so, with file and line."""

from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.qa.script import load_script

WRONG = {
    "unquoted digits": ("steps:\n- press: 012\n", 2, "加引号"),
    "a key no telephone has": ('steps:\n- press: "12a"\n', 2, "没有的键"),
    "two deeds in one step": ('steps:\n- say: 你好\n  press: "1"\n', 2, "只能做一件事"),
    "an unknown word": ("steps:\n- sya: 你好\n", 2, "不认识"),
    "an unknown expectation": ("steps:\n- say: 你好\n  expect: {hear: 你好}\n", 3, "不认识"),
    "a number where a text belongs": ("steps:\n- say: 你好\n  expect: {said: 12}\n", 3, "加引号"),
    "no steps": ("name: 空\n", 1, "steps"),
    "a recording that is not there": ("steps:\n- play: nothing.wav\n", 2, "找不到录音"),
    "an interruption without its time": ("steps:\n- interrupt: {say: 停}\n", 2, "after"),
    "no date": ("date: 明天\nsteps:\n- wait: 1\n", 1, "日期"),
    "negative seconds": ("steps:\n- wait: -1\n", 2, "秒数"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, name: str):
    text, line, told = WRONG[name]
    path = tmp_path / "脚本.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as wrong:
        load_script(path)
    assert f"{path}:{line}：" in str(wrong.value) and told in str(wrong.value)


def test_a_file_in_gbk_is_refused_with_a_sentence(tmp_path: Path):
    path = tmp_path / "脚本.yml"
    path.write_bytes("steps:\n- say: 你好\n".encode("gbk"))
    with pytest.raises(ContentError, match="UTF-8"):
        load_script(path)
