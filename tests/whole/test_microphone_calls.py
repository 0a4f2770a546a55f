"""`python -m bot mic` as a process of its own, at a sound card made of nothing, beside the running service."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.audio.wav import read_wav, write_wav
from bot.backend.demo_customers import read_customers
from tests.conftest import ROOT
from tests.support.caller_voice import CallerVoice
from tests.support.listener import Listener
from tests.support.newest_call import heard, newest_call, outcomes
from tests.support.service import RunningService
from tests.support.sound_card import Environment, Terminal, played_sound, sound_card, speak_into_microphone

__all__ = ["sound_card"]

CUSTOMER = [c for c in read_customers(ROOT / "content" / "demo" / "customers.yml") if c.status == "01"][1]
MIC = (sys.executable, "-m", "bot", "mic")


async def test_a_question_is_answered_and_keys_lead_to_the_balance_unseen(
    sound_card: Environment, service: RunningService, caller: CallerVoice, listener: Listener, tmp_path: Path
):
    question = tmp_path / "question.wav"
    write_wav(question, await caller.says("公积金贷款利率是多少"))
    with played_sound(sound_card, tmp_path / "heard.wav"):
        call = Terminal(sound_card | service.environment, *MIC)
        call.wait_for("热线：您好", 60)
        for _ in range(3):  # over the greeting; a sound card in software loses a piece on a busy machine
            speak_into_microphone(sound_card, question)
            if call.shows("2.6%", 15):
                break
        for key, answered_by in (("2", "业务查询"), ("1", "请输入或者说出"), (CUSTOMER.account + "#", "查询密码")):
            call.type(key)
            call.wait_for(answered_by, 60)
        before = call.shown
        call.type(CUSTOMER.password)
        call.wait_for("余额", 60)
        call.wait_for("缴到", 60)  # the sentence after it
        call.type("q")
        assert call.end() == 0, call.shown
    assert CUSTOMER.password not in call.shown and CUSTOMER.account not in call.shown
    typed = call.shown[len(before) :].split("余额")[0]
    assert not set(CUSTOMER.password) & set(typed.replace(CUSTOMER.account[-4:], "")), typed
    sound = read_wav(tmp_path / "heard.wav")
    balance = next(line.partition("：")[2].strip() for line in call.shown.splitlines() if "余额" in line)
    assert str(CUSTOMER.balance) in balance
    assert await listener.likeness(sound, balance) > 0.9
    assert await listener.likeness(sound, "您的业务已经办好了。") < 0.7  # which nobody said
    journal = await newest_call(service, "microphone")
    assert heard(journal)[-1] == "公积金贷款利率是多少"
    assert outcomes(journal, "pin") == ["ok"]


def bot_mic(environment: Environment, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MIC, *options], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_the_devices_are_listed_without_any_service(sound_card: Environment):
    listed = bot_mic(sound_card, "--list-devices")
    assert listed.returncode == 0 and "pulse（麦克风、扬声器" in listed.stdout, listed


def test_without_a_device_the_caller_is_told_how_to_mend_it(service: RunningService):
    if Path("/dev/snd").exists():
        pytest.skip("this machine has a sound card")
    told = bot_mic(os.environ | service.environment | {"PULSE_SERVER": "unix:/nonexistent"})
    assert told.returncode != 0
    assert "找不到麦克风" in told.stderr and "--list-devices" in told.stderr and "Traceback" not in told.stderr, told


def test_a_device_that_does_not_exist_is_named(sound_card: Environment, service: RunningService):
    told = bot_mic(sound_card | service.environment, "--input", "蓝牙耳机")
    assert told.returncode != 0 and "找不到麦克风“蓝牙耳机”" in told.stderr and "Traceback" not in told.stderr, told


def test_without_the_service_the_caller_is_told_to_start_it(sound_card: Environment, service: RunningService):
    told = bot_mic(sound_card | service.environment | {"HOTLINE_RASA__URL": "http://127.0.0.1:9"})
    assert told.returncode != 0 and "make run" in told.stderr and "Traceback" not in told.stderr, told
