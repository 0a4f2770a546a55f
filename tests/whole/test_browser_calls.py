"""Whole calls at the browser phone, in a real Chromium, through everything that make run starts.

Three starts of Chromium: a caller who speaks and presses keys, one who only reads, writes and presses keys, and one at
another machine's name over TLS, at the browser's own microphone with its echo canceller.
"""

import json
import re
from pathlib import Path

import numpy as np

from bot.audio.wav import line_audio, write_wav
from bot.backend.demo_customers import read_customers
from tests.channels.test_browser_sound import LOUDSPEAKER_TAP, played_by
from tests.conftest import ROOT
from tests.support.caller_voice import CallerVoice
from tests.support.chromium import BrowserCaller, caller_at
from tests.support.listener import Listener
from tests.support.newest_call import heard, newest_call, outcomes
from tests.support.service import RunningService, running_service

CUSTOMERS = [c for c in read_customers(ROOT / "content" / "demo" / "customers.yml") if c.status == "01"]
RATE = "2.6%"
ELSEWHERE = "phone.test"
STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href, history.state])"


class Frames:
    """The text frames a page's WebSocket sent and received (sound is binary)."""

    def __init__(self, caller: BrowserCaller) -> None:
        self.sent: list[str] = []
        self.received: list[str] = []
        caller.page.on("websocket", self._watch)

    def _watch(self, line: object) -> None:
        line.on("framesent", lambda data: self._keep(self.sent, data))  # type: ignore[attr-defined]
        line.on("framereceived", lambda data: self._keep(self.received, data))  # type: ignore[attr-defined]

    def _keep(self, kept: list[str], data: object) -> None:
        if isinstance(data, str):
            kept.append(data)

    def other_than_keys(self) -> str:
        """All of it, but what says which key was pressed."""
        return "\n".join(self.received + [text for text in self.sent if json.loads(text)["type"] != "key"])


async def enter_password(caller: BrowserCaller, password: str) -> None:
    """Six keys, each of them unseen."""
    for count, key in enumerate(password, start=1):
        await caller.press(key)
        page = await caller.page.content()
        assert password[:count] not in re.sub(r"<output id=\"pressed\">●+</output>", "", page) or count < 3
        assert await caller.page.inner_text("#pressed") == "●" * count
        assert await caller.page.locator("#pad button.down").count() == 0


def recording(path: Path, samples: bytes) -> Path:
    write_wav(path, samples)
    return path


async def test_a_caller_asks_logs_in_and_wants_a_person(
    service: RunningService, caller: CallerVoice, listener: Listener, tmp_path: Path
):
    customer = CUSTOMERS[0]
    question = recording(tmp_path / "question.wav", await caller.says("公积金贷款利率是多少"))
    person = recording(tmp_path / "person.wav", await caller.says("转人工"))
    address = f"http://127.0.0.1:{service.web_port}/"
    async with caller_at(address, speaks=True, script=LOUDSPEAKER_TAP) as phone:
        frames = Frames(phone)
        await phone.call()
        await phone.wait_for_caption("住房公积金", 20)
        await phone.page.wait_for_timeout(1500)
        await phone.says(question)  # over the greeting
        await phone.wait_for_caption("公积金贷款利率是多少", 10)
        await phone.wait_for_caption(RATE, 30)
        await phone.wait_for_caption("第二套房", 30)  # the sentence after it
        await phone.press("2")
        await phone.wait_for_caption("业务查询", 20)
        await phone.press("1")
        await phone.wait_for_caption("请输入或者说出", 20)
        await phone.press(customer.account + "#")
        await phone.wait_for_state("private", 20)
        before = await phone.page.content()
        await enter_password(phone, customer.password)
        await phone.wait_for_caption("余额", 30)
        assert customer.password not in frames.other_than_keys() + await phone.page.content() + before
        assert await phone.page.evaluate(STORED) == f'[{{}},{{}},"","{address}",null]'
        await phone.wait_for_caption("每月", 30)  # the sentence after the balance: the caller may interrupt again
        await phone.page.wait_for_timeout(1000)
        await phone.says(person)
        await phone.wait_for_caption("手机号码", 20)  # nobody could ring back without it
        await phone.press(customer.phone)
        await phone.page.locator("#notes li").wait_for(timeout=30_000)
        sound, _, rate = await played_by(phone)
        await phone.hang_up()
        await phone.wait_for_state("over")
        (note,) = await phone.notes()
        captions = await phone.captions()
        await phone.page.screenshot(path=tmp_path / "phone.png")
        assert [said for said in phone.complaints if "ScriptProcessorNode" not in said] == []  # that one is the tap's
    assert re.fullmatch(r"回电工单 \S+", note)
    assert customer.account not in str(captions) and customer.phone not in str(captions)
    heard_sound = line_audio(np.asarray(sound, float), rate)
    answers = [text for kind, text in captions if kind == "said" and (RATE in text or "余额" in text)]
    assert [await listener.likeness(heard_sound, text) > 0.9 for text in answers] == [True, True], answers
    assert await listener.likeness(heard_sound, "您的业务已经办好了。") < 0.7  # which nobody said
    journal = await newest_call(service, "browser")
    assert heard(journal) == ["公积金贷款利率是多少", "转人工"]
    assert outcomes(journal, "pin") == ["ok"] and outcomes(journal, "hand_off") == ["call_back"]


