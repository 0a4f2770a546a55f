"""The demo's invented units: read from the `units:` of content/demo/customers.yml."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot.backend.demo_file import entries, refuse_unquoted
from bot.backend.demo_records import UnitRecords
from bot.backend.records import UnitAccount
from bot.backend.weak_passwords import ends_of


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """One invented unit with its password."""

    account: str
    """单位公积金账号, 10 digits."""

    phone: str
    """Of the person who does its 公积金 business."""

    password: str
    password_initial: bool
    record: UnitAccount

    def records(self) -> UnitRecords:
        """What is sealed: neither the password nor the number that logs in."""
        return UnitRecords(self.record, self.phone, ends_of(self.account))


def read_units(path: Path) -> list[DemoUnit]:
    """The units of a file; none if it has no `units:`. Raises ContentError with file, line and mend."""
    return entries(path, "units", _unit)


def _unit(fields: dict[str, Any]) -> DemoUnit:
    refuse_unquoted(fields, ("account", "phone", "password"))
    record = {name: fields[name] for name in UnitAccount.__slots__ if name in fields}
    record |= {"last_four": fields["account"][-4:], "returned": fields.get("returned")}
    return DemoUnit(
        account=fields["account"],
        phone=fields["phone"],
        password=fields["password"],
        password_initial=bool(fields.get("password_initial", False)),
        record=_RECORD.validate_python(record),
    )


_RECORD = TypeAdapter(UnitAccount)
