"""A whole hunt: the calls over all channels, then the search of everything they left."""

import asyncio
import signal
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from bot.backend.demo_customers import DemoCustomer, read_customers
from bot.store.sealing import Seal
from tests.hunt.calls import BROWSER, TELEPHONE, Calls, Entered
from tests.hunt.plots import BY_KEYS, LONGER, WITH_TONES, WRITTEN
from tests.hunt.scripts import KINDS, SCRIPT, ScriptedCalls
from tests.hunt.search import Hunt
from tests.hunt.sip_calls import SipCalls
from tests.hunt.strangers import DEMO, Secrets, move_in
from tests.support.asterisk import Asterisk
from tests.support.caller_voice import CallerVoice
from tests.support.left_behind import LeftBehind
from tests.support.loopback import Loopback
from tests.support.service import RunningService

DECOYS = 200
TRAFFIC = "traffic between bot, Rasa and actions"


@dataclass(frozen=True)
class Size:
    """How many of which calls."""

    rounds: int
    short: bool = False
    """Only what CI has time for: no call that mostly waits, no exchange, one at the browser phone."""

    @property
    def customers(self) -> int:
        """Enough for every call and its second and third try."""
        return 70 * self.rounds


@dataclass
class Left:
    """What was entered, and what the search found."""

    hunt: Hunt
    entered: Entered
    typed: list[str]
    decoys: list[str]
    readable: list[str]
    """Files others on the machine may read, but the dialogue model and what this test writes."""


def left_by_calls(
    service: RunningService, folders: pytest.TempPathFactory, size: Size, asterisk: Asterisk | None = None
) -> Left:
    """The calls, then the search."""
    ports = [urlsplit(service.environment[name]).port for name in ("HOTLINE_RASA__URL", "HOTLINE_RASA__ACTIONS_URL")]
    customers, secrets = move_in(service, size.customers, folders.mktemp("strangers"))
    kinds = KINDS[-5:] if size.short else KINDS
    scripts = ScriptedCalls(folders.mktemp("scripts"), secrets, size.rounds, kinds)
    try:
        with Loopback(*map(int, filter(None, ports))) as loopback:
            entered = asyncio.run(_calls(service, folders, size, customers, secrets, asterisk))
        scripts.wait()
    finally:
        scripts.process.kill()
    entered.calls += Counter({(kind.name, SCRIPT): size.rounds for kind in kinds})
    typed = sorted({*entered.passwords, *scripts.passwords})
    decoys = [secrets.draw() for _ in range(max(DECOYS, len(typed)))]
    hunt = Hunt(typed, decoys, numbers_of([*customers, *read_customers(DEMO)]) | entered.numbers, amounts_of(customers))
    hunt.take_open_files(service.pids())
    hunt.take_folder(service.folder, Seal.from_file(service.folder / "secret.key"))
    hunt.take_folder(scripts.folder)
    if asterisk is not None:
        hunt.take_folder(asterisk.left)
    hunt.take("metrics", service.metrics().encode(), "metrics")
    hunt.take("pages", "\n".join(entered.told_to_pages).encode(), "what browsers were told")
    hunt.take(TRAFFIC, loopback.traffic(), TRAFFIC)
    readable = [str(path) for path in service.folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    return Left(hunt, entered, typed, decoys, [path for path in readable if not path.endswith(("run.txt", ".tar.gz"))])


def numbers_of(customers: list[DemoCustomer]) -> set[str]:
    """All that are theirs alone. A check digit X is left out: it is written in more than one way."""
    of_all = ((each.account, each.id_number.removesuffix("X"), each.card, each.phone) for each in customers)
    return {number for of_one in of_all for number in of_one}


def amounts_of(customers: list[DemoCustomer]) -> set[Decimal]:
    """Their balances; round ones are in many a text."""
    return {each.balance for each in customers if each.balance % 1}


async def _calls(
    service: RunningService,
    folders: pytest.TempPathFactory,
    size: Size,
    customers: list[DemoCustomer],
    secrets: Secrets,
    asterisk: Asterisk | None,
) -> Entered:
    caller = CallerVoice(folders.mktemp("caller"))
    sip_customers, others = customers[: 7 * size.rounds], customers[7 * size.rounds :]
    calls = Calls(service, others, secrets, caller)
    sip = asterisk and SipCalls(asterisk, service, sip_customers, secrets, caller, folders.mktemp("sip"))
    telephone = (*BY_KEYS, *WITH_TONES, *(LONGER[:2] if size.short else LONGER))
    browser = (WRITTEN,) if size.short else (*BY_KEYS, *LONGER, WRITTEN)
    with LeftBehind(service) as left:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(calls.play_all(telephone * size.rounds, TELEPHONE, left))
            tasks.create_task(calls.play_all(browser * size.rounds, BROWSER, left))
            if sip is not None:
                tasks.create_task(sip.play_all(size.rounds))
        for _ in range(size.rounds):
            await calls.with_rasa_stalled(3 if size.short else 5)
            for number in (signal.SIGKILL,) if size.short else (signal.SIGKILL, signal.SIGABRT):
                await calls.with_the_bot_killed(number)
    await caller.close()
    entered = calls.entered
    if sip is not None:
        entered.passwords += sip.entered.passwords
        entered.calls += sip.entered.calls
        entered.otherwise += sip.entered.otherwise
    return entered
