"""Several questions in a row (a Rasa form): what is true of every form, whatever the caller does in between.

While a form is active Rasa asks its validate_… action first in every turn, whatever rules there are; that action is
`Form.run`. It asks the questions itself. What it makes of a turn:

* an answer (words, a key among those read out, a number collected): the next question that is still open
* a question about something else (利率是多少): nothing, and Rasa rejects the form for this turn. The general rule
  answers, then Rasa comes back to the form by itself, and the open question is asked again
* * and 返回: one question back, from the first one out. # 主菜单, 0 人工, 再见: the form is left, and the caller's turn
  is taken again as if the form had never been. 算了, 不办了: left, and what else?
* another business: left as well, but kept in mind: when that is done, the caller is offered to go on with this one
* silence, no match, words that fit nothing: asked again, then once more, then a person

A business that ends with a form: an action checks what is needed first and returns `begin(form)`; the rule that
follows the form (condition: active_loop) saves. Nothing is saved before the form's last question, the confirmation.
"""

import re
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, FollowupAction, SlotSet, UserUttered
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import as_if_said
from actions.form_questions import NEXT, PREVIOUS, Answer, FormTurn, Question, keyed, pages
from actions.login import unavailable
from actions.names import name_of
from actions.policies import all_policies
from actions.reach_person import give_to_person
from bot.errors import BackendError
from bot.mandarin import asks

ASIDES = frozenset(
    "greet thanks ask_identity ask_services ask_privacy social_insurance advertising abuse out_of_scope"
    " outside_weather outside_papers outside_home outside_errands outside_chat"
    " branch_nearest branch_at opening_hours sms_answer notices no_keypad emergency".split()
)
"""Wishes that are answered in the middle of a form, which then goes on. All policies are such, too."""

NO_WISH = frozenset("affirm deny nlu_fallback".split())
"""Intents that say nothing about what the caller wants."""

KEYS_OUT = {"0": "human_agent", "#": "main_menu"}

_GIVES_UP = re.compile(
    r"^(?:那|嗯|哦|我)*(?:算了|不办|不约|不弄|不要了|不用了|取消|退出|不想办|先不)(?:了|吧|算了|不办|不约|办|约|不用)*$"
)
_LONGEST_COMMAND = 8
"""Where anything may be the answer (a complaint), only so short a sentence is a wish about the call."""

PERSON_AFTER_MISSES = 3

UNFINISHED = ("unfinished", "unfinished_name", "something_unfinished")


