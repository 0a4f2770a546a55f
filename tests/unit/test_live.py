"""Files that editors change while calls go on."""

from pathlib import Path

import pytest

from bot.call.prompts import Prompts
from bot.live import Live


def test_a_changed_prompt_is_said_from_the_next_call_on_and_a_broken_one_never(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    path = tmp_path / "prompts.yml"
    path.write_text("please_wait: 请稍等。\n")
    prompts = Live(path, Prompts.load)
    assert prompts.now.say("please_wait").text == "请稍等。"
    path.write_text("please_wait: 请稍等一下。\n")
    assert prompts.now.say("please_wait").text == "请稍等一下。"
    path.write_text("please_wait：请等等。\n")
    assert prompts.now.say("please_wait").text == "请稍等一下。" and "仍使用上一次正确的内容" in caplog.text
    path.unlink()
    assert prompts.now.say("please_wait").text == "请稍等一下。"
    path.write_text("please_wait: 马上就好。\n")
    assert prompts.now.say("please_wait").text == "马上就好。"
