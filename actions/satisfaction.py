"""满意度: before the goodbye, and after an agent's part, the caller is asked once what they thought of the service."""

import logging
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_door import ask_rating, rate
from actions.call_control import hang_up, now
from actions.form import KEYS_OUT, Form, asides, begin, cleared, taken_again
from actions.form_questions import Answer, Choice, FormTurn, Question
from actions.names import name_of
from bot.errors import BackendError, StoreError
from bot.store.ratings import Grade

log = logging.getLogger(__name__)

UNRATED = "none"
GRADE_KEYS = ("1", "2", "3")
REPEAT_KEY = "9"

_BAD = re.compile(
    r"(?<!没有)(?<!没什么)(?<!没啥)不(?:太|怎么|是很|大|够)?(?:满意|好|行|咋样|怎么样)|不怎么样|不咋样"
    r"|差(?!不多)|失望|糟|烂|生气|没用|没解决|不解决"
)
_FAIR = re.compile(r"基本|一般|还行|还可以|还好|凑合|马马虎虎|过得去|中等|差不多")
_GOOD = re.compile(r"满意|很好|挺好|非常好|不错|好评|可以|点赞|挺棒|真好")
_NOTHING = re.compile(r"^(?:不用|不评|不要|算了|没有|谢谢|再见|拜拜|挂了|不需要|不了)")


class Goodbye(Action):  # type: ignore[misc]
    """The caller has all they wanted."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_goodbye"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Whoever was served is asked for a rating first; then the goodbye, and the caller hangs up."""
        survey = await begin_survey(dispatcher, tracker, "goodbye")
        if not survey:
            _part(dispatcher)
        return survey


class TakeRating(Action):  # type: ignore[misc]
    """The survey is over."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_take_rating"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """The grade is kept; then the goodbye, or, after an agent's part, what else?"""
        given = tracker.get_slot("rating")
        if given != UNRATED:
            try:
                await rate(tracker.sender_id, Grade(given))
            except (StoreError, BackendError) as wrong:
                log.error("a rating of call %s was lost: %s", tracker.sender_id, wrong.code)
            bad = Grade(given) is Grade.DISSATISFIED
            dispatcher.utter_message(response="utter_satisfaction_sorry" if bad else "utter_satisfaction_thanks")
        if tracker.get_slot("rating_before") == "goodbye":
            _part(dispatcher)
        else:
            dispatcher.utter_message(response="utter_anything_else")
        return cleared(SatisfactionForm())


class Rating(Question):
    """满意、基本满意还是不满意."""

    slot, wording, listens, volunteered = "rating", "utter_satisfaction_ask", "satisfaction", False

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """By keys: 1, 2, 3."""
        return [
            Choice("满意", Grade.SATISFIED.value),
            Choice("基本满意", Grade.FAIR.value),
            Choice("不满意", Grade.DISSATISFIED.value),
        ]

    async def read(self, turn: FormTurn) -> Answer:
        """A grade in the caller's words, or that they will not give one. Another wish is neither (利率差多少)."""
        if "投诉" in turn.text or (name_of(turn.intent) and turn.intent != "complaint"):
            return None
        grade = grade_in(turn.text)
        if grade is not None:
            return {self.slot: grade.value}
        refuses = turn.intent in ("goodbye", "deny", "thanks") or _NOTHING.match(turn.text)
        return {self.slot: UNRATED} if refuses else None


class SatisfactionForm(Form):
    """One question. Whoever says nothing stays unrated; nobody is asked twice."""

    form = "satisfaction_form"
    slots = ("rating",)

    def questions(self, answers: dict[str, Any]) -> list[Question]:
        """The one."""
        return [Rating()]

    async def _words(self, turn: FormTurn, open_one: Question) -> list[EventType]:
        """Whatever else is wanted ends the survey."""
        answer = await open_one.read(turn)
        if answer is not None:
            return await self._over(turn, answer["rating"])
        return (
            self._leave(taken_again(turn.tracker)) if turn.intent in asides() else await super()._words(turn, open_one)
        )

    async def _key(self, turn: FormTurn, open_one: Question) -> list[EventType]:
        """A key that is no grade gives none."""
        if turn.key in (*GRADE_KEYS, REPEAT_KEY, *KEYS_OUT):
            return await super()._key(turn, open_one)
        return await self._over(turn, UNRATED)

    async def _missed(self, turn: FormTurn, open_one: Question, why: str) -> list[EventType]:
        """Silence gives no grade; what was not understood is asked once more."""
        if why == "no_input" or turn.answers.get("form_misses"):
            return await self._over(turn, UNRATED)
        return await super()._missed(turn, open_one, why)

    async def _over(self, turn: FormTurn, rating: str) -> list[EventType]:
        turn.answers["rating"] = rating
        return await self._next(turn, {"rating": rating})


async def begin_survey(line: CollectingDispatcher, tracker: Tracker, before: str) -> list[EventType]:
    """Ask for a rating, if anything was done for this caller and they were not asked before; else [].

    `before`: what follows the survey, 'goodbye' or 'more'. A store that is away costs the survey, not the goodbye.
    """
    if not _was_served(tracker):
        return []
    try:
        first = await ask_rating(tracker.sender_id, now(tracker))
    except (StoreError, BackendError) as wrong:
        log.error("call %s is not asked for a rating: %s", tracker.sender_id, wrong.code)
        return []
    if not first:
        return []
    return [SlotSet("rating_before", before), *await begin(SatisfactionForm(), FormTurn(line, tracker))]


def grade_in(text: str) -> Grade | None:
    """The grade in a caller's words; None if there is none, or a bare 好的, which grades nothing."""
    ways = ((_BAD, Grade.DISSATISFIED), (_FAIR, Grade.FAIR), (_GOOD, Grade.SATISFIED))
    return next((grade for way, grade in ways if way.search(text)), None)


def _was_served(tracker: Tracker) -> bool:
    """Whether the caller wanted any of our businesses in this call; a person is one."""
    return any(
        event.get("event") == "user" and name_of(str((event.get("parse_data") or {}).get("intent", {}).get("name")))
        for event in tracker.events
    )


def _part(line: CollectingDispatcher) -> None:
    line.utter_message(response="utter_goodbye")
    hang_up(line)
