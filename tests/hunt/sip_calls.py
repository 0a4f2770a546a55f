"""The hunt's calls by SIP through a real Asterisk that logs and records as it likes.

A SIP caller does not hear: the steps come at times that leave room for a slow machine.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bot.backend.demo_customers import DemoCustomer
from bot.store.calls import calls, journal_of
from bot.store.database import Database
from bot.store.sealing import Seal
from tests.hunt.calls import Entered
from tests.hunt.plots import NUMERALS
from tests.hunt.strangers import Secrets
from tests.support.asterisk import Asterisk
from tests.support.caller_voice import CallerVoice
from tests.support.fake_exchange import tone
from tests.support.service import RunningService
from tests.support.sip_script import SipScript, place

ASTERISK = "Asterisk"
AT_ONCE = 3
CALLER, TONES = "caller", "inband"


@dataclass(frozen=True)
class SipPlot:
    """One way to enter a password; what the password phases come to."""

    name: str
    enter: Callable[[SipScript, DemoCustomer, str, bytes], SipScript]
    outcome: str
    right: bool = False
    trunk: str = CALLER


def to_the_password(script: SipScript, customer: DemoCustomer) -> SipScript:
    return script.press("2").wait(6).press("1").wait(7).press(customer.account + "#").wait(7)


def once(script: SipScript, customer: DemoCustomer, password: str, _: bytes) -> SipScript:
    return to_the_password(script, customer).press(password).wait(9)


def typed_ahead(script: SipScript, customer: DemoCustomer, password: str, _: bytes) -> SipScript:
    return script.press("2").wait(6).press("1").wait(7).press(f"{customer.account}#{password}").wait(12)


def a_digit_too_many(script: SipScript, customer: DemoCustomer, password: str, _: bytes) -> SipScript:
    return to_the_password(script, customer).press(password + password[-1]).wait(9)


def hung_up_in_the_middle(script: SipScript, customer: DemoCustomer, password: str, _: bytes) -> SipScript:
    return to_the_password(script, customer).press(password[:5])


def spoken_aloud(script: SipScript, customer: DemoCustomer, password: str, said: bytes) -> SipScript:
    return to_the_password(script, customer).say(said).wait(1).press(password).wait(9)


def as_tones(script: SipScript, customer: DemoCustomer, password: str, _: bytes) -> SipScript:
    """The trunk sends no key at all but as its tone; the exchange detects them."""
    for keys, seconds in (("2", 6), ("1", 7), (customer.account + "#", 7), (password, 9)):
        for key in keys:
            script.say(tone(key, 0.1) + bytes(3200))
        script.wait(seconds)
    return script


PLOTS = (
    SipPlot("right", once, "ok", right=True),
    SipPlot("wrong", once, "wrong"),
    SipPlot("wrong, typed ahead", typed_ahead, "wrong"),
    SipPlot("wrong, a digit too many", a_digit_too_many, "wrong"),
    SipPlot("hung up in the middle", hung_up_in_the_middle, ""),
    SipPlot("wrong, spoken aloud too", spoken_aloud, "wrong"),
    SipPlot("wrong, keys as tones only", as_tones, "wrong", trunk=TONES),
)


class SipCalls:
    """Places them, some at once."""

    def __init__(
        self,
        asterisk: Asterisk,
        service: RunningService,
        customers: list[DemoCustomer],
        more: Secrets,
        caller: CallerVoice,
        folder: Path,
    ) -> None:
        self.entered = Entered()
        self._asterisk = asterisk
        self._service = service
        self._customers = iter(customers)
        self._secrets = more
        self._caller = caller
        self._folder = folder
        self._room = asyncio.Semaphore(AT_ONCE)

    async def play_all(self, rounds: int) -> None:
        """Every plot so many times."""
        async with asyncio.TaskGroup() as tasks:
            for number in range(rounds):
                for place_in_round, plot in enumerate(PLOTS):
                    tasks.create_task(self._play(plot, f"{number}-{place_in_round}"))
        expected = Counter(plot.outcome for plot in PLOTS for _ in range(rounds) if plot.outcome)
        missing = expected - await self._outcomes()
        self.entered.otherwise += [f"{ASTERISK}: {outcome}" for outcome in missing.elements()]

    async def _play(self, plot: SipPlot, name: str) -> None:
        customer = next(self._customers)
        password = customer.password if plot.right else self._secrets.draw()
        self.entered.passwords.append(password)
        said = await self._caller.says("".join(NUMERALS[int(digit)] for digit in password))
        script = plot.enter(SipScript().wait(4), customer, password, said)
        folder = self._folder / name
        folder.mkdir()
        async with self._room:
            await place(self._asterisk.one_more_telephone(), script, folder, 0.1, plot.trunk)
        self.entered.calls[plot.name, ASTERISK] += 1

    async def _outcomes(self) -> Counter[str]:
        """Of all password phases of calls that came through this exchange."""
        await asyncio.sleep(2.0)
        seal = Seal.from_file(self._service.folder / "secret.key")
        database = Database(self._service.environment["HOTLINE_DATABASE_URL"])
        with database.reading() as connection:
            rows = connection.execute(sa.select(calls.c.call_id, calls.c.sealed_caller)).all()
        mine = [row.call_id for row in rows if row.sealed_caller and seal.open(row.sealed_caller) in (CALLER, TONES)]
        kept = [await journal_of(database, seal, call_id) for call_id in mine]
        database.close()
        entries = [entry for call in kept if call is not None for entry in call.entries]
        return Counter(entry.facts["outcome"] for entry in entries if entry.kind == "pin")
