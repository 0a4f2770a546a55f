"""The demo's invented customers: read from content/demo/customers.yml, loaded once, refused in production."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from bot.backend.numbers import account_key, number_fingerprint, phone_key
from bot.errors import ContentError, SettingsError
from bot.store.credentials import credentials, has_initial_password, login_numbers
from bot.store.database import Database, insert_new
from bot.store.demo_accounts import any_demo_account, demo_accounts, demo_loads
from bot.store.passwords import Passwords
from bot.store.sealing import Seal

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

    def record(self) -> str:
        """What is sealed: everything but the password."""
        fields = {name: getattr(self, name) for name in self.__slots__ if not name.startswith("password")}
        return json.dumps(fields, ensure_ascii=False, default=str)


def read_customers(path: Path) -> list[DemoCustomer]:
    """The customers of a file. Raises ContentError with file, line and mend."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        entries = next(value.value for key, value in root.value if key.value == "customers")
    except (OSError, UnicodeDecodeError, yaml.YAMLError, StopIteration, AttributeError, TypeError, ValueError) as error:
        raise ContentError("demo_customers", f"{path}：无法读取演示客户，文件应为 UTF-8 的 customers: 列表") from error
    customers = []
    for node in entries:
        line = node.start_mark.line + 1
        try:
            customers.append(_customer(yaml.SafeLoader("").construct_document(node)))
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise ContentError("demo_customers", f"{path} 第 {line} 行：演示客户有误：{error}") from error
    return customers


def _customer(fields: dict[str, Any]) -> DemoCustomer:
    for name in ("account", "id_number", "card", "phone", "password", "status"):
        if not isinstance(fields[name], str):
            raise TypeError(f"{name} 要加引号，否则开头的 0 会丢失")
    if len(fields["password"]) != 6 or not fields["password"].isdecimal():
        raise ValueError("password 必须是六位数字")
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
    )


def _amount(value: Any) -> Decimal:
    """With two decimals, whether the file says 12.3, 12.30 or "12.30"."""
    return Decimal(str(value)).quantize(Decimal("0.01"))


def load_demo(database: Database, seal: Seal, passwords: Passwords, path: Path) -> int:
    """Bring the file's customers into the store; how many were loaded (0: this very file is there already).

    A file that changed replaces all demo customers, passwords changed by demo callers included. Blocks, mostly for
    the hashes: one for each different password, as the demo's few are printed in its file anyway.
    """
    file_hash = hashlib.sha256(path.read_bytes()).hexdigest()
    with database.reading() as connection:
        if connection.execute(sa.select(demo_loads.c.file_hash)).scalar_one_or_none() == file_hash:
            return 0
    customers = read_customers(path)
    hashes = passwords.hashes(customer.password for customer in customers)
    with database.writing() as connection:
        old = sa.select(demo_accounts.c.account_key)
        connection.execute(sa.delete(credentials).where(credentials.c.account_key.in_(old)))
        for customer in customers:
            _write(connection, seal, customer, hashes[customer.password])
        noted = insert_new(connection, demo_loads).values(id=1, file_hash=file_hash)
        connection.execute(noted.on_conflict_do_update(index_elements=["id"], set_={"file_hash": file_hash}))
    return len(customers)


def _write(connection: sa.Connection, seal: Seal, customer: DemoCustomer, password_hash: str) -> None:
    key = account_key(seal, customer.account)
    connection.execute(
        sa.insert(credentials).values(
            account_key=key,
            password_hash=password_hash,
            initial=customer.password_initial,
            phone_key=phone_key(seal, customer.phone),
        )
    )
    for fingerprint in _fingerprints(seal, customer):
        connection.execute(sa.insert(login_numbers).values(fingerprint=fingerprint, account_key=key))
    connection.execute(sa.insert(demo_accounts).values(account_key=key, sealed_record=seal.seal(customer.record())))


def _fingerprints(seal: Seal, customer: DemoCustomer) -> Iterator[str]:
    for number in (customer.account, customer.id_number, customer.card):
        yield number_fingerprint(seal, number)


def refuse_demo(database: Database) -> None:
    """Raise SettingsError if this database must not serve real callers."""
    with database.reading() as connection:
        if any_demo_account(connection):
            raise SettingsError(
                "demo_customers", "生产模式不能使用含演示客户的数据库：请在 database_url 中改用新的数据库"
            )
        if has_initial_password(connection):
            raise SettingsError("initial_password", "生产模式不允许仍有账户使用初始密码：请先强制修改或停用这些账户")
