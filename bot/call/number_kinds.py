"""The kinds of long numbers a caller can give, and what makes one whole.

A new kind needs an entry here and its question in voices/prompts.yml (number_<kind>).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.backend.base import LoginKind
from bot.identity import ID_LENGTH, is_valid_id_number
from bot.order_number import LENGTH as ORDER_LENGTH
from bot.order_number import is_order_number


@dataclass(frozen=True, slots=True)
class NumberKind:
    """What is known of a number before anybody looks it up."""

    lengths: frozenset[int]
    is_right: Callable[[str], bool] = str.isdigit
    """Tested on digits of a right length."""

    logs_in: LoginKind | None = None
    """Whose login this number begins; None: it is sealed in the store for the actions (Backend.collected_number)."""

    @property
    def longest(self) -> int:
        """How many digits are enough."""
        return max(self.lengths)

    def fits(self, number: str) -> bool:
        """Whether this is a whole number of the kind."""
        return len(number) in self.lengths and self.is_right(number)


def _identifies(number: str) -> bool:
    """Account 12 digits, card 16, 17 or 19; 18 are read as an ID number, so that a mistyped one is noticed."""
    return is_valid_id_number(number) if len(number) == ID_LENGTH else number.isdigit()


def _is_mobile(number: str) -> bool:
    return number.isdigit() and number.startswith("1")


KINDS: Mapping[str, NumberKind] = {
    "login": NumberKind(frozenset({12, 16, 17, 18, 19}), _identifies, LoginKind.PERSON),
    "unit": NumberKind(frozenset({10, 12}), logs_in=LoginKind.UNIT),
    "phone": NumberKind(frozenset({11}), _is_mobile),
    "order": NumberKind(frozenset({ORDER_LENGTH}), is_order_number),
}
"""login: account, ID or card of a person. unit: account of a unit. phone: a mobile to ring back. order: the number of
a work order or an appointment."""
