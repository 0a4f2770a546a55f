"""Actions run as Rasa runs them, on a conversation that a test writes down."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.account import AnswerAccount
from actions.after_agent import AgentFinished
from actions.answer_hours import AnswerHours
from actions.answer_policy import AnswerPolicy
from actions.book_appointment import AppointmentForm, BeginAppointment, SaveAppointment
from actions.change_password import ChangePassword, NewPinFinished
from actions.find_branch import FindBranch
from actions.follow_menu import FollowMenu, GoBack, MainMenu, NoKeypad
from actions.greet import Greet
from actions.loan import AnswerLoan
from actions.login import PinFinished
from actions.my_appointments import FindAppointment, MyAppointmentForm, SettleAppointment
from actions.notices import TellNotices
from actions.number_finished import NumberFinished
from actions.offers import DeclineOffer, TakeOffer
from actions.order_progress import OrderProgress
from actions.policies import all_policies
from actions.progress import AnswerProgress
from actions.reach_person import ReachPerson, TakeCallBack
from actions.repair import Repair
from actions.repeat_answer import RepeatAnswer
from actions.satisfaction import Goodbye, SatisfactionForm, TakeRating
from actions.send_answer import SendAnswer
from actions.silence import Ladder
from actions.sms_topics import AnswerSmsTopics
from actions.subscribe_sms import BeginSms, SaveSms, SmsForm
from actions.unit import AnswerUnit
from actions.voice_form import VoiceForm
from actions.voice_orders import BeginVoice, SaveVoice
from actions.wording import Wanted, Wording
from tests.conftest import ROOT

BY_INTENT = {
    "call_started": Greet,
    "key_pressed": FollowMenu,
    "main_menu": MainMenu,
    "use_keypad": MainMenu,
    "no_keypad": NoKeypad,
    "go_back": GoBack,
    "repeat": RepeatAnswer,
    "no_input": Ladder,
    "no_match": Ladder,
    "nlu_fallback": Repair,
    "affirm": TakeOffer,
    "deny": DeclineOffer,
    "branch_at": FindBranch,
    "branch_nearest": FindBranch,
    "opening_hours": AnswerHours,
    "notices": TellNotices,
    "number_finished": NumberFinished,
    "pin_finished": PinFinished,
    "change_password": ChangePassword,
    "new_pin_finished": NewPinFinished,
    "human_agent": ReachPerson,
    "complaint": BeginVoice,
    "suggestion": BeginVoice,
    "leave_question": BeginVoice,
    "balance_dispute": BeginVoice,
    "order_progress": OrderProgress,
    "goodbye": Goodbye,
    "call_back": TakeCallBack,
    "agent_finished": AgentFinished,
    "appointment_loan": BeginAppointment,
    "appointment_repayment": BeginAppointment,
    "appointment_withdrawal": BeginAppointment,
    "appointment_change": FindAppointment,
    "sms_subscribe": BeginSms,
    "sms_cancel": BeginSms,
    "sms_topics": AnswerSmsTopics,
    "sms_answer": SendAnswer,
}
"""What the one-step rules in stories/ say; test_rules.py compares them."""

BY_GROUP = {"account_": AnswerAccount, "loan_query_": AnswerLoan, "progress_": AnswerProgress, "unit_": AnswerUnit}
WORDING = Wording(ROOT)

SHOWN = ("guess", "first", "second", "left", "number", "hours", "visit", "last_four", "day", "why", "names")
"""Values given to wordings that tests look at."""

FORMS = {
    "appointment_form": (AppointmentForm, SaveAppointment),
    "my_appointment_form": (MyAppointmentForm, SettleAppointment),
    "sms_form": (SmsForm, SaveSms),
    "satisfaction_form": (SatisfactionForm, TakeRating),
    "voice_form": (VoiceForm, SaveVoice),
}
"""Forms: what asks their questions, and what the rule with the form calls when all are answered."""


def action_of(intent):
    if intent in BY_INTENT:
        return BY_INTENT[intent]()
    if intent in all_policies():
        return AnswerPolicy()
    answering = next((action for group, action in BY_GROUP.items() if intent.startswith(group)), None)
    return answering() if answering else None


@dataclass
class Conversation:
    """One call with Rasa's part played by the rules: an intent runs its action."""

    call_id: str = "call-1"
    slots: dict = field(default_factory=dict)
    events: list = field(default_factory=list)
    form: str = ""

    def hear(self, intent, text="", ranking=(), between=None, **facts):
        """The intent's action runs, and what it goes on with; everything the bot did comes back, in order."""
        entities = [{"entity": name, "value": value} for name, value in facts.items()]
        parse = {"intent": {"name": intent, "confidence": 1.0}, "entities": entities, "text": text or f"/{intent}"}
        parse["intent_ranking"] = list(ranking)
        self.events += [{"event": "action", "name": "action_listen"}]
        return self._run(
            {"event": "user", "text": parse["text"], "parse_data": parse, "metadata": {"between": between}}
        )

    def _run(self, user):
        self.events.append(user)
        parse = user["parse_data"]
        intent = parse["intent"]["name"]
        if self.form:  # Rasa asks the form first; if it has nothing to say, the rules; then the form again
            said, filled = self._ask_form(parse)
            if filled:
                return said
            return said + self._do(action_of(intent), intent, parse) + (self._ask_form(parse)[0] if self.form else [])
        said = self._do(action_of(intent), intent, parse)
        return said + (self._ask_form(parse)[0] if self.form else [])

    def _ask_form(self, parse):
        """The form's turn, and its end; and whether it took the caller's turn at all."""
        ask, finish = FORMS[self.form]
        before = len(self.events)
        said = self._do(ask(), self.form, parse)
        filled = len(self.events) > before
        if self.form and self.slots.get("requested_slot") is None:
            self.form = ""
            self.events.append({"event": "action", "name": "finish"})
            said += self._do(finish(), "finish", parse)
            said += self._ask_form(parse)[0] if self.form else []
        return said, filled

    def _do(self, action, intent, parse):
        if action is None:
            return [{"rule": intent}]
        if "date" in {one["entity"] for one in parse["entities"]}:
            self.slots["date"] = next(one["value"] for one in parse["entities"] if one["entity"] == "date")
        if intent != self.form:
            self.events.append({"event": "action", "name": action.name()})
        dispatcher, loop = CollectingDispatcher(), {"name": self.form} if self.form else {}
        tracker = Tracker(self.call_id, dict(self.slots), parse, list(self.events), False, None, loop, "action_listen")
        later = asyncio.run(action.run(dispatcher, tracker, {}))
        json.dumps([dispatcher.messages, later])  # goes to Rasa over the wire
        said = [self._said(message) for message in dispatcher.messages]
        for event in later:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
                self.events.append(event)
            elif event["event"] == "active_loop":
                self.form = event["name"] or ""
                self.slots["requested_slot"] = None
                self.events.append(event)
            elif event["event"] == "user":
                said += self._run(event)
            else:
                self.events.append(event)
        return said

    def _said(self, message):
        command = (message.get("custom") or {}).get("command")
        name = message.get("response") or message.get("utter_action") or ""
        words = self._worded(name, message) if message.get("response") else {}
        text = message.get("text") or words.get("text") or ""
        if not command:
            about = {"utter_action": name, "metadata": message.get("metadata") or words.get("manner")}
            self.events.append({"event": "bot", "text": text or name, "metadata": about})
        return {
            "name": name,
            "text": text,
            "command": command,
            **(message.get("custom") or {}),
        } | {key: value for key, value in message.items() if key in SHOWN}

    def _worded(self, name, message):
        """What domain.yml makes of a response, the values filled in."""
        on = datetime.fromisoformat(self.slots.get("date") or "2026-11-24").date()
        wanted = Wanted(name, "phone", on=on, slots=dict(self.slots), arguments=message)
        return asyncio.run(WORDING.words(wanted))


def names(said):
    return [one["name"] or one["command"] for one in said]
