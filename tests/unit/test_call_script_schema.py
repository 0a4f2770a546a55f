"""A script that is written wrongly says so, with file and line."""

from dataclasses import replace
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
    "a line nobody knows": ("steps:\n- say: 你好\n  line: gms\n", 3, "不认识“gms”"),
    "a noise where a line belongs": ("line: babble\nsteps:\n- say: 你好\n", 1, "不认识“babble”"),
    "more loss than there is": ("steps:\n- say: 你好\n  线路: 丢包:80\n", 3, "50 之间"),
    "two codecs": ("line: [gsm, alaw]\nsteps:\n- say: 你好\n", 1, "只能写一个"),
    "the same key in both languages": ("steps:\n- 说: 你好\n  say: 你好\n", 3, "写了两次"),
    "words of no recording": ("steps:\n- say: 你好\n  录音文字: 你好\n", 3, "一起用"),
    "a tolerance without its size": ("steps:\n- say: 你好\n  expect: {听成: {文字: 你好}}\n", 3, "误差"),
    "a tolerance beyond the whole text": (
        "steps:\n- say: 你好\n  expect: {听成: {文字: 你好, 误差: 10}}\n",
        3,
        "0 到 1",
    ),
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


def test_a_script_in_chinese_is_the_same_script(tmp_path: Path):
    english = tmp_path / "english.yml"
    english.write_text(
        """
name: 查余额
date: 2026-11-24
caller: "13800000001"
exchange: false
line: [gsm, "loss:5"]
noise: babble:10
steps:
- say: 查余额
  voice: caller_m
  line: alaw
  expect: {hears: utter_login_needed, heard: {text: 查余额, cer: 0.1}, intent: ask_balance, within_ms: 800}
- press: "12#"
  expect: {number: complete, pin: ok, state: private, note: 工单, no_input: 1, no_match: 1, failed: rasa_away}
- interrupt: {after: 1.5, say: 停}
  expect: {interrupted: true, said: 好, not_said: 错, utterance: prompt_paused}
- type: 人工
- wait: 2
- hang_up:
expect: {hand_off: asked, ended: caller, store: {work_orders: 1, appointments: 0, sms: 0, rating: fair}}
""",
        "utf-8",
    )
    chinese = tmp_path / "chinese.yml"
    chinese.write_text(
        """
名称: 查余额
日期: 2026-11-24
来电号码: "13800000001"
交换机: 否
线路: [gsm, "丢包:5"]
噪声: 人声:10
步骤:
- 说: 查余额
  声音: caller_m
  线路: A律
  预期: {听到: utter_login_needed, 听成: {文字: 查余额, 误差: 0.1}, 意图: ask_balance, 几毫秒内: 800}
- 按键: "12#"
  预期: {号码: complete, 密码: ok, 状态: private, 屏幕: 工单, 没听到: 1, 没听懂: 1, 故障: rasa_away}
- 打断: {几秒后: 1.5, 说: 停}
  预期: {被打断: 是, 热线说: 好, 不得出现: 错, 话名: prompt_paused}
- 打字: 人工
- 等: 2
- 挂机:
预期: {转人工: asked, 谁挂机: caller, 留下: {工单: 1, 预约: 0, 短信: 0, 评价: fair}}
""",
        "utf-8",
    )
    assert replace(load_script(chinese), path=english) == load_script(english)


def test_a_file_in_gbk_is_refused_with_a_sentence(tmp_path: Path):
    path = tmp_path / "脚本.yml"
    path.write_bytes("steps:\n- say: 你好\n".encode("gbk"))
    with pytest.raises(ContentError, match="UTF-8"):
        load_script(path)
