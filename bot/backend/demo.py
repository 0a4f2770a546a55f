"""The demo centre: invented customers in our own store, with the real rules of logging in."""

import json
from collections.abc import Callable
from datetime import date, datetime

import sqlalchemy as sa

from bot.backend.attempt import Attempt, account_count, take_attempt
from bot.backend.base import LoginKind, LoginOutcome, LoginStatus, PasswordChange
from bot.backend.call_numbers import CALL_LASTS, CallNumbers
from bot.backend.demo_records import PERSON, UNIT, PersonRecords
from bot.backend.login_limits import USUAL_LIMITS, LoginLimits
from bot.backend.numbers import number_fingerprint, phone_key
from bot.backend.persons import logged_in_as
from bot.backend.records import Loan, LoanApplication, PersonalAccount, UnitAccount, Withdrawal
from bot.backend.store_errors import backend_errors
from bot.backend.weak_passwords import is_trivial, is_weak
from bot.errors import BackendError
from bot.store import attempts, collected_numbers, credentials, logins
from bot.store.attempts import Count
from bot.store.credentials import Credential
from bot.store.database import Database
from bot.store.demo_accounts import sealed_record
from bot.store.logins import Login
from bot.store.passwords import Passwords
from bot.store.sealing import Seal
from bot.store.working_days import BEIJING


