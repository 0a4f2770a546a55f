"""The demo's invented customers: read from content/demo/customers.yml, loaded once, refused in production."""

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter

from bot.backend.demo_file import entries, refuse_unquoted
from bot.backend.demo_records import PERSON, UNIT, PersonRecords
from bot.backend.demo_units import DemoUnit, read_units
from bot.backend.numbers import account_key, number_fingerprint, phone_key
from bot.backend.records import Deposit, Interest, Loan, LoanApplication, PersonalAccount, Withdrawal
from bot.backend.weak_passwords import ends_of
from bot.errors import SettingsError
from bot.store.credentials import credentials, has_initial_password, login_numbers
from bot.store.database import Database, insert_new
from bot.store.demo_accounts import any_demo_account, demo_accounts, demo_loads
from bot.store.passwords import Passwords
from bot.store.sealing import Seal

T = TypeVar("T")

STATUSES = ("01", "02", "03", "04", "05", "06", "99")


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """One invented person. The fields are those of customers.yml."""

    name: str
    account: str
    """公积金账号, 12 digits."""

    id_number: str
    """身份证号 of region 999999 (no such region), with a valid check digit."""

    card: str
    """联名卡, 16 to 19 digits."""

    phone: str
    password: str
    password_initial: bool
    """The centre's default password, never changed."""

    status: str
    """个人账户状态 code."""

    balance: Decimal
    monthly_unit: Decimal
    monthly_own: Decimal
    base: Decimal
    rate_percent: Decimal
    paid_to: date
    unit_name: str
    months: int
    months_missed: int
    last_deposit: Deposit | None
    last_interest: Interest | None
    loan: Loan | None
    application: LoanApplication | None
    withdrawal: Withdrawal | None

    def records(self) -> PersonRecords:
        """What is sealed: neither the password nor the numbers that log in."""
        facts = {name: getattr(self, name) for name in PersonalAccount.__slots__ if name != "last_four"}
        account = PersonalAccount(last_four=self.account[-4:], **facts)
        known = ends_of(self.account, self.id_number, self.card)
        return PersonRecords(self.name, self.phone, account, self.loan, self.application, self.withdrawal, known)


def read_customers(path: Path) -> list[DemoCustomer]:
    """The customers of a file. Raises ContentError with file, line and mend."""
    return entries(path, "customers", _customer, needed=True)


def _customer(fields: dict[str, Any]) -> DemoCustomer:
    refuse_unquoted(fields, ("account", "id_number", "card", "phone", "password", "status"))
    if fields["status"] not in STATUSES:
        raise ValueError(f"status 只能是 {' '.join(STATUSES)}")
    if not fields["id_number"].startswith("999999"):
        raise ValueError("id_number 必须以 999999 开头，不得使用真人号码")
    return DemoCustomer(
        name=fields["name"],
        account=fields["account"],
        id_number=fields["id_number"],
        card=fields["card"],
        phone=fields["phone"],
        password=fields["password"],
        password_initial=bool(fields.get("password_initial", False)),
        status=fields["status"],
        balance=_amount(fields["balance"]),
        monthly_unit=_amount(fields["monthly_unit"]),
        monthly_own=_amount(fields["monthly_own"]),
        base=_amount(fields["base"]),
        rate_percent=Decimal(str(fields["rate_percent"])),
        paid_to=date.fromisoformat(f"{fields['paid_to']}-01"),
        unit_name=fields["unit_name"],
        months=int(fields["months"]),
        months_missed=int(fields["months_missed"]),
        last_deposit=_part(Deposit, fields.get("last_deposit")),
        last_interest=_part(Interest, fields.get("last_interest")),
        loan=_part(Loan, fields.get("loan")),
        application=_part(LoanApplication, fields.get("application")),
        withdrawal=_part(Withdrawal, fields.get("withdrawal")),
    )


def _amount(value: Any) -> Decimal:
    """With two decimals, whether the file says 12.3, 12.30 or "12.30"."""
    return Decimal(str(value)).quantize(Decimal("0.01"))


def _part(record: type[T], fields: Any) -> T | None:
    """A group of fields that not everybody has."""
    return None if fields is None else TypeAdapter(record).validate_python(fields)


def load_demo(database: Database, seal: Seal, passwords: Passwords, path: Path) -> int:
    """Bring the file's customers and units into the store; how many were loaded (0: this very file is there already).

    A file that changed replaces all demo customers, passwords changed by demo callers included. Blocks, mostly for
    the hashes: one for each different password, as the demo's few are printed in its file anyway.
    """
    file_hash = hashlib.sha256(path.read_bytes()).hexdigest()
    with database.reading() as connection:
        if connection.execute(sa.select(demo_loads.c.file_hash)).scalar_one_or_none() == file_hash:
            return 0
    customers, units = read_customers(path), read_units(path)
    hashes = passwords.hashes([*(one.password for one in customers), *(one.password for one in units)])
    with database.writing() as connection:
        old = sa.select(demo_accounts.c.account_key)
        connection.execute(sa.delete(credentials).where(credentials.c.account_key.in_(old)))
        for customer in customers:
            _write_customer(connection, seal, customer, hashes[customer.password])
        for unit in units:
            _write_unit(connection, seal, unit, hashes[unit.password])
        noted = insert_new(connection, demo_loads).values(id=1, file_hash=file_hash)
        connection.execute(noted.on_conflict_do_update(index_elements=["id"], set_={"file_hash": file_hash}))
    return len(customers) + len(units)


def _write_customer(connection: sa.Connection, seal: Seal, customer: DemoCustomer, password_hash: str) -> None:
    numbers = (customer.account, customer.id_number, customer.card)
    fingerprints = [number_fingerprint(seal, number) for number in numbers]
    record = seal.seal(PERSON.dump_json(customer.records()).decode())
    _write(connection, seal, account_key(seal, customer.account), customer, password_hash, fingerprints, record)


def _write_unit(connection: sa.Connection, seal: Seal, unit: DemoUnit, password_hash: str) -> None:
    fingerprint = number_fingerprint(seal, unit.account, unit=True)
    record = seal.seal(UNIT.dump_json(unit.records()).decode())
    _write(connection, seal, account_key(seal, f"unit:{unit.account}"), unit, password_hash, [fingerprint], record)


def _write(
    connection: sa.Connection,
    seal: Seal,
    key: str,
    owner: DemoCustomer | DemoUnit,
    password_hash: str,
    fingerprints: list[str],
    record: bytes,
) -> None:
    phone = phone_key(seal, owner.phone)
    credential = {"password_hash": password_hash, "initial": owner.password_initial, "phone_key": phone}
    connection.execute(sa.insert(credentials).values(account_key=key, **credential))
    for fingerprint in fingerprints:
        connection.execute(sa.insert(login_numbers).values(fingerprint=fingerprint, account_key=key))
    connection.execute(sa.insert(demo_accounts).values(account_key=key, sealed_record=record))


def refuse_demo(database: Database) -> None:
    """Raise SettingsError if this database must not serve real callers."""
    with database.reading() as connection:
        if any_demo_account(connection):
            raise SettingsError(
                "demo_customers", "生产模式不能使用含演示客户的数据库：请在 database_url 中改用新的数据库"
            )
        if has_initial_password(connection):
            raise SettingsError("initial_password", "生产模式不允许仍有账户使用初始密码：请先强制修改或停用这些账户")
