"""The hunt's calls in real time: at the telephone exchange and at the browser phone, with faults in the middle."""

import asyncio
import secrets
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.backend.demo_customers import DemoCustomer
from tests.hunt.plots import Login, Plot
from tests.hunt.strangers import Secrets
from tests.support.browser_call import browser_call
from tests.support.caller_voice import CallerVoice
from tests.support.fake_exchange import FakeCall, FakeExchange
from tests.support.left_behind import LeftBehind
from tests.support.service import RunningService

TELEPHONE, BROWSER = "AudioSocket", "browser"


@dataclass
class Entered:
    """What was entered on all calls, and how many of each kind there were."""

    passwords: list[str] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    """From which callers telephoned; those that log in are known."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By kind and channel: those that went as plotted."""

    otherwise: list[str] = field(default_factory=list)
    """Calls that went otherwise, three times: the machine was too busy. What they left is searched too."""

    told_to_pages: list[str] = field(default_factory=list)


class Calls:
    """Plays plots against a running service."""

    def __init__(
        self, service: RunningService, customers: list[DemoCustomer], more: Secrets, caller: CallerVoice
    ) -> None:
        self.entered = Entered()
        self._service = service
        self._exchange = FakeExchange(service.audio_port, service.http_port)
        self._customers = iter(customers)
        self._secrets = more
        self._caller = caller
        self._rooms = {TELEPHONE: asyncio.Semaphore(6), BROWSER: asyncio.Semaphore(3)}

    def login(self, call: FakeCall, right: bool) -> Login:
        """Another customer, with the right password or a random one."""
        customer = next(self._customers)
        password = customer.password if right else self._secrets.draw()
        self.entered.passwords.append(password)
        return Login(call, customer, password, self._another, self._caller)

    def _another(self) -> str:
        self.entered.passwords.append(self._secrets.draw())
        return self.entered.passwords[-1]

    async def play_all(self, plots: Sequence[Plot], channel: str, left: LeftBehind) -> None:
        """Several at once. One that Rasa was too slow in (a busy machine) is made anew, twice at most."""
        async with asyncio.TaskGroup() as tasks:
            for plot in plots:
                tasks.create_task(self._play(plot, channel, left))

    async def _play(self, plot: Plot, channel: str, left: LeftBehind) -> None:
        went: object = None
        for _ in range(3):
            async with self._rooms[channel]:
                try:
                    went = await (self._telephone(plot, left) if channel == TELEPHONE else self._browser(plot))
                except AssertionError as waited_in_vain:
                    went = waited_in_vain
                    continue
            if went is None:
                self.entered.calls[plot.name, channel] += 1
                return
        self.entered.otherwise.append(f"{plot.name}, {channel}: {went}")

    async def _telephone(self, plot: Plot, left: LeftBehind) -> list[str] | None:
        """None if it went as plotted, else the outcomes there were."""
        number = f"1380000{secrets.randbelow(10**4):04d}"
        self.entered.numbers.add(number)
        async with self._exchange.call(caller=number) as call:
            await plot.enters(self.login(call, plot.right))
            if plot.outlasts:
                await left.whole_journal(str(call.uuid), last="pin", within_seconds=30, times=len(plot.outcomes))
                await call.wait(0.5)
        kept = await left.whole_journal(str(call.uuid), within_seconds=30)
        outcomes = [entry.facts["outcome"] for entry in kept.entries if entry.kind == "pin"]
        return None if not plot.outlasts or tuple(outcomes) == plot.outcomes else outcomes

    async def _browser(self, plot: Plot) -> str | None:
        async with browser_call(self._service.web_port) as call:
            await plot.enters(self.login(call, plot.right))
            if plot.outlasts:
                await call.wait(3.0)
        self.entered.told_to_pages.append(str(call.told))
        words = _TOLD[plot.outcomes[-1]] if plot.outlasts else ""
        return None if words in call.said() else call.said()

    async def with_rasa_stalled(self, how_many: int) -> None:
        """Rasa stops while passwords are entered."""
        waiting, entered = asyncio.Barrier(how_many + 1), asyncio.Barrier(how_many + 1)

        async def one() -> None:
            async with self._exchange.call(caller="13800000000") as call:
                login = self.login(call, True)
                await login.to_the_password()
                await waiting.wait()
                await entered.wait()  # now it is stopped
                await login.answer(login.password)
                await call.wait(0.5)
                await call.press(login.password, each_seconds=0.04, gap_seconds=0.04)  # in despair
                await call.wait(0.5)
                self.entered.calls["Rasa stopped meanwhile", TELEPHONE] += 1

        async with asyncio.timeout(300), asyncio.TaskGroup() as tasks:
            callers = [tasks.create_task(one()) for _ in range(how_many)]
            await waiting.wait()
            self._service.kill("rasa", signal.SIGSTOP)
            try:
                await entered.wait()
                await asyncio.wait(callers)
            finally:
                self._service.kill("rasa", signal.SIGCONT)

    async def with_the_bot_killed(self, number: int) -> None:
        """Everything is lost at the last digit; SIGABRT is the signal that leaves a core dump where that is allowed."""
        async with self._exchange.call(caller="13800000000") as call:
            login = self.login(call, False)
            await login.to_the_password()
            await call.press(login.password, each_seconds=0.03, gap_seconds=0.03)
            self._service.kill("bot", number)
            await asyncio.wait_for(call.ended, 10)
        self.entered.calls[f"bot ended by {signal.Signals(number).name}", TELEPHONE] += 1
        self._service.wait_until(lambda: self._service.is_up("bot"), 120, "the bot did not come back")


_TOLD = {
    "ok": "余额",
    "wrong": "还可以",
    "locked": "锁",
    "no_password": "密码",
    "new_changed": "新密码",
}
"""What is said to whom: the browser's caller never learns the call's id, so the journal is not asked."""
