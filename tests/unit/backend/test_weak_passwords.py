"""What nobody may choose as a password."""

import pytest

from bot.backend.weak_passwords import ends_of, is_trivial, is_weak


@pytest.mark.parametrize(
    "password", ["000000", "888888", "123456", "654321", "012345", "890123", "210987", "121212", "520520"]
)
def test_what_anybody_would_try_first_is_trivial(password):
    assert is_trivial(password)


@pytest.mark.parametrize("password", ["286913", "740258", "112233", "123457", "135790", "100000"])
def test_others_are_not(password):
    assert not is_trivial(password)


def test_the_ends_of_ones_numbers_and_the_birthday_are_known_to_others():
    known = ends_of("810071081737", "99999919661112001X", "9999998544551975662")
    assert set(known) == {"081737", "112001", "975662", "661112"}
    assert ends_of("999999196611120016") == ("120016", "661112")
    assert is_weak("661112", known) and not is_weak("286913", known)
