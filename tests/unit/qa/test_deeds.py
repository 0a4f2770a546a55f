"""What a report says of a step: never a password's digit."""

import pytest

from bot.qa.caller import deed
from bot.qa.script import Step


@pytest.mark.parametrize(
    ("step", "shown"),
    [
        (Step(1, press="2"), "按键 2"),
        (Step(1, press="286931"), "按键 6 个键"),
        (Step(1, press="810071081737#286931"), "按键 19 个键"),
        (Step(1, type="286931"), "打字：（密码）"),
        (Step(1, type="我的密码是286931"), "打字：（密码）"),
        (Step(1, type="我的账号是810071081737"), "打字：我的账号是********1737"),
        (Step(1, say="二八六九三幺"), "说：（密码）"),
    ],
)
def test_a_step_is_told_without_secrets(step: Step, shown: str):
    assert deed(step, private=False) == shown


@pytest.mark.parametrize("piece", ["2", "86", "931"])
def test_while_a_password_is_due_no_key_is_shown(piece: str):
    assert deed(Step(1, press=piece), private=True) == f"按键 {len(piece)} 个键"
