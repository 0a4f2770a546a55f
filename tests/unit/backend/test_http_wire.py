"""A centre's own system that stalls, lies or dies: every failure has a name, nothing is done twice, nothing leaks."""

import asyncio
import logging
import ssl
import traceback
from datetime import date
from pathlib import Path

import pytest
import trustme

from bot.backend.appointments import Business, Half, Wanted
from bot.backend.base import LoginStatus, PasswordChange
from bot.backend.call_numbers import CallNumbers
from bot.backend.centre import CentreSettings, open_centre
from bot.backend.circuit_breaker import CircuitBreaker
from bot.backend.demo_customers import read_customers
from bot.backend.http import HttpBackend
from bot.backend.http_wire import REFUSALS, Wire
from bot.clock import run_in_audio_time
from bot.errors import BackendError, SettingsError, UnclearDeed
from tests.support.centre_server import TOKEN, CentreServer, centre_server, demo_centre
from tests.support.ports import free_port
from tests.support.stores import quick_passwords, sqlite_store

CUSTOMERS = Path(__file__).resolve().parents[3] / "content" / "demo" / "customers.yml"
FIRST = read_customers(CUSTOMERS)[0]
WRONG = "111112"
QUICK = {"answer_seconds": 0.4, "longest_seconds": 10.0}
PATIENT = {"answer_seconds": 20.0, "longest_seconds": 40.0}
TODAY, FRIDAY = date(2026, 11, 24), date(2026, 11, 27)
LOAN = Wanted(Business.LOAN, "gaoxin", FRIDAY, Half.MORNING, "registered")

says = CentreServer.says


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """The centre's own system, with one customer."""
    text = CUSTOMERS.read_text("utf-8")
    with demo_centre(tmp_path_factory.mktemp("centre"), text[: text.index("  - name: 演示用户二")]) as server:
        yield server


@pytest.fixture
def server(theirs):
    """The same, well again and with nothing asked and nothing left of the test before."""
    theirs.misbehaves(None)
    theirs.asked.clear()
    with theirs.store.database.writing() as connection:
        for table in ("wrong_attempts", "appointments", "appointment_places", "logins"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    return theirs


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The hotline's own store: another one."""
    made = sqlite_store(tmp_path_factory.mktemp("hotline"))
    yield made
    made.database.close()


@pytest.fixture
async def centre(server, ours):
    """The hotline's doors to it, patient."""
    made = open_centre(server.settings(**PATIENT), ours.database, ours.seal, quick_passwords())
    yield made
    await made.close()


@pytest.fixture
async def quick(server, ours):
    """The same, but impatient."""
    made = open_centre(server.settings(**QUICK), ours.database, ours.seal, quick_passwords())
    yield made
    await made.close()


async def logged_in(centre, call="c1"):
    await centre.backend.begin_login(call, FIRST.account)
    assert (await centre.backend.verify_password(call, FIRST.password)).status is LoginStatus.OK


async def failure(awaitable):
    with pytest.raises(BackendError) as failed:
        await awaitable
    return failed.value.code


LIES = {
    "no JSON": says("<h1>It works!</h1>"),
    "nothing": says(""),
    "not an object": says("[]"),
    "something is missing": says('{"last_four": "1737", "status": "01"}'),
    "an account number instead of four digits": says('{"status": "ok", "last_four": "100200300401"}'),
    "a status nobody knows": says('{"status": "hacked"}'),
    "a number as text": says('{"status": "ok", "attempts_left": "three"}'),
    "a refusal nobody knows": says('{"code": "because"}', status=409),
    "a refusal without a code": says("no", status=400),
    "no such way": says('{"code": "unknown_way"}', status=404),
    "without an end": says('"' + "x" * 300_000 + '"'),
    "redirected": CentreServer.redirects,
}


@pytest.mark.parametrize("lie", LIES)
async def test_an_answer_that_makes_no_sense_is_none(centre, server, lie):
    await centre.backend.begin_login("c1", FIRST.account)
    server.asked.clear()
    server.misbehaves(LIES[lie])
    assert await failure(centre.backend.verify_password("c1", FIRST.password)) == "backend_nonsense"
    assert server.ways() == ["login/check"], "what makes no sense is not asked again, nor elsewhere"


@pytest.mark.parametrize("balance", ['"12071.20"', "12071.20", '"much"', "null", '"NaN"', '"Infinity"'])
async def test_an_amount_is_a_number_or_nothing_is_told(centre, server, balance):
    account = (
        '{"last_four": "1737", "status": "01", "balance": %s, "monthly_unit": "1.00", "monthly_own": "1.00",'
        ' "base": "1.00", "rate_percent": "5", "paid_to": "2026-10-01", "unit_name": "", "months": 1,'
        ' "months_missed": 0, "last_deposit": null, "last_interest": null, "new_in_2027": true}'
    )
    server.misbehaves(says(account % balance))
    if "12071" in balance:
        assert str((await centre.backend.personal_account("c1")).balance).startswith("12071.2")
    else:
        assert await failure(centre.backend.personal_account("c1")) == "backend_nonsense"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (CentreServer.stalls, "backend_stalled"),
        (CentreServer.stalls_halfway, "backend_stalled"),
        (CentreServer.dies, "backend_away"),
        (CentreServer.dies_halfway, "backend_away"),
        (CentreServer.in_trouble, "backend_away"),
        (says('{"code": "busy"}', status=429), "backend_away"),
    ],
    ids=["stalls", "stalls halfway", "dies", "dies halfway", "500", "429"],
)
async def test_a_system_in_trouble_is_asked_twice_and_then_named(quick, centre, server, fault, code):
    server.misbehaves(fault)
    asking = quick if code == "backend_stalled" else centre
    assert await failure(asking.backend.personal_account("c1")) == code
    assert server.ways() == ["account"] * 2


