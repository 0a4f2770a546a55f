"""argon2id for six-digit passwords, in two threads of its own, so that it neither blocks the loop nor fills the CPU."""

import asyncio
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Makes and checks hashes. No password stays here, in an exception, or in a repr."""

    def __init__(self, memory_kib: int = 47104) -> None:
        """`memory_kib`: what making or checking a hash takes, and with it the time (argon2's m)."""
        # 46 MiB and two passes: about 80 ms on one core of a small server, OWASP's minimum for m=46 MiB doubled.
        # Six digits fall to any offline search that has hash *and* time; the key file must be stolen too, for the
        # numbers to be found. Against guessing by telephone the count of wrong attempts protects.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="passwords")
        self.of_nobody = self._hasher.hash(secrets.token_hex(16))
        """Checked for unknown numbers, so that they take the same time."""

    def hashes(self, passwords: Iterable[str]) -> dict[str, str]:
        """A hash for each different password, two at a time (blocks about 40 ms each)."""
        different = sorted(set(passwords))
        return dict(zip(different, self._threads.map(self._hasher.hash, different), strict=True))

    async def hashed(self, password: str) -> str:
        """A hash for a new password."""

        def make() -> str:
            return self._hasher.hash(password)

        return await asyncio.get_running_loop().run_in_executor(self._threads, make)

    async def fits(self, password_hash: str, password: str) -> bool:
        """Whether this is the password."""

        def check() -> bool:
            try:
                return self._hasher.verify(password_hash, password)
            except (VerificationError, InvalidHashError):
                return False

        # A closure and not an argument: in debug mode asyncio prints the arguments of what it runs.
        return await asyncio.get_running_loop().run_in_executor(self._threads, check)
