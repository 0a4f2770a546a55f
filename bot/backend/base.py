"""Business data as the hotline sees it. Implementations: demo (on our store), http (a centre's own system)."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bot.backend.records import LastFour, Loan, LoanApplication, PersonalAccount, UnitAccount, Withdrawal


class LoginStatus(Enum):
    """How a login ended, as the caller may hear it. Never says which of number and password was wrong."""

    BEGUN = "begun"
    OK = "ok"
    MUST_CHANGE = "must_change"
    """The password was right, but it is the one handed out, or anybody would try it first: nothing is told and
    nothing done before it has been changed."""

    WRONG = "wrong"
    LOCKED = "locked"
    """Too many wrong ones today, for this account or from this telephone."""

    PAUSED = "paused"
    """Too many wrong ones on the whole line: for the rest of the hour only registered telephones log in."""

    NO_PASSWORD = "no_password"
    """Nothing, or not six digits, was entered: not counted as an attempt."""

    NO_KEYS = "no_keys"
    """The caller has no keypad or does not know the password: needs a way out."""

    UNAVAILABLE = "unavailable"


class PasswordChange(Enum):
    """What became of a new password."""

    CHANGED = "changed"
    WEAK = "weak"
    """Not accepted: trivial, the end of one of the caller's numbers, their birthday, or the one they had."""


class LoginKind(Enum):
    """Whose account a login is for. A unit logged in is no person, and the other way round."""

    PERSON = "person"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class LoginOutcome:
    """What became of the login of a call."""

    status: LoginStatus
    attempts_left: int = 0
    """Wrong passwords still allowed today for this number."""

    last_four: LastFour = ""
    kind: LoginKind = LoginKind.PERSON


class Backend(Protocol):
    """Login and data of one centre. Every method may raise BackendError, with the codes of http_wire.py for whatever
    keeps the business system from answering."""

    async def begin_login(
        self, call_id: str, number: str, kind: LoginKind = LoginKind.PERSON, *, caller: str = ""
    ) -> str:
        """Remember (encrypted) which number wants to log in, whether it exists or not; the last four back.

        Whoever was logged in on this call before is forgotten, and so are the numbers they gave. `caller`: the number
        that telephones, '' if the exchange gave none.
        """
        ...

    async def keep_number(self, call_id: str, kind: str, number: str) -> None:
        """Keep (encrypted, until the call ends) a number the caller gave for another purpose than to log in.

        `kind`: 'phone', 'order' … (bot.call.number_kinds); a later number of the kind replaces an earlier one.
        """
        ...

    async def collected_number(self, call_id: str, kind: str) -> str | None:
        """The number of this kind that the caller gave on this call; None if there is none."""
        ...

    async def verify_password(self, call_id: str, password: str) -> LoginOutcome:
        """Check the six digits for the login begun; count wrong ones per account and day; write the outcome.

        A right one that was never changed, or is trivial, gives MUST_CHANGE instead of OK.

        Same time and same answer for an unknown number as for a wrong password (argon2id either way).
        """
        ...

    async def note_login(self, call_id: str, status: LoginStatus) -> None:
        """Write an outcome that needs no check (NO_PASSWORD, NO_KEYS)."""
        ...

    async def login(self, call_id: str) -> LoginOutcome | None:
        """The login state of this call, or None if none was begun."""
        ...

    async def refuses_password(self, call_id: str, password: str) -> bool:
        """Whether whoever is logged in may not choose these six digits. Raises BackendError('not_logged_in')."""
        ...

    async def change_password(self, call_id: str, password: str) -> PasswordChange:
        """Give whoever is logged in (also with MUST_CHANGE, which it ends) a new password, unless it is refused.

        Raises BackendError('not_logged_in').
        """
        ...

    async def log_out(self, call_id: str) -> None:
        """The call ended: forget identity and all numbers given."""
        ...

    async def personal_account(self, call_id: str) -> PersonalAccount:
        """The account of the person logged in. Raises BackendError('not_logged_in')."""
        ...

    async def loan(self, call_id: str) -> Loan | None:
        """Their loan, None if they have none. Raises BackendError('not_logged_in')."""
        ...

    async def loan_application(self, call_id: str) -> LoanApplication | None:
        """Their last application for a loan, None if there is none. Raises BackendError('not_logged_in')."""
        ...

    async def withdrawal(self, call_id: str) -> Withdrawal | None:
        """Their last withdrawal, None if there is none. Raises BackendError('not_logged_in')."""
        ...

    async def unit_account(self, call_id: str) -> UnitAccount:
        """The account of the unit logged in. Raises BackendError('not_logged_in')."""
        ...
