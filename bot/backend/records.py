"""What a centre's business system says about one person or unit. Amounts in yuan with two decimals."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated

from pydantic import StringConstraints

LastFour = Annotated[str, StringConstraints(pattern=r"^([0-9]{3}[0-9Xx])?$")]
"""Of an account, contract, card or telephone; '' if there is none. A system that sends a whole number is refused."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """One month's 缴存 that was credited."""

    month: date
    """First day of the month it is for."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Interest:
    """利息 credited on one 30 June (条例 21: the fund's year ends then)."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PersonalAccount:
    """个人账户 of the person logged in."""

    last_four: LastFour
    status: Annotated[str, StringConstraints(pattern=r"^(0[1-6]|99)$")]
    """01 正常, 02 封存, 03 合并销户, 04 外部转出销户, 05 提取销户, 06 冻结, 99 其他."""

    balance: Decimal
    monthly_unit: Decimal
    monthly_own: Decimal
    base: Decimal
    """缴存基数, 元."""

    rate_percent: Decimal
    """Each side's ratio."""

    paid_to: date
    """缴至年月 (first day of that month)."""

    unit_name: str
    months: int
    """Months paid since the account was opened."""

    months_missed: int
    """Months without a deposit in between."""

    last_deposit: Deposit | None
    last_interest: Interest | None


@dataclass(frozen=True, slots=True)
class Loan:
    """个人住房公积金贷款 of the person logged in, as its main borrower."""

    last_four: LastFour
    """Of the contract's number."""

    balance: Decimal
    """Principal not repaid; 0 when it is settled."""

    instalments_left: int
    monthly_payment: Decimal
    payment_day: int
    """Day of the month on which it is collected, 1 to 28."""

    overdue_amount: Decimal
    overdue_count: int
    """Instalments due and not paid."""

    settled_on: date | None = None
    """结清; None while it is being repaid."""


class LoanStep(Enum):
    """Where a loan application stands, in this order; RETURNED and REFUSED can follow REVIEW and APPROVAL."""

    RECEIVED = "received"
    """已受理"""

    REVIEW = "review"
    """初审"""

    RETURNED = "returned"
    """退回补充材料"""

    APPROVAL = "approval"
    """审批"""

    REFUSED = "refused"
    """审批未通过"""

    CONTRACT = "contract"
    """签订合同"""

    MORTGAGE = "mortgage"
    """抵押登记"""

    PAYOUT = "payout"
    """等待放款"""

    PAID = "paid"
    """已放款"""


@dataclass(frozen=True, slots=True)
class LoanApplication:
    """The last loan application of the person logged in."""

    last_four: LastFour
    """Of the application's number."""

    step: LoanStep
    since: date


class WithdrawalStep(Enum):
    """Where a withdrawal stands."""

    DECIDING = "deciding"
    """审核中"""

    PAYING = "paying"
    """审核通过，等待银行付款"""

    PAID = "paid"
    """已付款"""

    RETURNED = "returned"
    """银行退回"""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The last 提取 of the person logged in; it outlives an account that was closed by it (status 05)."""

    purpose: str
    """租房, 销户 …"""

    amount: Decimal
    applied_on: date
    step: WithdrawalStep
    card_last_four: LastFour
    settled_on: date | None
    """Paid or returned on this day; None before."""

    why_returned: str
    """The bank's reason, '' unless returned."""


class UnitStatus(Enum):
    """Status of a unit's account."""

    NORMAL = "normal"
    """正常"""

    DEFERRED = "deferred"
    """缓缴"""

    SEALED = "sealed"
    """封存"""

    CLOSED = "closed"
    """销户"""


@dataclass(frozen=True, slots=True)
class ReturnedPayment:
    """A unit's payment that the bank sent back."""

    day: date
    amount: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class UnitAccount:
    """单位账户 of the unit logged in."""

    name: str
    last_four: LastFour
    status: UnitStatus
    people: int
    """Employees whose deposits are paid."""

    paid_to: date
    """First day of that month."""

    balance: Decimal
    """Money received and not yet put on the employees' accounts (暂存款)."""

    credited_this_month: Decimal
    arrears_months: int
    arrears_amount: Decimal
    returned: ReturnedPayment | None
