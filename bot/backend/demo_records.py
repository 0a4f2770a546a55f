"""What the demo keeps, sealed, about one invented person or unit."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from bot.backend.records import Loan, LoanApplication, PersonalAccount, UnitAccount, Withdrawal


@dataclass(frozen=True, slots=True)
class PersonRecords:
    """All business data of one person. Numbers that log in are not among it: their fingerprints are enough."""

    name: str
    phone: str
    """Registered telephone."""

    account: PersonalAccount
    loan: Loan | None
    application: LoanApplication | None
    withdrawal: Withdrawal | None
    known_digits: tuple[str, ...]
    """Six digits that others may know of this person (weak_passwords.ends_of)."""


@dataclass(frozen=True, slots=True)
class UnitRecords:
    """All business data of one unit."""

    account: UnitAccount
    phone: str
    known_digits: tuple[str, ...]


PERSON = TypeAdapter(PersonRecords)
UNIT = TypeAdapter(UnitRecords)
"""To and from JSON; decimals stay decimals."""
