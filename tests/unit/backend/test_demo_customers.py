"""The demo's customers: plainly invented, loaded once, refused in production."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.backend.demo_customers import STATUSES, load_demo, read_customers, refuse_demo
from bot.backend.demo_units import read_units
from bot.backend.records import LoanStep, UnitStatus, WithdrawalStep
from bot.errors import ContentError, SettingsError
from bot.store.credentials import credentials, login_numbers
from bot.store.demo_accounts import demo_accounts

CONTENT = Path(__file__).resolve().parents[3] / "content" / "demo"
CUSTOMERS = CONTENT / "customers.yml"


def test_the_file_is_what_its_script_makes():
    made = subprocess.run([sys.executable, CONTENT / "invent_customers.py"], capture_output=True, check=True)
    assert made.stdout.decode() == CUSTOMERS.read_text("utf-8")


def test_every_status_is_there_and_nobody_can_be_taken_for_real():
    customers = read_customers(CUSTOMERS)
    assert len(customers) == 60
    assert {customer.status for customer in customers} == set(STATUSES)
    assert {customer.status for customer in customers[:8]} == set(STATUSES)
    assert all(customer.name.startswith("演示用户") for customer in customers)
    assert all(customer.phone.startswith("1380000") and len(customer.phone) == 11 for customer in customers)
    assert all(customer.unit_name.startswith("演示单位") for customer in customers)


def test_every_state_of_loans_applications_withdrawals_and_units_is_there():
    customers, units = read_customers(CUSTOMERS), read_units(CUSTOMERS)
    loans = [customer.loan for customer in customers]
    kinds = {
        loan and ("settled" if loan.settled_on else "overdue" if loan.overdue_count else "paying") for loan in loans
    }
    assert kinds == {None, "settled", "overdue", "paying"}
    assert {customer.application and customer.application.step for customer in customers} == {None, *LoanStep}
    assert {customer.withdrawal and customer.withdrawal.step for customer in customers} == {None, *WithdrawalStep}
    assert all(customer.withdrawal for customer in customers if customer.status == "05")
    assert len(units) == 8 and {unit.record.status for unit in units} == set(UnitStatus)
    assert any(unit.record.returned for unit in units) and any(unit.record.arrears_months for unit in units)


def test_what_the_bank_says_adds_up():
    for customer in read_customers(CUSTOMERS):
        loan, withdrawal = customer.loan, customer.withdrawal
        if loan is not None:
            assert (loan.balance > 0) == (loan.instalments_left > 0) == (loan.settled_on is None)
            assert loan.overdue_amount == loan.overdue_count * loan.monthly_payment
            assert loan.balance < loan.instalments_left * loan.monthly_payment or loan.settled_on
        if withdrawal is not None:
            settled = withdrawal.step in (WithdrawalStep.PAID, WithdrawalStep.RETURNED)
            assert settled == (withdrawal.settled_on is not None)
            assert bool(withdrawal.why_returned) == (withdrawal.step is WithdrawalStep.RETURNED)


def test_numbers_have_their_lengths_and_check_digits_and_are_all_different():
    customers = read_customers(CUSTOMERS)
    for customer in customers:
        assert len(customer.account) == 12 and customer.account.isdecimal()
        digits = [10 if digit == "X" else int(digit) for digit in customer.id_number]
        assert len(digits) == 18 and customer.id_number.startswith("999999")
        # GB 11643: weight of place i from the right is 2**i modulo 11; the sum leaves 1.
        assert sum(digit * 2**place for place, digit in enumerate(reversed(digits))) % 11 == 1
        assert 16 <= len(customer.card) <= 19
        luhn = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(customer.card))]
        assert sum(value // 10 + value % 10 for value in luhn) % 10 == 0
    assert any(customer.id_number.endswith("X") for customer in customers)
    numbers = [number for customer in customers for number in (customer.account, customer.id_number, customer.card)]
    assert max(Counter(numbers).values()) == 1


def test_loading_again_changes_nothing_and_a_changed_file_replaces_all(store, passwords, tmp_path):
    assert load_demo(store.database, store.seal, passwords, CUSTOMERS) == 68
    assert load_demo(store.database, store.seal, passwords, CUSTOMERS) == 0
    shorter = tmp_path / "customers.yml"
    text = CUSTOMERS.read_text("utf-8")
    shorter.write_text(text[: text.index("  - name: 演示用户三")], "utf-8")
    assert load_demo(store.database, store.seal, passwords, shorter) == 2
    with store.database.reading() as connection:
        for table, rows in ((credentials, 2), (demo_accounts, 2), (login_numbers, 6)):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == rows


def test_production_refuses_demo_customers_and_initial_passwords(store, passwords):
    refuse_demo(store.database)
    load_demo(store.database, store.seal, passwords, CUSTOMERS)
    with pytest.raises(SettingsError, match="演示客户"):
        refuse_demo(store.database)
    with store.database.writing() as connection:
        connection.execute(sa.delete(demo_accounts))
    with pytest.raises(SettingsError, match="初始密码"):
        refuse_demo(store.database)
    with store.database.writing() as connection:
        connection.execute(sa.update(credentials).values(initial=False))
    refuse_demo(store.database)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (('status: "01"', 'status: "07"'), "status"),
        (('password: "286913"', "password: 286913"), "引号"),
        (('password: "286913"', 'password: "28691"'), "六位"),
        (('id_number: "999999', 'id_number: "110101'), "999999"),
        (("    balance: 12071.20\n", ""), "balance"),
        (("balance: 12071.20", "balance: 很多"), "第7行"),
        (("customers:", "customer:"), "customers:"),
    ],
)
def test_a_wrong_entry_is_named_by_line_and_mend(tmp_path, wrong, told):
    text = CUSTOMERS.read_text("utf-8").replace(*wrong, 1)
    assert text != CUSTOMERS.read_text("utf-8")
    (tmp_path / "customers.yml").write_text(text, "utf-8")
    with pytest.raises(ContentError, match=told):
        read_customers(tmp_path / "customers.yml")
