"""办理进度: where a loan application or a withdrawal stands, since when, and what comes next."""

from actions.backend_door import backend
from actions.query import Answer, Query, told
from actions.written import day, yuan
from bot.backend.records import Withdrawal


class AnswerProgress(Query):
    """Answers progress_loan, progress_withdrawal and progress_withdrawal_returned."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_answer_progress"

    async def answers(self, call_id: str, wanted: str) -> list[Answer]:
        """Whoever asks why it was returned hears where it stands: it may have been paid since."""
        if wanted == "progress_loan":
            return await self._loan(call_id)
        withdrawal = await backend().withdrawal(call_id)
        return [told("utter_progress_withdrawal_none")] if withdrawal is None else [_withdrawal(withdrawal)]

    async def _loan(self, call_id: str) -> list[Answer]:
        application = await backend().loan_application(call_id)
        if application is None:
            return [told("utter_progress_loan_none")]
        step, since = application.step.value, day(application.since)
        return [told(f"utter_progress_loan_{step}", last_four=application.last_four, since=since)]


def _withdrawal(withdrawal: Withdrawal) -> Answer:
    settled = withdrawal.settled_on
    return told(
        f"utter_progress_withdrawal_{withdrawal.step.value}",
        purpose=withdrawal.purpose,
        amount=yuan(withdrawal.amount),
        applied_on=day(withdrawal.applied_on),
        card=withdrawal.card_last_four,
        settled_on=day(settled) if settled else "",
        why=withdrawal.why_returned,
    )
