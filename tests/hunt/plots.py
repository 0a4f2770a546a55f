"""What callers do with a password, and what becomes of it; the same on the telephone and at the browser phone."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.backend.demo_customers import DemoCustomer
from tests.support.browser_call import BrowserCall
from tests.support.caller_voice import CallerVoice
from tests.support.fake_exchange import FakeCall, tone

NUMERALS = "零幺二三四五六七八九"
PATIENCE_SECONDS = 40.0
"""For one answer: a busy machine is slow, and none of this is about speed."""


@dataclass
class Login:
    """One caller who is going to enter a password."""

    call: FakeCall
    customer: DemoCustomer
    password: str
    draw: Callable[[], str]
    """Another random password, which is then counted as typed."""

    caller: CallerVoice

    @cached_property
    def other(self) -> str:
        """A second one, for those who need it."""
        return self.draw()

    async def answer(self, keys: str) -> None:
        """Press keys as fast as a telephone can, and hear what is said to it begin."""
        pressed_at = await self.call.press(keys, each_seconds=0.04, gap_seconds=0.04)
        await self.call.wait_until_spoken(PATIENCE_SECONDS, after=pressed_at + 0.15)

    async def to_the_number(self, keys: str = "21") -> None:
        """From the greeting to the question for the number."""
        await self.call.wait_until_spoken(PATIENCE_SECONDS)
        for key in keys:
            await self.answer(key)

    async def to_the_password(self, keys: str = "21") -> None:
        """From the greeting to the question for the password."""
        await self.to_the_number(keys)
        await self.answer(self.customer.account + "#")

    async def say(self, digits: str, before: str = "") -> None:
        """Say digits aloud, one by one."""
        words = before + "".join(NUMERALS[int(digit)] for digit in digits)
        await self.call.play(await self.caller.says(words))


@dataclass(frozen=True)
class Plot:
    """One way to enter it."""

    name: str
    enters: Callable[[Login], Coroutine[Any, Any, None]]
    outcomes: tuple[str, ...]
    """Of the password phases, as the journal has them."""

    right: bool = False
    outlasts: bool = True
    """Whether the caller stays to hear the outcome."""


async def once(login: Login) -> None:
    await login.to_the_password()
    await login.answer(login.password)


async def by_id_number(login: Login) -> None:
    await login.to_the_number()
    await login.answer(login.customer.id_number.replace("X", "*"))
    await login.answer(login.password)


async def typed_ahead(login: Login) -> None:
    await login.to_the_number()
    await login.answer(f"{login.customer.account}#{login.password}")


async def a_digit_too_many(login: Login) -> None:
    await login.to_the_password()
    await login.answer(login.password + login.password[0])


async def cleared_and_again(login: Login) -> None:
    await login.to_the_password()
    await login.call.press(login.other[:4] + "*", each_seconds=0.04, gap_seconds=0.04)
    await login.answer(login.password)


async def paused_in_the_middle(login: Login) -> None:
    """The second half comes after the phase has lost patience, and after it a whole password."""
    await login.to_the_password()
    await login.call.press(login.password[:3])
    await login.call.wait(6.5)
    await login.call.press(login.password[3:])
    await login.call.press(login.password[3:] + login.password[:3])
    await login.call.wait(3.0)


async def timed_out(login: Login) -> None:
    """Five digits and no more; asked twice again, the caller does nothing."""
    await login.to_the_password()
    await login.call.press(login.password[:5])
    await login.call.wait(45.0)


async def hung_up_at_the_last_digit(login: Login) -> None:
    await login.to_the_password()
    await login.call.press(login.password, each_seconds=0.03, gap_seconds=0.03)


async def hung_up_in_the_middle(login: Login) -> None:
    await login.to_the_password()
    await login.call.press(login.password[:5], each_seconds=0.03, gap_seconds=0.03)


async def with_tones_in_the_sound(login: Login) -> None:
    """The exchange sends each key as a message, and its tone gets through all the same."""
    await login.to_the_password()
    for digit in login.password:
        await login.call.play(tone(digit, 0.08) + bytes(800))
        login.call.send_raw(b"\x03\0\1" + digit.encode())


async def spoken_aloud(login: Login) -> None:
    await login.to_the_password()
    await login.say(login.password)
    await login.answer(login.password)


async def spoken_before_it_is_asked(login: Login) -> None:
    """All of it is said at the greeting; only later come the keys."""
    await login.call.wait_until_spoken(PATIENCE_SECONDS)
    await login.say(login.password, before="我的密码是")
    await login.call.wait_until_quiet(1.0)
    await login.to_the_password()
    await login.answer(login.password)


async def changed(login: Login) -> None:
    """The right one, then a new one twice."""
    await login.to_the_password("26")
    await login.answer(login.password)
    await login.call.wait_until_quiet(1.0)
    await login.answer(login.other)
    await login.answer(login.other)


async def written_into_the_text_box(login: Login) -> None:
    """Against all advice, before it is asked and while it is; then by keys."""
    assert isinstance(login.call, BrowserCall)
    await login.call.wait_until_spoken(PATIENCE_SECONDS)
    await login.call.write(f"我的密码是{login.password}")
    await login.call.wait(1.0)
    await login.to_the_password()
    await login.call.write(login.password)
    await login.answer(login.password)


async def three_times_wrong(login: Login) -> None:
    """The account is locked then."""
    await login.to_the_password()
    await login.answer(login.password)
    for again in (login.other, login.password):
        await login.call.wait_until_quiet(1.0)
        await login.answer(login.customer.account + "#")
        await login.answer(again)


BY_KEYS = (
    Plot("right", once, ("ok",), right=True),
    Plot("right, by ID number", by_id_number, ("ok",), right=True),
    Plot("right, typed ahead", typed_ahead, ("ok",), right=True),
    Plot("right, spoken aloud too", spoken_aloud, ("ok",), right=True),
    Plot("right, a digit too many", a_digit_too_many, ("ok",), right=True),
    Plot("wrong", once, ("wrong",)),
    Plot("wrong, by ID number", by_id_number, ("wrong",)),
    Plot("wrong, typed ahead", typed_ahead, ("wrong",)),
    Plot("wrong, a digit too many", a_digit_too_many, ("wrong",)),
    Plot("wrong, cleared and again", cleared_and_again, ("wrong",)),
    Plot("wrong, spoken aloud too", spoken_aloud, ("wrong",)),
    Plot("a pause in the middle", paused_in_the_middle, ("wrong",)),
    Plot("hung up at the last digit", hung_up_at_the_last_digit, (), outlasts=False),
    Plot("hung up in the middle", hung_up_in_the_middle, (), outlasts=False),
)
WITH_TONES = (
    Plot("right, with tones in the sound", with_tones_in_the_sound, ("ok",), right=True),
    Plot("wrong, with tones in the sound", with_tones_in_the_sound, ("wrong",)),
)
LONGER = (
    Plot("right, said in a sentence before", spoken_before_it_is_asked, ("ok",), right=True),
    Plot("changed for a new one", changed, ("ok", "new_changed"), right=True),
    Plot("three times wrong", three_times_wrong, ("wrong", "wrong", "locked")),
    Plot("timed out after five digits", timed_out, ("no_password",)),
)
WRITTEN = Plot("right, written too", written_into_the_text_box, ("ok",), right=True)
