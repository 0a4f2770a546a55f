"""How a number that a caller gives is found again without being kept readable."""

from bot.store.sealing import Seal


def number_fingerprint(seal: Seal, number: str, *, unit: bool = False) -> str:
    """The same for the same number; a unit's account and a person's are different things."""
    return seal.fingerprint(f"{'unit' if unit else 'person'}:{number.upper()}")


def phone_key(seal: Seal, phone: str) -> str:
    """A telephone number, as the one that calls and as the one registered for an account."""
    return seal.fingerprint(f"phone:{phone}")


def account_key(seal: Seal, account: str) -> str:
    """The key of one account in the store, however many numbers lead to it."""
    return seal.fingerprint(f"account:{account}")
