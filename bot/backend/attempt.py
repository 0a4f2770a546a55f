"""One attempt at a password: which limits it counts against, and whether they allow it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.backend.base import LoginStatus
from bot.backend.login_limits import LoginLimits
from bot.store import attempts
from bot.store.attempts import Count
from bot.store.credentials import Credential
from bot.store.logins import Login
from bot.store.working_days import BEIJING


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of asking for an attempt."""

    refused: LoginStatus | None
    """LOCKED or PAUSED: no password is checked. None: check it."""

    left: int
    """Wrong ones that the account allows after this one."""

    counted: tuple[Count, ...]
    """To be given back if the password is right."""


def account_count(login: Login, known: Credential | None, limits: LoginLimits, now: datetime) -> Count:
    """The account's own count; a number that nobody has is counted just the same."""
    return Count(known.account_key if known else login.fingerprint, _local(now).date(), limits.per_account_a_day)


def take_attempt(
    connection: sa.Connection, login: Login, known: Credential | None, limits: LoginLimits, now: datetime
) -> Attempt:
    """Count an attempt before it is checked, in one transaction with the login's row.

    The answer is the same for a number that nobody has: no limit looks at it, but for the registered telephone, which
    its owner knows anyway.
    """
    counted: list[Count] = []
    for count, refused in _counts(login, known, limits, now):
        left = attempts.take(connection, count)
        if left is None:
            for taken in counted:
                attempts.give_back(connection, taken)
            return Attempt(refused, 0, ())
        counted.append(count)
    return Attempt(None, left or 0, tuple(counted))


def _counts(
    login: Login, known: Credential | None, limits: LoginLimits, now: datetime
) -> list[tuple[Count, LoginStatus]]:
    """The limits in the order in which they are asked: whoever may not try at all does not touch the account's."""
    hour = _local(now)
    at_home = login.caller_key is not None and known is not None and login.caller_key == known.phone_key
    counts = [(account_count(login, known, limits, now), LoginStatus.LOCKED)]
    if at_home:
        return counts
    if login.caller_key is not None:
        caller = Count(login.caller_key, hour.date(), limits.per_caller_a_day)
        counts.insert(0, (caller, LoginStatus.LOCKED))
    else:
        unknown = Count(f"no number {hour:%H}", hour.date(), limits.without_number_an_hour)
        counts.insert(0, (unknown, LoginStatus.PAUSED))
    line = Count(f"line {hour:%H}", hour.date(), limits.on_the_line_an_hour)
    return [(line, LoginStatus.PAUSED), *counts]


def _local(now: datetime) -> datetime:
    return now.astimezone(BEIJING)