async def test_nobody_there_is_told_at_once(ours):
    gone = open_centre(
        CentreSettings(kind="http", url=f"http://127.0.0.1:{free_port()}", **PATIENT), ours.database, ours.seal, None
    )
    assert await failure(gone.backend.login("c1")) == "backend_away"
    await gone.close()


@pytest.mark.parametrize("fault", [CentreServer.in_trouble, CentreServer.dies, CentreServer.dies_halfway])
async def test_a_trouble_that_passes_is_not_noticed(centre, server, fault):
    await logged_in(centre)
    server.misbehaves(fault, times=1)
    assert (await centre.backend.personal_account("c1")).balance == FIRST.balance


async def test_what_was_done_before_the_connection_broke_is_done_once(centre, server):
    await logged_in(centre)
    server.asked.clear()
    server.misbehaves(CentreServer.dies_after_the_deed, times=1)
    made = await centre.appointments.book("c1", "once", LOAN, 9, TODAY)
    assert [one.key for one in server.asked] == ["once", "once"]
    assert await centre.appointments.mine("c1", TODAY) == [made]
    assert await centre.appointments.taken("gaoxin", FRIDAY, FRIDAY) == {(FRIDAY, Half.MORNING): 1}
    server.misbehaves(CentreServer.dies_after_the_deed, times=1)
    assert not (await centre.appointments.cancel("c1", made.number)).booked


MAY_BE_DONE = {
    "gone without a word": CentreServer.dies,
    "gone after the deed": CentreServer.dies_after_the_deed,
    "gone halfway": CentreServer.dies_halfway,
    "stalls": CentreServer.stalls,
    "an answer that makes no sense": says("<h1>It works!</h1>"),
    "an answer of another shape": says("{}"),
    "taken on, and no more": says("", status=202),
    "what a gateway says": says("", status=504),
}
NOT_DONE = {
    "in trouble": CentreServer.in_trouble,
    "a refusal nobody knows": says('{"code": "because"}', status=409),
    "a token that is not accepted": says("", status=403),
    "redirected": CentreServer.redirects,
    "refused": says('{"code": "appointment_full"}', status=409),
}


@pytest.mark.parametrize("fault", MAY_BE_DONE)
async def test_a_deed_that_may_have_been_done_is_unclear_and_a_question_never_is(centre, quick, server, fault):
    await logged_in(centre)
    server.misbehaves(MAY_BE_DONE[fault])
    with pytest.raises(UnclearDeed):
        await quick.appointments.book("c1", "once-1", LOAN, 6, TODAY)
    with pytest.raises(BackendError) as asked:
        await quick.appointments.mine("c1", TODAY)
    assert not isinstance(asked.value, UnclearDeed)


@pytest.mark.parametrize("fault", NOT_DONE)
async def test_a_deed_that_was_refused_is_not_done(centre, server, fault):
    await logged_in(centre)
    server.misbehaves(NOT_DONE[fault])
    with pytest.raises(BackendError) as told:
        await centre.appointments.book("c1", "once-1", LOAN, 6, TODAY)
    assert not isinstance(told.value, UnclearDeed)


async def test_a_deed_that_was_never_sent_is_not_done(ours):
    nowhere = CentreSettings(kind="http", url=f"http://127.0.0.1:{free_port()}", token=TOKEN)
    centre = open_centre(nowhere, ours.database, ours.seal, quick_passwords())
    with pytest.raises(BackendError) as told:
        await centre.appointments.cancel("c1", "2611-2450-0016")
    assert told.value.code == "backend_away" and not isinstance(told.value, UnclearDeed)
    await centre.close()