class Form(Action, ABC):  # type: ignore[misc]
    """One form. A subclass gives its name, its questions, and what belongs to it."""

    form: ClassVar[str]
    """Name in domain.yml; its required_slots are the slots of the questions."""

    slots: ClassVar[tuple[str, ...]]
    """All that it keeps; nothing of it stays when the form is left."""

    own: ClassVar[frozenset[str]] = frozenset()
    """Wishes that this form is about."""

    keeps_answers: ClassVar[bool] = False
    """When another business comes in between, the answers stay for the action that begins this form again."""

    def name(self) -> str:
        """As Rasa calls it."""
        return f"validate_{self.form}"

    def is_own(self, turn: FormTurn) -> bool:
        """Whether the caller only says again what this form is about: no change of mind."""
        return turn.intent in self.own

    @abstractmethod
    def questions(self, answers: dict[str, Any]) -> list[Question]:
        """The questions that are needed with these answers, in order; the last one confirms."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """The open question and the caller's turn give the next question, or the way out."""
        try:
            return await self._turn(FormTurn(dispatcher, tracker, dict(tracker.slots)))
        except BackendError:
            return self._leave([*unavailable(dispatcher), FollowupAction("action_listen")])

    async def _turn(self, turn: FormTurn) -> list[EventType]:
        open_one = next(
            (one for one in self.questions(turn.answers) if one.slot == turn.answers.get("requested_slot")), None
        )
        if open_one is None:
            return await self._next(turn)
        if not _caller_spoke_last(turn.tracker, self.form):
            turn.line.utter_message(response="utter_form_back")
            return await self._ask(turn, open_one)
        return await self._signal(turn, open_one) or await self._words(turn, open_one)

    async def _signal(self, turn: FormTurn, open_one: Question) -> list[EventType]:
        """What follows a key, a silence, a number that was not given; [] if there were words, or the number is here."""
        if turn.key:
            return await self._key(turn, open_one)
        if turn.intent in ("no_input", "no_match"):
            return await self._missed(turn, open_one, turn.intent)
        outcome = turn.fact("outcome") if turn.intent == "number_finished" else "complete"
        if outcome == "back":
            return await self._back(turn, open_one)
        return [] if outcome == "complete" else self._leave(as_if_said("human_agent"))

    async def _words(self, turn: FormTurn, open_one: Question) -> list[EventType]:
        wish = await self._about_the_call(turn, open_one)
        aside = not open_one.free and turn.intent in asides()
        if wish is not None or (aside and asks(turn.text)):
            return wish or []
        answer = await self._answer(turn, open_one)
        if answer is not None:
            turn.answers.update(answer)
            return await (self._next(turn, answer) if answer else self._ask(turn, open_one))
        if aside:
            return []
        if self.is_own(turn):
            return await self._ask(turn, open_one)
        if turn.intent and turn.intent not in NO_WISH:
            return self._left_unfinished(turn)
        return await self._missed(turn, open_one, "not_fit")

    async def _about_the_call(self, turn: FormTurn, open_one: Question) -> list[EventType] | None:
        """返回, 主菜单, 人工, 再见, 再说一遍, 算了; None if these words are no wish of this kind."""
        if open_one.free and len(turn.text) > _LONGEST_COMMAND:
            return None
        if _GIVES_UP.match(turn.text) and not open_one.giving_up_is_answer:
            turn.line.utter_message(response="utter_form_left")
            return self._leave([FollowupAction("action_listen")])
        if turn.intent == "go_back":
            return await self._back(turn, open_one)
        if turn.intent == "repeat":
            return await self._ask(turn, open_one)
        return (
            self._leave(taken_again(turn.tracker)) if turn.intent in ("main_menu", "human_agent", "goodbye") else None
        )

    async def _answer(self, turn: FormTurn, open_one: Question) -> Answer:
        """What this turn fills in: of the open question first, then of any other that callers answer unasked."""
        found = await open_one.read(turn)
        if found == {} or open_one.free:
            return found
        turn.answers.update(found or {})
        others = [one for one in self.questions(turn.answers) if one.slot != open_one.slot]
        return await volunteered(turn, others, found)

    async def _next(self, turn: FormTurn, filled: dict[str, Any] | None = None) -> list[EventType]:
        """Ask the first question without an answer; without any, the form is complete."""
        events = [SlotSet(name, value) for name, value in (filled or {}).items()]
        for question in self.questions(turn.answers):
            if turn.answers.get(question.slot) is None:
                return events + await self._ask(turn, question)
        return [*events, SlotSet("requested_slot", None)]

    async def _ask(self, turn: FormTurn, question: Question, *, page: int = 1, misses: int = 0) -> list[EventType]:
        turn.answers["requested_slot"] = question.slot
        await question.ask(turn, page)
        return [
            SlotSet(question.slot, None),  # an event of a slot: without one Rasa takes the form for rejected
            SlotSet("requested_slot", question.slot),
            SlotSet("form_page", page),
            SlotSet("form_misses", misses),
        ]

    async def _key(self, turn: FormTurn, open_one: Question) -> list[EventType]:
        key, page = turn.key, int(turn.answers.get("form_page") or 1)
        if key in KEYS_OUT:
            return self._leave(as_if_said(KEYS_OUT[key]))
        if key == "*":
            return await self._back(turn, open_one)
        choices = await open_one.choices(turn)
        turned = page + {PREVIOUS: -1, NEXT: 1}.get(key, 0)
        if turned != page and 1 <= turned <= pages(choices):
            return await self._ask(turn, open_one, page=turned)
        if chosen := keyed(choices, page).get(key):
            filled = await open_one.chosen(turn, chosen.value)
            turn.answers.update(filled)
            return await (self._next(turn, filled) if filled else self._ask(turn, open_one))
        if key != "9":  # 重听
            turn.line.utter_message(response="utter_menu_unknown_key")
        return await self._ask(turn, open_one)

    async def _back(self, turn: FormTurn, open_one: Question) -> list[EventType]:
        """To the question before; from the first one out of the form."""
        before = [one for one in self.questions(turn.answers) if turn.answers.get(one.slot) is not None]
        if not before:
            return self._leave(as_if_said("go_back"))
        return [SlotSet(open_one.slot, None), *await self._ask(turn, before[-1])]

    async def _missed(self, turn: FormTurn, open_one: Question, why: str) -> list[EventType]:
        """No answer came: ask again, then again with a hint, then a person."""
        misses = int(turn.answers.get("form_misses") or 0) + 1
        if misses >= PERSON_AFTER_MISSES:
            turn.line.utter_message(response="utter_repair_person" if why == "not_fit" else f"utter_{why}_person")
            return self._leave(
                [
                    *give_to_person(turn.line, turn.tracker, "no_match" if why == "not_fit" else why),
                    FollowupAction("action_listen"),
                ]
            )
        turn.line.utter_message(response=f"utter_form_{why}_{misses}")
        return await self._ask(turn, open_one, misses=misses)

    def _left_unfinished(self, turn: FormTurn) -> list[EventType]:
        """Another business comes in between: this one is offered when that is done."""
        users = (event for event in reversed(turn.tracker.events) if event.get("event") == "user")
        intents = (str((event.get("parse_data") or {}).get("intent", {}).get("name")) for event in users)
        begun = next((intent for intent in intents if intent in self.own), "")
        kept = [ActiveLoop(None), *taken_again(turn.tracker)]
        return [*unfinished(begun), *(kept if self.keeps_answers else self._leave(taken_again(turn.tracker)))]

    def _leave(self, then: list[EventType]) -> list[EventType]:
        """Nothing of the form stays."""
        return [*cleared(self), ActiveLoop(None), *then]


