"""Mandarin both ways: what is written as it is spoken, what is spoken as it is written, and what must be masked."""

from bot.mandarin.asking import asks
from bot.mandarin.dates import date_in, half_in
from bot.mandarin.heard import amount_in, digits_in, number_in
from bot.mandarin.masking import holds_a_number, masked, says_password
from bot.mandarin.sentences import sentences
from bot.mandarin.spacing import spaceless
from bot.mandarin.spoken import spoken

__all__ = [
    "amount_in",
    "asks",
    "date_in",
    "digits_in",
    "half_in",
    "holds_a_number",
    "masked",
    "number_in",
    "says_password",
    "sentences",
    "spaceless",
    "spoken",
]
