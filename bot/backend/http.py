"""Login and account data of a centre's own system, over HTTP (docs/backend.md).

That system knows, for each call, who is logged in; nothing of it is kept here but which calls began a login, and the
numbers a caller gives for other purposes (call_numbers.py). A password is in the body of the three requests that are
about one, and nowhere else.
"""

from pydantic import TypeAdapter

from bot.backend.base import LoginKind, LoginOutcome, LoginStatus, PasswordChange
from bot.backend.call_numbers import CallNumbers
from bot.backend.http_wire import ANYTHING, Wire
from bot.backend.records import Loan, LoanApplication, PersonalAccount, UnitAccount, Withdrawal
from bot.errors import BackendError

OUTCOME = TypeAdapter(LoginOutcome)
STATE: TypeAdapter[LoginOutcome | None] = TypeAdapter(LoginOutcome | None)
YES_NO = TypeAdapter(bool)
CHANGE = TypeAdapter(PasswordChange)
ACCOUNT = TypeAdapter(PersonalAccount)
LOAN: TypeAdapter[Loan | None] = TypeAdapter(Loan | None)
APPLICATION: TypeAdapter[LoanApplication | None] = TypeAdapter(LoanApplication | None)
WITHDRAWAL: TypeAdapter[Withdrawal | None] = TypeAdapter(Withdrawal | None)
UNIT = TypeAdapter(UnitAccount)

PIN_LENGTH = 6
LOGGED_IN = (LoginStatus.OK, LoginStatus.MUST_CHANGE)


class HttpBackend:
    """`Backend` over the wire. Two processes (the line, the actions) each have one: the call's id joins them.

    The one in which a login begins is the one in which the call ends: the line's.
    """

    def __init__(self, wire: Wire, numbers: CallNumbers) -> None:
        self._wire = wire
        self._numbers = numbers
        self._began_login: set[str] = set()
        """Calls that the centre's system may know a login of."""

    async def begin_login(
        self, call_id: str, number: str, kind: LoginKind = LoginKind.PERSON, *, caller: str = ""
    ) -> str:
        """Tell which number wants to log in; the last four back. Numbers of another identity are forgotten."""
        before = await self.login(call_id) if call_id in self._began_login else None
        asked = {"call": call_id, "number": number, "kind": kind.value, "caller": caller}
        self._began_login.add(call_id)  # first: it may arrive although no answer does
        await self._wire.tell("login/begin", asked, ANYTHING)
        if before is not None and before.status in LOGGED_IN:
            await self._numbers.forget(call_id)
        return number[-4:]

    async def keep_number(self, call_id: str, kind: str, number: str) -> None:
        """Kept in our own store (encrypted, until the call ends)."""
        await self._numbers.keep(call_id, kind, number)

    async def collected_number(self, call_id: str, kind: str) -> str | None:
        """From our own store; None if there is none."""
        return await self._numbers.given(call_id, kind)

    async def verify_password(self, call_id: str, password: str) -> LoginOutcome:
        """The centre's system checks, counts and decides; what is not six digits is no attempt."""
        if len(password) != PIN_LENGTH or not (password.isascii() and password.isdecimal()):
            return await self._note(call_id, LoginStatus.NO_PASSWORD)
        return await self._wire.tell("login/check", {"call": call_id, "password": password}, OUTCOME)

    async def note_login(self, call_id: str, status: LoginStatus) -> None:
        """An outcome that needs no check."""
        if status in (*LOGGED_IN, LoginStatus.BEGUN):
            raise BackendError("status_needs_check", f"{status.value} cannot be noted without a check")
        await self._note(call_id, status)

    async def login(self, call_id: str) -> LoginOutcome | None:
        """The login state of this call."""
        return await self._wire.ask("login/state", {"call": call_id}, STATE)

    async def refuses_password(self, call_id: str, password: str) -> bool:
        """Whether whoever is logged in may not choose these six digits."""
        return await self._wire.ask("password/refused", {"call": call_id, "password": password}, YES_NO)

    async def change_password(self, call_id: str, password: str) -> PasswordChange:
        """A new password for whoever is logged in, unless it is refused."""
        if len(password) != PIN_LENGTH:
            return PasswordChange.WEAK
        return await self._wire.tell("password/change", {"call": call_id, "password": password}, CHANGE)

    async def log_out(self, call_id: str) -> None:
        """The call ended: the centre's system is told, if a login was begun. What lies here is forgotten even if it
        cannot be told."""
        began = call_id in self._began_login
        self._began_login.discard(call_id)
        try:
            if began:
                await self._wire.tell("login/end", {"call": call_id}, ANYTHING)
        finally:
            await self._numbers.forget(call_id)

    async def personal_account(self, call_id: str) -> PersonalAccount:
        """The account of the person logged in."""
        return await self._wire.ask("account", {"call": call_id}, ACCOUNT)

    async def loan(self, call_id: str) -> Loan | None:
        """Their loan, None if they have none."""
        return await self._wire.ask("loan", {"call": call_id}, LOAN)

    async def loan_application(self, call_id: str) -> LoanApplication | None:
        """Their last application for a loan, None if there is none."""
        return await self._wire.ask("loan-application", {"call": call_id}, APPLICATION)

    async def withdrawal(self, call_id: str) -> Withdrawal | None:
        """Their last withdrawal, None if there is none."""
        return await self._wire.ask("withdrawal", {"call": call_id}, WITHDRAWAL)

    async def unit_account(self, call_id: str) -> UnitAccount:
        """The account of the unit logged in."""
        return await self._wire.ask("unit", {"call": call_id}, UNIT)

    async def _note(self, call_id: str, status: LoginStatus) -> LoginOutcome:
        return await self._wire.tell("login/note", {"call": call_id, "status": status.value}, OUTCOME)
