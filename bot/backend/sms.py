"""Text messages as the field speaks of them (短信): what a person is told about, and single messages on request.

Implementations: demo_sms.py for the demo centre, whose messages leave through the outbox (sms_sender.py);
http_sms.py for a centre's own system.
"""

from datetime import date
from enum import Enum
from typing import Protocol


class Topic(Enum):
    """What a person may be told about."""

    BALANCE = "balance"
    """余额变动"""

    REPAYMENT = "repayment"
    """还款提醒"""

    POLICY = "policy"
    """政策通知"""


class Messages(Protocol):
    """The text messages of one centre. Every method may raise BackendError, with one of the codes named below, or of
    http_wire.py."""

    async def topics(self, call_id: str) -> set[Topic]:
        """What the person logged in is told about. Codes: not_logged_in."""
        ...

    async def subscribe(self, call_id: str, topic: Topic, *, on: bool) -> None:
        """Begin or end it, for the person logged in; doing it again changes nothing. Codes: not_logged_in."""
        ...

    async def send_to_registered(self, call_id: str, once_key: str, text: str, today: date, most_a_day: int) -> str:
        """Send this to the telephone registered for the person logged in; its last four.

        The only way for figures of an account. Codes: not_logged_in, no_phone, sms_too_many.
        """
        ...

    async def send_to_caller(self, call_id: str, once_key: str, text: str, today: date, most_a_day: int) -> str:
        """Send what is no secret to the telephone that calls; its last four. Codes: no_phone, sms_too_many."""
        ...


class SmsCarrier(Protocol):
    """The way out, e.g. an operator's gateway."""

    async def send(self, once_key: str, phone: str, text: str) -> None:
        """Deliver it, at most once for each key however often it is asked. Raises BackendError if it was not taken."""
        ...
