"""Who is asking: the one way in for every business that needs to know, and what is said when it fails.

A leaf begins with

    if (events := await logged_in(dispatcher, tracker, wish(tracker))) is not None:
        return events

and is run again, as if the caller had said the same, once number and password have been entered.
"""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_door import backend
from actions.call_control import as_if_said, collect_new_pin, collect_number
from actions.offers import offer_person
from bot.backend.base import LoginKind, LoginOutcome, LoginStatus
from bot.errors import BackendError

NUMBER_OF = {LoginKind.PERSON: "login", LoginKind.UNIT: "unit"}
"""Which number the line asks for (bot.call.number_kinds)."""

OVERVIEW_OF = {LoginKind.PERSON: "account_overview", LoginKind.UNIT: "unit_account"}
"""What a login leads to when nothing particular was wanted."""

OF_ONE_IDENTITY = (
    "unfinished",
    "unfinished_name",
    "something_unfinished",
    "offer",
)
"""Slots that hold what one person or unit began. A leaf adds its own here: a second login in the call empties them."""


async def logged_in(
    dispatcher: CollectingDispatcher, tracker: Tracker, wanted: str, who: LoginKind = LoginKind.PERSON
) -> list[EventType] | None:
    """None if a person (or unit) is logged in on this call; else the events that begin the login.

    `wanted`: the intent to go on with afterwards, kept in the slot `pending` meanwhile; the leaf sets it to None when
    it has answered. A unit logged in is no person and the other way round: then the other one logs in, and nothing of
    the first identity stays.
    """
    try:
        outcome = await backend().login(tracker.sender_id)
    except BackendError:
        return unavailable(dispatcher)
    in_already = outcome is not None and outcome.status in (LoginStatus.OK, LoginStatus.MUST_CHANGE)
    if outcome is not None and in_already and outcome.kind is who:
        return None if outcome.status is LoginStatus.OK else begin_forced_change(dispatcher, wanted)
    forgotten = [SlotSet(slot, None) for slot in OF_ONE_IDENTITY] if in_already else []
    dispatcher.utter_message(response="utter_login_needed_unit" if who is LoginKind.UNIT else "utter_login_needed")
    _ask(dispatcher, who)
    return [*forgotten, SlotSet("pending", wanted)]


def begin_forced_change(dispatcher: CollectingDispatcher, wanted: str) -> list[EventType]:
    """A password that was handed out, or is trivial, opens nothing but its own change; then `wanted` goes on."""
    dispatcher.utter_message(response="utter_password_must_change")
    collect_new_pin(dispatcher)
    return [SlotSet("pending", None if wanted == "change_password" else wanted)]


def unavailable(dispatcher: CollectingDispatcher) -> list[EventType]:
    """The business system does not answer: said so, with a person as the way on. Never a guess."""
    dispatcher.utter_message(response="utter_account_unavailable")
    return [offer_person(dispatcher)]


class PinFinished(Action):  # type: ignore[misc]
    """The password phase is over; what became of it is in the store, nowhere else."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_pin_finished"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Whoever claims that a password was entered gains nothing: the store says who is logged in."""
        try:
            outcome = await backend().login(tracker.sender_id)
        except BackendError:
            return unavailable(dispatcher)
        if outcome is not None and outcome.status in (LoginStatus.OK, LoginStatus.MUST_CHANGE):
            return as_if_said(tracker.get_slot("pending") or OVERVIEW_OF[outcome.kind])
        return _login_failed(dispatcher, outcome)


def _login_failed(dispatcher: CollectingDispatcher, outcome: LoginOutcome | None) -> list[EventType]:
    """A usable next step for every way a login can fail."""
    status = outcome.status if outcome else LoginStatus.BEGUN
    if status is LoginStatus.WRONG and outcome and outcome.attempts_left > 0:
        dispatcher.utter_message(response="utter_login_wrong", left=outcome.attempts_left)
        _ask(dispatcher, outcome.kind)
        return []
    if status is LoginStatus.UNAVAILABLE:
        return unavailable(dispatcher)
    if status in (LoginStatus.WRONG, LoginStatus.LOCKED):
        dispatcher.utter_message(response="utter_login_locked")
    elif status is LoginStatus.PAUSED:
        dispatcher.utter_message(response="utter_login_paused")
    elif status is LoginStatus.NO_KEYS:
        dispatcher.utter_message(response="utter_login_no_keys")
    elif status is LoginStatus.NO_PASSWORD:
        dispatcher.utter_message(response="utter_login_no_password")
    else:
        dispatcher.utter_message(response="utter_login_not_done")
    return [offer_person(dispatcher)]


def _ask(dispatcher: CollectingDispatcher, who: LoginKind) -> None:
    collect_number(dispatcher, NUMBER_OF[who], pin_follows=True)
