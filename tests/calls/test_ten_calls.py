"""Ten whole calls as people make them, by speech and by keys, with silence, digressions, wrong answers and changes of
mind: together they visit every business that the guide gives to self-service, and every complaint it takes.

`python -m bot call tests/calls/十个电话/*.yml --save FOLDER` plays them for people to hear and read.
"""

import pytest

from bot.qa.script import load_script
from bot.qa.transcript import Transcript
from tests.calls.conftest import Play
from tests.calls.test_every_leaf import LEAVES
from tests.conftest import ROOT

pytestmark = pytest.mark.long

SCRIPTS = sorted((ROOT / "tests" / "calls" / "十个电话").glob("*.yml"))

TOLD_APART = {
    "业务指南：账户与密码": ("utter_policy_password_forgotten", ""),
    "贷款办理预约": ("utter_appointment_booked", "办理贷款"),
    "贷款还款预约": ("utter_appointment_booked", "办理提前还款"),
    "提取预约": ("utter_appointment_booked", "办理提取"),
    "投诉": ("utter_voice_closing_complaint", ""),
    "建议": ("utter_voice_closing_suggestion", ""),
    "咨询留言": ("utter_voice_closing_enquiry", ""),
}
"""Businesses whose end sounds alike: the utterance, and words of it."""


def test_ten_calls_come_out_as_written_and_together_visit_every_business(play: Play):
    calls = play([load_script(path) for path in SCRIPTS])
    assert len(calls) == 10
    assert not [failure for call in calls for failure in call.failures], "\n".join(call.as_text() for call in calls)
    assert [leaf.guide for leaf in LEAVES if not any(visits(call, leaf.guide, leaf.proved_by) for call in calls)] == []


def visits(call: Transcript, business: str, proved_by: str) -> bool:
    """Whether the caller came to this business itself."""
    utterance, words = TOLD_APART.get(business, (proved_by, ""))
    return any(
        any(name.startswith(utterance) for name in turn.facts("said", "utterance")) and words in "".join(turn.said())
        for turn in call.turns
    )
