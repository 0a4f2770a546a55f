"""Customers whose numbers, amounts and passwords nobody has written down, beside the demo's."""

import hashlib
import runpy
import secrets
from pathlib import Path

import sqlalchemy as sa
import yaml

from bot.backend.demo_customers import DemoCustomer, load_demo, read_customers
from bot.store.database import Database
from bot.store.demo_accounts import demo_loads
from bot.store.passwords import Passwords
from bot.store.sealing import Seal
from tests.conftest import ROOT
from tests.support.service import RunningService

DEMO = ROOT / "content" / "demo" / "customers.yml"
_INVENT = runpy.run_path(str(DEMO.parent / "invent_customers.py"), run_name="invented")


class Secrets:
    """Random passwords, no two alike, none of them trivial or part of a number that somebody has."""

    def __init__(self, written: str) -> None:
        self._written = written
        self._drawn: set[str] = set()

    def draw(self) -> str:
        """One more."""
        while True:
            digits = f"{secrets.randbelow(10**6):06d}"
            if len(set(digits)) > 3 and digits not in self._written and digits not in self._drawn:
                self._drawn.add(digits)
                return digits


def move_in(service: RunningService, how_many: int, folder: Path) -> tuple[list[DemoCustomer], Secrets]:
    """Put so many of them into a running service's store; also where more secrets come from. The file they were in is
    deleted; at its next start the service takes the demo's own file for the one that is loaded."""
    people = [_somebody(number) for number in range(how_many)]
    demo = yaml.safe_load(DEMO.read_text("utf-8"))
    passwords = Secrets(f"{people} {demo}")
    for person in people:
        person["password"] = passwords.draw()
    path = folder / "strangers.yml"
    path.write_text(yaml.safe_dump(demo | {"customers": demo["customers"] + people}, allow_unicode=True), "utf-8")
    database = Database(service.environment["HOTLINE_DATABASE_URL"])
    load_demo(database, Seal.from_file(service.folder / "secret.key"), Passwords(), path)
    with database.writing() as connection:
        connection.execute(sa.update(demo_loads).values(file_hash=hashlib.sha256(DEMO.read_bytes()).hexdigest()))
    database.close()
    customers = read_customers(path)[-how_many:]
    path.unlink()
    return customers, passwords


def _somebody(number: int) -> dict[str, object]:
    year, month, day = 1962 + secrets.randbelow(40), 1 + secrets.randbelow(12), 1 + secrets.randbelow(28)
    base = 4200 + 10 * secrets.randbelow(2300)
    monthly = f"{base * 0.1:.2f}"
    return {
        "name": f"演示来电人{number}",
        "account": f"8100{secrets.randbelow(10**8):08d}",
        "id_number": _INVENT["id_number"](f"{year}{month:02d}{day:02d}", number % 1000),
        "card": _INVENT["card_number"](secrets.randbelow(10**12)),
        "phone": f"1380000{1000 + number}",
        "password": "",
        "status": "01",
        "balance": f"{(200_000 + secrets.randbelow(27_000_000)) / 100:.2f}",
        "monthly_unit": monthly,
        "monthly_own": monthly,
        "base": f"{base}.00",
        "rate_percent": 10,
        "paid_to": "2026-10",
        "unit_name": "演示单位一",
        "months": 100,
        "months_missed": 0,
        "last_deposit": {"month": "2026-10-01", "day": "2026-11-11", "amount": f"{base * 0.2:.2f}"},
        "last_interest": {"day": "2026-06-30", "amount": f"{secrets.randbelow(400_000) / 100:.2f}"},
    }
