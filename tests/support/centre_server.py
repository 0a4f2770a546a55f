"""A centre's own system as docs/backend.md describes it: a real HTTP server in a thread of its own, on the demo
centre's data, that stalls, lies or dies as a test wants.
"""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic_core import to_jsonable_python

from bot.backend.appointments import AppointmentBook, Business, Half, Wanted
from bot.backend.base import Backend, LoginKind, LoginStatus
from bot.backend.centre import CentreSettings
from bot.backend.demo import DemoBackend
from bot.backend.demo_appointments import DemoAppointments
from bot.backend.demo_customers import load_demo
from bot.backend.demo_sms import DemoMessages
from bot.backend.sms import Messages, Topic
from bot.errors import BackendError
from bot.store.calls import keep_line
from tests.support.stores import Store, quick_passwords, sqlite_store

TOKEN = "a token of the tests"
Body = dict[str, Any]
Fault = Callable[["CentreServer", web.Request, "Answering"], Awaitable[web.StreamResponse]]
Answering = Callable[[], Awaitable[web.Response]]


@dataclass
class Asked:
    """One request as it came."""

    way: str
    url: str
    body: Body
    key: str


@dataclass
class CentreServer:
    """The server; what is None is not served."""

    store: Store
    backend: Backend | None = None
    appointments: AppointmentBook | None = None
    messages: Messages | None = None
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self._faults: list[Fault] = []
        self._always: Fault | None = None
        self._answers: dict[tuple[str, str], asyncio.Future[tuple[int, Any]]] = {}

    def settings(self, **more: Any) -> CentreSettings:
        """How the hotline reaches it."""
        return CentreSettings(kind="http", url=self.url, token=TOKEN, **more)

    def misbehaves(self, fault: Fault | None, times: int | None = None) -> None:
        """From now on, or the next so many times; None: it is well again."""
        self._faults = [fault] * times if fault and times else []
        self._always = fault if times is None else None

    def ways(self) -> list[str]:
        """What was asked, in order."""
        return [one.way for one in self.asked]

    # -- what can go wrong ------------------------------------------------------------------------------------

    async def stalls(self, request: web.Request, answering: Answering) -> web.StreamResponse:
        """Never answers."""
        await asyncio.sleep(3600)
        raise AssertionError

    async def stalls_halfway(self, request: web.Request, answering: Answering) -> web.StreamResponse:
        """Begins an answer and never ends it."""
        return await self._half(request, lambda: asyncio.sleep(3600))

    async def dies_halfway(self, request: web.Request, answering: Answering) -> web.StreamResponse:
        """Begins an answer and is gone."""
        return await self._half(request, lambda: asyncio.sleep(0))

    async def dies(self, request: web.Request, answering: Answering) -> web.StreamResponse:
        """Gone before anything was done."""
        return self._cut(request)

    async def dies_after_the_deed(self, request: web.Request, answering: Answering) -> web.StreamResponse:
        """Does what it was asked and is gone before it could say so."""
        await answering()
        return self._cut(request)

    async def in_trouble(self, request: web.Request, answering: Answering) -> web.StreamResponse:
        """500, with a page as servers have them."""
        return web.Response(status=500, text="<h1>Internal Server Error</h1>", content_type="text/html")

    async def redirects(self, request: web.Request, answering: Answering) -> web.StreamResponse:
        """Sends the request elsewhere."""
        return web.Response(status=307, headers={"Location": f"{self.url}/elsewhere"})

    @staticmethod
    def slow(seconds: float) -> Fault:
        """Answers, but late."""

        async def fault(self: "CentreServer", request: web.Request, answering: Answering) -> web.StreamResponse:
            await asyncio.sleep(seconds)
            return await answering()

        return fault

    @staticmethod
    def says(text: str, status: int = 200) -> Fault:
        """These very words."""

        async def fault(self: "CentreServer", request: web.Request, answering: Answering) -> web.StreamResponse:
            return web.Response(status=status, text=text, content_type="application/json")

        return fault

    async def _half(self, request: web.Request, then: Callable[[], Awaitable[None]]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"last_four": "17')
        await then()
        return self._cut(request)

    def _cut(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        raise asyncio.CancelledError

    # -- the protocol -----------------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Any request."""
        way, body = request.match_info["way"], await request.json()
        key = request.headers.get("Idempotency-Key", "")
        self.asked.append(Asked(way, str(request.url), body, key))
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"code": "unknown_token"}, status=401)

        async def answering() -> web.Response:
            status, answer = await (self._once(way, key, body) if key else self._answer(way, body))
            return web.json_response(answer, status=status)

        fault = self._faults.pop(0) if self._faults else self._always
        return await (fault(self, request, answering) if fault else answering())

    async def _once(self, way: str, key: str, body: Body) -> tuple[int, Any]:
        """The same key on the same way gets the same answer, and waits for it if the first is still at work."""
        first = self._answers.get((way, key))
        if first is None:
            first = self._answers[way, key] = asyncio.ensure_future(self._answer(way, {**body, "key": key}))
        status, answer = await asyncio.shield(first)
        if status == 503:  # nothing was done: the next try may do it
            self._answers.pop((way, key), None)
        return status, answer

    async def _answer(self, way: str, body: Body) -> tuple[int, Any]:
        try:
            done = WAYS.get(way)
            if done is None:
                return 404, {"code": "unknown_way"}
            return 200, to_jsonable_python(await done(self, body))
        except BackendError as refused:
            return (503 if refused.code == "backend_away" else 409), {"code": refused.code, "message": str(refused)}

    def knows_caller(self, body: Body, phone: str) -> None:
        """The demo finds a call's telephone in its store; here the request brings it."""
        line = {"what": "started", "call_id": body["call"], "channel": "phone", "called": "12329"}
        line |= {"sealed_caller": self.store.seal.seal(phone).decode() if phone else "", "caller_last_four": phone[-4:]}
        with self.store.database.writing() as connection:
            keep_line(connection, line | {"at": datetime.now().astimezone().isoformat()})