async def test_trouble_after_silence_does_not_make_a_deed_undone(centre, server):
    await logged_in(centre)
    server._faults = [CentreServer.dies_after_the_deed, CentreServer.in_trouble]
    with pytest.raises(UnclearDeed):
        await centre.appointments.book("c1", "once-1", LOAN, 6, TODAY)


async def test_a_wrong_password_whose_answer_was_lost_is_counted_once(centre, server):
    await centre.backend.begin_login("c1", FIRST.account)
    server.misbehaves(CentreServer.dies_after_the_deed, times=1)
    assert (await centre.backend.verify_password("c1", WRONG)).attempts_left == 2


async def test_every_deed_has_a_key_of_its_own_and_no_question_has_one(centre, server):
    await logged_in(centre)
    await centre.backend.change_password("c1", FIRST.password)
    await centre.messages.topics("c1")
    await centre.backend.login("c1")
    await centre.backend.log_out("c1")
    keys = {one.way: one.key for one in server.asked}
    assert not any(keys[way] for way in ("login/state", "sms/topics"))
    deeds = [keys[way] for way in ("login/begin", "login/check", "password/change", "login/end")]
    assert all(deeds) and len(set(deeds)) == len(deeds)


async def test_a_call_without_a_login_ends_without_a_word_to_a_system_that_would_keep_it_waiting(quick, server):
    server.misbehaves(CentreServer.stalls)
    await quick.backend.keep_number("c1", "phone", "13800001234")
    await quick.backend.log_out("c1")
    assert server.ways() == [] and await quick.backend.collected_number("c1", "phone") is None


async def test_a_login_whose_beginning_was_not_answered_is_ended_nevertheless_and_once(quick, server):
    server.misbehaves(CentreServer.dies_after_the_deed)
    assert await failure(quick.backend.begin_login("c1", FIRST.account)) == "backend_away"
    server.misbehaves(None)
    await quick.backend.log_out("c1")
    await quick.backend.log_out("c1")
    assert server.ways().count("login/end") == 1 and await quick.backend.login("c1") is None


async def test_a_token_that_is_not_accepted_is_named(server, ours):
    stranger = server.settings().model_copy(update={"token": type(server.settings().token)("another")})
    centre = open_centre(stranger, ours.database, ours.seal, quick_passwords())
    assert await failure(centre.backend.login("c1")) == "backend_rejects_us"
    assert server.ways() == ["login/state"]
    await centre.close()


async def test_after_three_failures_it_is_left_alone_until_one_request_finds_it_well(server, ours):
    now = [0.0]
    wire = Wire(
        server.settings(**PATIENT).system(),
        CircuitBreaker(lambda error: error.code not in REFUSALS, clock=lambda: now[0]),
    )
    backend = HttpBackend(wire, CallNumbers(ours.database, ours.seal))
    server.misbehaves(CentreServer.dies)
    for _ in range(3):
        assert await failure(backend.login("c1")) == "backend_away"
    server.asked.clear()
    assert await failure(backend.login("c1")) == "backend_paused" and server.ways() == []
    now[0] = 10.1
    assert await failure(backend.login("c1")) == "backend_away"
    assert await failure(backend.login("c1")) == "backend_paused"
    now[0] = 20.3
    server.misbehaves(CentreServer.slow(0.1))
    first = asyncio.create_task(backend.login("c1"))
    await asyncio.sleep(0)
    assert await failure(backend.login("c2")) == "backend_paused", "while one tries, the others wait"
    assert await first is None
    assert await backend.login("c2") is None
    await wire.close()


async def test_a_refusal_is_no_failure(centre):
    for _ in range(5):
        assert await failure(centre.backend.personal_account("stranger")) == "not_logged_in"
    await logged_in(centre)


async def test_a_caller_who_hangs_up_during_the_trial_leaves_the_next_one_a_trial():
    now = [0.0]
    breaker = CircuitBreaker(lambda error: True, failures_in_a_row=1, clock=lambda: now[0])
    with pytest.raises(BackendError), breaker.request():
        raise BackendError("backend_away", "gone")
    now[0] = 11.0
    with pytest.raises(asyncio.CancelledError), breaker.request():
        raise asyncio.CancelledError
    with breaker.request():
        pass


