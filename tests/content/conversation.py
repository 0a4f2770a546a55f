"""Actions run as Rasa runs them, on a conversation that a test writes down."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.account import AnswerAccount
from actions.answer_hours import AnswerHours
from actions.answer_policy import AnswerPolicy
from actions.change_password import ChangePassword, NewPinFinished
from actions.find_branch import FindBranch
from actions.follow_menu import FollowMenu, GoBack, MainMenu, NoKeypad
from actions.greet import Greet
from actions.loan import AnswerLoan
from actions.login import PinFinished
from actions.notices import TellNotices
from actions.number_finished import NumberFinished
from actions.offers import DeclineOffer, TakeOffer
from actions.policies import all_policies
from actions.progress import AnswerProgress
from actions.reach_person import AgentFinished, ReachPerson, TakeCallBack
from actions.referrals import Refer, referral_of
from actions.repair import Repair
from actions.repeat_answer import RepeatAnswer
from actions.silence import Ladder
from actions.unit import AnswerUnit
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
    "complaint": ReachPerson,
    "call_back": TakeCallBack,
    "agent_finished": AgentFinished,
}
"""What the one-step rules in stories/ say; test_rules.py compares them."""

BY_GROUP = {"account_": AnswerAccount, "loan_query_": AnswerLoan, "progress_": AnswerProgress, "unit_": AnswerUnit}
WORDING = Wording(ROOT)


def action_of(intent):
    if intent in BY_INTENT:
        return BY_INTENT[intent]()
    if intent in all_policies():
        return AnswerPolicy()
    answering = next((action for group, action in BY_GROUP.items() if intent.startswith(group)), None)
    return answering() if answering else Refer() if referral_of(intent) else None


@dataclass
class Conversation:
    """One call with Rasa's part played by the rules: an intent runs its action."""

    call_id: str = "call-1"
    slots: dict = field(default_factory=dict)
    events: list = field(default_factory=list)

    def hear(self, intent, text="", ranking=(), **facts):
        """The intent's action runs, and what it goes on with; everything the bot did comes back, in order."""
        entities = [{"entity": name, "value": value} for name, value in facts.items()]
        parse = {"intent": {"name": intent, "confidence": 1.0}, "entities": entities, "text": text or f"/{intent}"}
        parse["intent_ranking"] = list(ranking)
        self.events += [{"event": "action", "name": "action_listen"}]
        return self._run({"event": "user", "text": parse["text"], "parse_data": parse})

    def _run(self, user):
        self.events.append(user)
        parse = user["parse_data"]
        intent = parse["intent"]["name"]
        action = action_of(intent)
        if action is None:
            return [{"rule": intent}]
        if "date" in {one["entity"] for one in parse["entities"]}:
            self.slots["date"] = next(one["value"] for one in parse["entities"] if one["entity"] == "date")
        dispatcher = CollectingDispatcher()
        tracker = Tracker(self.call_id, dict(self.slots), parse, list(self.events), False, None, {}, "action_listen")
        later = asyncio.run(action.run(dispatcher, tracker, {}))
        said = [self._said(message) for message in dispatcher.messages]
        for event in later:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
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
        } | {
            key: value
            for key, value in message.items()
            if key in ("guess", "first", "second", "left", "number", "hours")
        }

    def _worded(self, name, message):
        """What domain.yml makes of a response, the values filled in."""
        on = datetime.fromisoformat(self.slots.get("date") or "2026-11-24").date()
        wanted = Wanted(name, "phone", on=on, slots=dict(self.slots), arguments=message)
        return asyncio.run(WORDING.words(wanted))


def names(said):
    return [one["name"] or one["command"] for one in said]