async def _begin(server: CentreServer, body: Body) -> Any:
    kind = LoginKind(body["kind"])
    await server.backend.begin_login(body["call"], body["number"], kind, caller=body["caller"])


async def _note(server: CentreServer, body: Body) -> Any:
    await server.backend.note_login(body["call"], LoginStatus(body["status"]))
    return await server.backend.login(body["call"])


async def _taken(server: CentreServer, body: Body) -> Any:
    first, last = date.fromisoformat(body["first"]), date.fromisoformat(body["last"])
    found = await server.appointments.taken(body["branch"], first, last)
    return [{"day": day, "half": half, "taken": many} for (day, half), many in found.items()]


async def _book(server: CentreServer, body: Body) -> Any:
    if body["phone"] is not None:
        await server.backend.keep_number(body["call"], "phone", body["phone"])
    wanted = Wanted(
        Business(body["business"]),
        body["branch"],
        date.fromisoformat(body["day"]),
        Half(body["half"]),
        "registered" if body["phone"] is None else "phone",
        None if body["amount"] is None else Decimal(body["amount"]),
    )
    today = date.fromisoformat(body["today"])
    return await server.appointments.book(body["call"], body["key"], wanted, body["places"], today)


async def _find(server: CentreServer, body: Body) -> Any:
    server.knows_caller(body, body["caller"])
    return await server.appointments.find(body["call"], body["number"])


async def _change(server: CentreServer, body: Body) -> Any:
    server.knows_caller(body, body["caller"])
    day, half = date.fromisoformat(body["day"]), Half(body["half"])
    return await server.appointments.change(body["call"], body["number"], body["branch"], day, half, body["places"])


async def _cancel(server: CentreServer, body: Body) -> Any:
    server.knows_caller(body, body["caller"])
    return await server.appointments.cancel(body["call"], body["number"])


async def _send(server: CentreServer, body: Body) -> Any:
    way = server.messages.send_to_registered if body["phone"] is None else server.messages.send_to_caller
    if body["phone"] is not None:
        server.knows_caller(body, body["phone"])
    today = date.fromisoformat(body["today"])
    return await way(body["call"], body["key"], body["text"], today, body["most_a_day"])


async def _health(server: CentreServer, body: Body) -> Any:
    return {"status": "ok"}


WAYS: dict[str, Callable[[CentreServer, Body], Awaitable[Any]]] = {
    "health": _health,
    "login/begin": _begin,
    "login/check": lambda server, body: server.backend.verify_password(body["call"], body["password"]),
    "login/note": _note,
    "login/state": lambda server, body: server.backend.login(body["call"]),
    "login/end": lambda server, body: server.backend.log_out(body["call"]),
    "password/refused": lambda server, body: server.backend.refuses_password(body["call"], body["password"]),
    "password/change": lambda server, body: server.backend.change_password(body["call"], body["password"]),
    "account": lambda server, body: server.backend.personal_account(body["call"]),
    "loan": lambda server, body: server.backend.loan(body["call"]),
    "loan-application": lambda server, body: server.backend.loan_application(body["call"]),
    "withdrawal": lambda server, body: server.backend.withdrawal(body["call"]),
    "unit": lambda server, body: server.backend.unit_account(body["call"]),
    "appointments/taken": _taken,
    "appointments/phone": lambda server, body: server.appointments.registered_phone(body["call"]),
    "appointments/book": _book,
    "appointments/mine": lambda server, body: server.appointments.mine(body["call"], date.fromisoformat(body["today"])),
    "appointments/find": _find,
    "appointments/change": _change,
    "appointments/cancel": _cancel,
    "sms/topics": lambda server, body: server.messages.topics(body["call"]),
    "sms/subscribe": lambda server, body: server.messages.subscribe(body["call"], Topic(body["topic"]), on=body["on"]),
    "sms/send": _send,
}


@contextmanager
def centre_server(store: Store, tls: ssl.SSLContext | None = None, **parts: Any) -> Iterator[CentreServer]:
    """Serve on a free loopback port until the end of the block; `parts` as in CentreServer."""
    server = CentreServer(store, **parts)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="centre", daemon=True)
    thread.start()

    async def begin() -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/v1/{way:.+}", server.serve)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        server.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    runner = asyncio.run_coroutine_threadsafe(begin(), loop).result()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_end(runner), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def demo_centre(folder: Path, customers: str) -> Iterator[CentreServer]:
    """A centre of its own with these demo customers (the text of a file of them), its store in `folder`."""
    (folder / "customers.yml").write_text(customers, "utf-8")
    store = sqlite_store(folder)
    load_demo(store.database, store.seal, quick_passwords(), folder / "customers.yml")
    parts = {
        "backend": DemoBackend(store.database, store.seal, quick_passwords()),
        "appointments": DemoAppointments(store.database, store.seal),
        "messages": DemoMessages(store.database, store.seal),
    }
    with centre_server(store, **parts) as server:
        yield server
    store.database.close()


async def _end(runner: web.AppRunner) -> None:
    """What stalls does so no longer."""
    await runner.cleanup()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
