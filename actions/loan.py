"""个人贷款: balance, payment, what is left and what is overdue."""

from actions.backend_door import backend
from actions.query import Answer, Query, told
from actions.written import day, years_and_months, yuan
from bot.backend.records import Loan


class AnswerLoan(Query):
    """Answers loan_query_balance, …_repayment, …_remaining, …_overdue; loan_query_overview is all of it in short."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_answer_loan"

    async def answers(self, call_id: str, wanted: str) -> list[Answer]:
        """No loan and a settled one are answers too. Overdue money is told whatever was asked about the loan."""
        loan = await backend().loan(call_id)
        if loan is None:
            return [told("utter_loan_none")]
        if loan.settled_on is not None:
            return [told("utter_loan_settled", last_four=loan.last_four, day=day(loan.settled_on))]
        about = wanted.removeprefix("loan_query_")
        one = {"balance": [_balance], "repayment": [_repayment], "remaining": [_remaining], "overdue": [_overdue]}
        parts = one.get(about, [_balance, _repayment, _remaining])
        late = [_overdue(loan)] if loan.overdue_count and about != "overdue" else []
        return [*(part(loan) for part in parts), *late]


def _balance(loan: Loan) -> Answer:
    return told("utter_loan_balance", last_four=loan.last_four, balance=yuan(loan.balance))


def _repayment(loan: Loan) -> Answer:
    return told("utter_loan_repayment", payment=yuan(loan.monthly_payment), on_day=str(loan.payment_day))


def _remaining(loan: Loan) -> Answer:
    left = loan.instalments_left
    return told("utter_loan_remaining", instalments=str(left), years=years_and_months(left))


def _overdue(loan: Loan) -> Answer:
    if not loan.overdue_count:
        return told("utter_loan_on_time")
    return told("utter_loan_overdue", instalments=str(loan.overdue_count), amount=yuan(loan.overdue_amount))