async def test_all_of_it_by_reading_writing_and_keys_without_a_microphone(service: RunningService):
    customer = CUSTOMERS[1]
    async with caller_at(f"http://127.0.0.1:{service.web_port}/", microphone=False) as phone:
        frames = Frames(phone)
        await phone.call(silently=True)
        await phone.wait_for_caption("住房公积金", 20)
        await phone.write("公积金贷款利率是多少")  # over the greeting
        await phone.wait_for_caption(RATE, 30)
        await phone.page.focus("#pad button")  # keys of the computer, outside the text box
        await phone.strike("2")
        await phone.wait_for_caption("业务查询", 20)
        await phone.strike("1")
        await phone.wait_for_caption("请输入或者说出", 20)
        await phone.strike(customer.account + "#")
        await phone.wait_for_state("private", 20)
        await phone.strike(customer.password)
        await phone.wait_for_caption("每月", 30)
        await phone.write("转人工")
        await phone.wait_for_caption("手机号码", 20)
        await phone.page.focus("#pad button")
        await phone.strike(customer.phone)
        await phone.page.locator("#notes li").wait_for(timeout=30_000)
        await phone.hang_up()
        await phone.wait_for_state("over")
        assert re.fullmatch(r"回电工单 \S+", (await phone.notes())[0])  # stays after the call
        assert customer.password not in frames.other_than_keys() + await phone.page.content()
        assert phone.complaints == []
    journal = await newest_call(service, "browser")
    assert {entry.facts["by"] for entry in journal.entries if entry.kind == "heard"} == {"text"}
    assert heard(journal) == ["公积金贷款利率是多少", "转人工"]
    assert outcomes(journal, "pin") == ["ok"] and outcomes(journal, "hand_off") == ["call_back"]
    assert not any(entry.kind in ("no_input", "no_match") for entry in journal.entries)


async def test_over_tls_at_another_name_the_browsers_own_microphone_is_understood(caller: CallerVoice, tmp_path: Path):
    """Chromium's echo canceller, noise filter and gain control work on what it hears, while the greeting sounds."""
    speech = recording(
        tmp_path / "caller.wav", bytes(16000 * 4) + await caller.says("公积金贷款利率是多少") + bytes(16000 * 30)
    )
    names = json.dumps([ELSEWHERE])
    with running_service(tmp_path, HOTLINE_WEB__TLS="self_signed", HOTLINE_WEB__TLS_NAMES=names) as service:
        assert "https://" in service.told
        elsewhere = (f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",)
        address = f"https://{ELSEWHERE}:{service.web_port}/"
        async with caller_at(address, wav=speech, flags=elsewhere, ignore_https_errors=True) as phone:
            asked = "navigator.mediaDevices.getSupportedConstraints().echoCancellation && isSecureContext"
            assert await phone.page.evaluate(asked) is True
            await phone.call()
            await phone.wait_for_caption("公积金贷款利率是多少", 40)
            await phone.wait_for_caption(RATE, 20)
            await phone.hang_up()
            assert phone.complaints == []
        journal = await newest_call(service, "browser")
    assert heard(journal) == ["公积金贷款利率是多少"]