async def begin(form: Form, turn: FormTurn) -> list[EventType]:
    """Start asking; turn.answers holds what is known already (see volunteered)."""
    known = [SlotSet(name, turn.answers.get(name)) for name in form.slots]
    return [*unfinished(""), *known, SlotSet("requested_slot", None), ActiveLoop(form.form)]


async def volunteered(turn: FormTurn, questions: list[Question], found: Answer = None) -> Answer:
    """What the caller's words answer besides `found`, of the questions that are still open; in turn.answers, too."""
    for question in questions if turn.text else []:
        if question.volunteered and turn.answers.get(question.slot) is None and question.slot not in (found or {}):
            said = await question.read(turn)
            turn.answers.update(said or {})
            found = found if said is None else {**(found or {}), **said}
    return found


def unfinished(intent: str) -> list[EventType]:
    """What the caller broke off and may want to go on with; '' for nothing."""
    known = {"unfinished": intent, "unfinished_name": name_of(intent), "something_unfinished": True} if intent else {}
    return [SlotSet(name, known.get(name)) for name in UNFINISHED]


def cleared(form: Form) -> list[EventType]:
    """No answer is left."""
    return [SlotSet(name, None) for name in form.slots]


def asides() -> frozenset[str]:
    """Wishes that are answered in between."""
    return ASIDES | frozenset(all_policies())


def taken_again(tracker: Tracker) -> list[EventType]:
    """The caller's turn once more, for whatever comes after the form."""
    said = tracker.latest_message
    return [ActionExecuted("action_listen"), UserUttered(text=said.get("text"), parse_data=said)]


def _caller_spoke_last(tracker: Tracker, form: str) -> bool:
    """False when another action ran since: the form begins, or comes back after an answer to something else."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return True
        if event.get("event") == "action" and event.get("name") not in (form, "action_listen"):
            return False
    return False