class DemoBackend:
    """`Backend` on the store. Two processes (the line, the actions) may each have one on the same database."""

    def __init__(
        self,
        database: Database,
        seal: Seal,
        passwords: Passwords,
        limits: LoginLimits = USUAL_LIMITS,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(BEIJING),
    ) -> None:
        self._database = database
        self._seal = seal
        self._passwords = passwords
        self._limits = limits
        self._now = now
        self._numbers = CallNumbers(database, seal, now=now)

    async def begin_login(
        self, call_id: str, number: str, kind: LoginKind = LoginKind.PERSON, *, caller: str = ""
    ) -> str:
        """Remember (encrypted) which number wants to log in, whether it exists or not; the last four back.

        Whoever was logged in on this call before is forgotten, and so are the numbers they gave.
        """
        now, last_four = self._now(), number[-4:]

        def begin(connection: sa.Connection) -> None:
            before = logins.find(connection, call_id, now)
            if before is not None and before.account_key is not None:
                collected_numbers.forget(connection, call_id, now)
            logins.begin(
                connection,
                call_id,
                sealed_number=self._seal.seal(number),
                fingerprint=number_fingerprint(self._seal, number, unit=kind is LoginKind.UNIT),
                last_four=last_four,
                expires=now + CALL_LASTS,
                kind=kind.value,
                caller_key=phone_key(self._seal, caller) if caller else None,
            )

        with backend_errors():
            await self._database.write(begin)
        return last_four

    async def keep_number(self, call_id: str, kind: str, number: str) -> None:
        """Keep (encrypted, until the call ends) a number the caller gave for another purpose than to log in."""
        await self._numbers.keep(call_id, kind, number)

    async def collected_number(self, call_id: str, kind: str) -> str | None:
        """The number of this kind that the caller gave on this call; None if there is none."""
        return await self._numbers.given(call_id, kind)

    async def verify_password(self, call_id: str, password: str) -> LoginOutcome:
        """Check the six digits, within the limits (login_limits.py).

        The attempt is counted before it is checked and given back if it was right: so calls at the same time cannot
        try more often, and a process killed in between errs on the safe side.
        """
        if len(password) != 6 or not (password.isascii() and password.isdecimal()):
            return await self._note_unchecked(call_id, LoginStatus.NO_PASSWORD)
        with backend_errors():
            attempt, known = await self._database.write(lambda connection: self._take_attempt(connection, call_id))
            if attempt.refused is not None:
                return await self._note(call_id, attempt.refused, 0)
            password_hash = known.password_hash if known else self._passwords.of_nobody
            if await self._passwords.fits(password_hash, password) and known:
                right = LoginStatus.MUST_CHANGE if known.initial or is_trivial(password) else LoginStatus.OK
                return await self._note(call_id, right, attempt.left + 1, known, attempt.counted)
            return await self._note(call_id, LoginStatus.WRONG if attempt.left else LoginStatus.LOCKED, attempt.left)

    async def note_login(self, call_id: str, status: LoginStatus) -> None:
        """Write an outcome that needs no check (NO_PASSWORD, NO_KEYS, UNAVAILABLE)."""
        if status in (LoginStatus.OK, LoginStatus.MUST_CHANGE, LoginStatus.BEGUN):
            raise BackendError("status_needs_check", f"{status.value} cannot be noted without a check")
        await self._note_unchecked(call_id, status)

    async def login(self, call_id: str) -> LoginOutcome | None:
        """The login state of this call, or None if none was begun."""
        with backend_errors():
            login = await self._database.read(lambda connection: logins.find(connection, call_id, self._now()))
        return _outcome(login, LoginStatus(login.status), login.attempts_left) if login else None

    async def refuses_password(self, call_id: str, password: str) -> bool:
        """Whether whoever is logged in may not choose these: trivial, known to others, or the ones they had."""
        with backend_errors():
            known, had = await self._database.read(lambda connection: self._not_to_choose(connection, call_id))
            return is_weak(password, known) or await self._passwords.fits(had, password)

    async def change_password(self, call_id: str, password: str) -> PasswordChange:
        """Give whoever is logged in (also with MUST_CHANGE, which it ends) a new password, unless it is refused."""
        if len(password) != 6 or await self.refuses_password(call_id, password):
            return PasswordChange.WEAK

        def change(connection: sa.Connection) -> None:
            key = self._whose(connection, call_id)
            credentials.set_password(connection, key, password_hash)
            logins.note(connection, call_id, LoginStatus.OK.value, self._limits.per_account_a_day, key)

        with backend_errors():
            password_hash = await self._passwords.hashed(password)
            await self._database.write(change)
        return PasswordChange.CHANGED

    async def log_out(self, call_id: str) -> None:
        """The call ended: forget identity and all numbers given."""

        def forget(connection: sa.Connection) -> None:
            logins.forget(connection, call_id, self._now())
            collected_numbers.forget(connection, call_id, self._now())
            attempts.forget_old(connection, self._today())

        with backend_errors():
            await self._database.write(forget)

    async def personal_account(self, call_id: str) -> PersonalAccount:
        """The account of the person logged in. Raises BackendError('not_logged_in')."""
        return (await self._person(call_id)).account

    async def loan(self, call_id: str) -> Loan | None:
        """Their loan, None if they have none. Raises BackendError('not_logged_in')."""
        return (await self._person(call_id)).loan

    async def loan_application(self, call_id: str) -> LoanApplication | None:
        """Their last application for a loan, None if there is none. Raises BackendError('not_logged_in')."""
        return (await self._person(call_id)).application

    async def withdrawal(self, call_id: str) -> Withdrawal | None:
        """Their last withdrawal, None if there is none. Raises BackendError('not_logged_in')."""
        return (await self._person(call_id)).withdrawal

    async def unit_account(self, call_id: str) -> UnitAccount:
        """The account of the unit logged in. Raises BackendError('not_logged_in')."""
        return UNIT.validate_json(await self._record(call_id, LoginKind.UNIT)).account

    async def _person(self, call_id: str) -> PersonRecords:
        return PERSON.validate_json(await self._record(call_id, LoginKind.PERSON))

    async def _record(self, call_id: str, kind: LoginKind) -> str:
        with backend_errors():
            sealed = await self._database.read(lambda connection: self._sealed_record(connection, call_id, kind))
            return self._seal.open(sealed)

    def _whose(self, connection: sa.Connection, call_id: str) -> str:
        """The account of whoever gave the right password on this call, to be changed or not."""
        login = logins.find(connection, call_id, self._now())
        if login is None or login.account_key is None:
            raise BackendError("not_logged_in", "nobody is logged in on this call")
        return login.account_key

    def _not_to_choose(self, connection: sa.Connection, call_id: str) -> tuple[tuple[str, ...], str]:
        """Six digits that others may know of whoever is logged in, and the hash of their password."""
        key = self._whose(connection, call_id)
        record = json.loads(self._seal.open(sealed_record(connection, key) or b""))
        return tuple(record["known_digits"]), credentials.password_hash_of(connection, key)

    def _take_attempt(self, connection: sa.Connection, call_id: str) -> tuple[Attempt, Credential | None]:
        login = self._begun(connection, call_id)
        known = credentials.credential_of(connection, login.fingerprint)
        return take_attempt(connection, login, known, self._limits, self._now()), known

    def _sealed_record(self, connection: sa.Connection, call_id: str, kind: LoginKind) -> bytes:
        login = logged_in_as(connection, call_id, kind, self._now())
        if login is None or login.account_key is None:
            raise BackendError("not_logged_in", f"no {kind.value} is logged in on this call")
        sealed = sealed_record(connection, login.account_key)
        if sealed is None:
            raise BackendError("no_account", "the account is no longer there")
        return sealed

    def _begun(self, connection: sa.Connection, call_id: str) -> Login:
        login = logins.find(connection, call_id, self._now())
        if login is None:
            raise BackendError("no_login", "no login was begun on this call, or it expired")
        return login

    async def _note(
        self,
        call_id: str,
        status: LoginStatus,
        left: int,
        whose: Credential | None = None,
        give_back: tuple[Count, ...] = (),
    ) -> LoginOutcome:
        def write(connection: sa.Connection) -> LoginOutcome:
            login = self._begun(connection, call_id)
            logins.note(connection, call_id, status.value, left, whose.account_key if whose else None)
            for count in give_back:
                attempts.give_back(connection, count)
            return _outcome(login, status, left)

        return await self._database.write(write)

    async def _note_unchecked(self, call_id: str, status: LoginStatus) -> LoginOutcome:
        def write(connection: sa.Connection) -> LoginOutcome:
            login = self._begun(connection, call_id)
            known = credentials.credential_of(connection, login.fingerprint)
            left = attempts.left(connection, account_count(login, known, self._limits, self._now()))
            logins.note(connection, call_id, status.value, left)
            return _outcome(login, status, left)

        with backend_errors():
            return await self._database.write(write)

    def _today(self) -> date:
        """The centre's local day."""
        return self._now().astimezone(BEIJING).date()


def _outcome(login: Login, status: LoginStatus, left: int) -> LoginOutcome:
    return LoginOutcome(status, left, login.last_four, LoginKind(login.kind))
