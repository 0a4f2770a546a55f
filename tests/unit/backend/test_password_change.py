"""Changing the password: who must, who may, what is refused, and that the old one is over at once."""

import pytest
import sqlalchemy as sa

from bot.backend.base import LoginKind, LoginStatus, PasswordChange
from bot.backend.demo import DemoBackend
from bot.backend.demo_customers import load_demo, read_customers
from bot.backend.demo_units import read_units
from bot.errors import BackendError
from bot.store.credentials import credentials
from bot.store.passwords import Passwords
from tests.unit.backend.test_demo_login import CUSTOMERS, Day, attempt

FIRST, NINTH = read_customers(CUSTOMERS)[0], read_customers(CUSTOMERS)[8]
UNIT = next(one for one in read_units(CUSTOMERS) if one.password_initial)
NEW = "408163"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The first and the ninth customer (who has the default password), and the units."""
    text = CUSTOMERS.read_text("utf-8")
    entries = text.partition("units:")[0].split("  - name: ")
    chosen = [entries[0], entries[1], entries[9]]
    path = tmp_path_factory.mktemp("demo") / "customers.yml"
    path.write_text("  - name: ".join(chosen) + "units:" + text.partition("units:")[2], "utf-8")
    return path


@pytest.fixture
def backend(store, passwords, file, through_door):
    load_demo(store.database, store.seal, passwords, file)
    return through_door(DemoBackend(store.database, store.seal, passwords, now=Day()))


async def test_the_new_password_holds_at_once_and_the_old_one_no_longer(backend):
    await attempt(backend, "c1", FIRST.account, FIRST.password)
    assert await backend.change_password("c1", NEW) is PasswordChange.CHANGED
    assert (await backend.login("c1")).status is LoginStatus.OK
    assert (await attempt(backend, "c2", FIRST.card, NEW)).status is LoginStatus.OK
    assert (await attempt(backend, "c3", FIRST.id_number, FIRST.password)).status is LoginStatus.WRONG


@pytest.mark.parametrize("unit", [False, True])
async def test_a_default_password_opens_nothing_but_its_own_change(backend, store, unit):
    kind = LoginKind.UNIT if unit else LoginKind.PERSON
    owner = UNIT if unit else NINTH
    figures = backend.unit_account if unit else backend.personal_account
    await backend.begin_login("c1", owner.account, kind)
    assert (await backend.verify_password("c1", owner.password)).status is LoginStatus.MUST_CHANGE
    with pytest.raises(BackendError) as refused:
        await figures("c1")
    assert refused.value.code == "not_logged_in"
    assert await backend.change_password("c1", owner.password) is PasswordChange.WEAK
    assert await backend.change_password("c1", NEW) is PasswordChange.CHANGED
    assert (await figures("c1")).last_four == owner.account[-4:]
    await backend.begin_login("c2", owner.account, kind)
    assert (await backend.verify_password("c2", NEW)).status is LoginStatus.OK
    assert (await backend.login("c2")).kind is kind


async def test_a_trivial_password_must_be_changed_even_if_its_owner_chose_it(backend, store, passwords):
    with store.database.writing() as connection:
        trivial = passwords.hashes(["123456"])["123456"]
        connection.execute(sa.update(credentials).values(password_hash=trivial, initial=False))
    assert (await attempt(backend, "c1", FIRST.account, "123456")).status is LoginStatus.MUST_CHANGE
    with pytest.raises(BackendError):
        await backend.loan("c1")


@pytest.mark.parametrize("why", ["equal", "run", "account", "id", "card", "birthday", "unchanged", "short"])
async def test_what_others_could_guess_is_refused(backend, why):
    await attempt(backend, "c1", FIRST.account, FIRST.password)
    weak = {
        "equal": "777777",
        "run": "456789",
        "account": FIRST.account[-6:],
        "id": FIRST.id_number[-6:],
        "card": FIRST.card[-6:],
        "birthday": FIRST.id_number[8:14],
        "unchanged": FIRST.password,
        "short": "40816",
    }[why]
    assert await backend.change_password("c1", weak) is PasswordChange.WEAK
    assert (await attempt(backend, "c2", FIRST.account, FIRST.password)).status is LoginStatus.OK


async def test_without_the_right_password_nobody_changes_anything(backend):
    for begin in (False, True):
        if begin:
            await attempt(backend, "c1", FIRST.account, "111112")
        for ask in (backend.refuses_password, backend.change_password):
            with pytest.raises(BackendError) as refused:
                await ask("c1", NEW)
            assert refused.value.code == "not_logged_in"


async def test_a_change_forgives_no_wrong_attempt(backend):
    await attempt(backend, "c1", FIRST.account, "111112")
    await attempt(backend, "c1", FIRST.account, FIRST.password)
    await backend.change_password("c1", NEW)
    assert (await attempt(backend, "c2", FIRST.account, "111112")).attempts_left == 1


def test_a_hash_costs_what_it_should_where_callers_are_served():
    assert Passwords().of_nobody.startswith("$argon2id$v=19$m=47104,t=2,p=1$")


async def test_the_new_password_is_kept_as_a_hash_of_its_own(backend, store):
    for call, number in (("c1", FIRST.account), ("c2", NINTH.account)):
        await attempt(backend, call, number, FIRST.password if call == "c1" else NINTH.password)
        assert await backend.change_password(call, NEW) is PasswordChange.CHANGED
    with store.database.reading() as connection:
        hashes = (
            connection.execute(sa.select(credentials.c.password_hash).where(~credentials.c.initial)).scalars().all()
        )
    assert len(set(hashes)) == len(hashes) and all(one.startswith("$argon2id$") for one in hashes)
