"""Order numbers: easy to key, and a slip of the finger is noticed before anything is looked up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.order_number import in_fours, is_order_number, order_number

DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))


@given(DAYS, st.integers(0, 9), st.integers(1, 9999), st.integers(0, 11), st.integers(1, 9))
def test_a_number_is_one_and_with_any_one_digit_wrong_it_is_none(day, kind, serial, place, off):
    digits = order_number(day, kind, serial).replace("-", "")
    assert is_order_number(digits) and len(digits) == 12
    wrong = digits[:place] + str((int(digits[place]) + off) % 10) + digits[place + 1 :]
    assert not is_order_number(wrong)


def test_it_is_shown_in_fours_however_it_was_written():
    assert order_number(date(2026, 11, 24), 1, 1) == "2611-2410-0015"
    assert in_fours("261124100015") == in_fours("2611 2410 0015") == "2611-2410-0015"
    assert not is_order_number("2611-2410-0015") and not is_order_number("26112410001") and not is_order_number("")


@pytest.mark.parametrize(("kind", "serial"), [(10, 1), (-1, 1), (1, 0), (1, 10000)])
def test_what_does_not_fit_is_refused(kind, serial):
    with pytest.raises(ValueError):
        order_number(date(2026, 11, 24), kind, serial)