@pytest.mark.parametrize(
    "fault",
    [CentreServer.stalls, CentreServer.dies, CentreServer.in_trouble, CentreServer.redirects, says("{"), "echo"],
    ids=["stalls", "dies", "500", "redirects", "garbage", "echoes"],
)
async def test_no_password_and_no_number_is_in_a_log_an_address_or_an_error(quick, server, caplog, fault):
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    if fault == "echo":  # whatever it was sent comes back in every place an answer has
        fault = says(f'{{"status": "{FIRST.password}", "last_four": "{FIRST.account}", "{FIRST.id_number}": 1}}')
    server.misbehaves(fault)
    errors = []
    for ask in (
        quick.backend.begin_login("c1", FIRST.id_number, caller=FIRST.phone),
        quick.backend.verify_password("c1", FIRST.password),
        quick.backend.change_password("c1", FIRST.password),
        quick.backend.refuses_password("c1", FIRST.password),
    ):
        try:
            await ask
        except BackendError as error:
            logging.getLogger("bot.call").exception("failed")
            errors.append(error)
    assert errors
    everything = caplog.text + "".join(
        "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
        + repr([error, error.args, error.__cause__, error.__context__])
        for error in errors
    )
    everything += "".join(one.url for one in server.asked)
    for secret in (FIRST.password, FIRST.id_number, FIRST.phone, FIRST.account, TOKEN):
        assert secret not in everything


async def test_numbers_given_on_a_call_are_there_and_go_without_the_centres_system(quick, server):
    await quick.backend.begin_login("c1", FIRST.account)
    server.misbehaves(CentreServer.dies)
    await quick.backend.keep_number("c1", "phone", "13800001234")
    assert await quick.backend.collected_number("c1", "phone") == "13800001234"
    assert await failure(quick.backend.log_out("c1")) == "backend_away"
    assert await quick.backend.collected_number("c1", "phone") is None


def test_in_audio_time_the_clock_stands_still_while_the_centre_is_asked(server, ours):
    async def call():
        centre = open_centre(server.settings(**PATIENT), ours.database, ours.seal, quick_passwords())
        server.misbehaves(CentreServer.slow(0.2))
        began = asyncio.get_running_loop().time()
        await centre.backend.begin_login("c1", FIRST.account)
        took = asyncio.get_running_loop().time() - began
        await centre.close()
        return took

    assert run_in_audio_time(call()) == 0.0


async def test_only_a_system_with_the_right_certificate_is_told_anything(theirs, ours, tmp_path):
    authority, other = trustme.CA(), trustme.CA()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "right.pem")
    other.cert_pem.write_to_path(tmp_path / "wrong.pem")
    with centre_server(theirs.store, tls, backend=theirs.backend) as server:
        for authority_file in (tmp_path / "wrong.pem", None):
            settings = server.settings(authority_file=authority_file, **PATIENT)
            stranger = open_centre(settings, ours.database, ours.seal, quick_passwords())
            assert await failure(stranger.backend.login("c1")) == "backend_away" and server.asked == []
            await stranger.close()
        settings = server.settings(authority_file=tmp_path / "right.pem", **PATIENT)
        centre = open_centre(settings, ours.database, ours.seal, quick_passwords())
        assert await centre.backend.login("nobody") is None and server.ways() == ["login/state"]
        await centre.close()


@pytest.mark.parametrize("url", ["", "10.0.0.5", "ftp://centre", "http://user:secret@centre", "https://centre/?a=b"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match="url"):
        CentreSettings(kind="http", url=url)


def test_production_wants_encryption_and_a_token(tmp_path):
    with pytest.raises(SettingsError) as plain:
        CentreSettings(kind="http", url="http://10.0.0.5", token="t").refuse_unsafe()
    assert plain.value.code == "backend_not_encrypted"
    with pytest.raises(SettingsError) as stranger:
        CentreSettings(kind="http", url="https://10.0.0.5").refuse_unsafe()
    assert stranger.value.code == "backend_token"
    (tmp_path / "token").write_text(" t\n")
    for address in ("https://10.0.0.5", "http://127.0.0.1:8000", "http://localhost"):
        CentreSettings(kind="http", url=address, token_file=tmp_path / "token").refuse_unsafe()
    CentreSettings().refuse_unsafe()


def test_the_action_server_learns_all_of_it_from_its_environment(tmp_path):
    (tmp_path / "token").write_text("t\n")
    chosen = CentreSettings(kind="http", url="https://centre/hotline", token_file=tmp_path / "token", answer_seconds=2)
    learnt = CentreSettings.from_environment(chosen.to_environment())
    assert learnt == chosen and learnt.system().token == "t" and "t'" not in repr(learnt.system())
    assert CentreSettings.from_environment({}) == CentreSettings()
    with pytest.raises(BackendError):
        CentreSettings.from_environment({"HOTLINE_BACKEND__KIND": "http"})


async def test_a_new_password_goes_through(centre):
    await logged_in(centre)
    assert await centre.backend.refuses_password("c1", "777777")
    assert await centre.backend.change_password("c1", FIRST.password) is PasswordChange.WEAK
