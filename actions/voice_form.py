"""投诉、建议、咨询留言、余额异议: the questions in their order, for each kind those that it needs."""

from typing import Any

from rasa_sdk.events import EventType

from actions.form import Form, taken_again
from actions.form_questions import FormTurn, Question
from actions.voice_questions import (
    CALLING,
    NO_CONTACT,
    OTHER,
    About,
    Confidential,
    Confirm,
    Contact,
    Matter,
    Mend,
    More,
    Telephone,
)

WISHES = {
    "complaint": "complaint",
    "suggestion": "suggestion",
    "leave_question": "enquiry",
    "balance_dispute": "dispute",
}
"""What callers bring, by the intent that says so."""


LONGEST_CALL_FOR_PERSON = 15
"""Characters; in a longer piece of a story 人工 is one of its words."""


class VoiceForm(Form):
    """One order. What is said freely is taken whole: no wish is looked for in a story."""

    form = "voice_form"
    slots = (
        "voice_kind",
        "voice_caller",
        "voice_opening",
        "voice_matter",
        "voice_spans",
        "voice_more",
        "voice_about",
        "voice_contact",
        "voice_phone",
        "voice_confidential",
        "voice_confirm",
        "voice_mend",
    )
    own = frozenset(WISHES)
    keeps_answers = True

    def questions(self, answers: dict[str, Any]) -> list[Question]:
        """A question left behind is no secret; only complaints are about somebody."""
        kind = answers.get("voice_kind")
        asked: list[Question] = [Matter(), More()]
        asked += [About()] if kind == "complaint" else []
        asked += [Contact()] if answers.get("voice_caller") else []
        needs_number = not answers.get("voice_caller") or answers.get("voice_contact") == OTHER
        asked += [Telephone()] if needs_number else []
        asked += [Confidential()] if kind in ("complaint", "suggestion") else []
        return [*asked, Confirm(), *([Mend()] if answers.get("voice_confirm") is False else [])]

    async def _signal(self, turn: FormTurn, open_one: Question) -> list[EventType]:
        """Who gives no telephone number is not sent away: the matter is recorded without."""
        if turn.intent == "number_finished" and turn.fact("outcome") in ("gave_up", "unavailable"):
            turn.answers["voice_phone"] = NO_CONTACT
            return await self._next(turn, {"voice_phone": NO_CONTACT})
        return await super()._signal(turn, open_one)

    async def _about_the_call(self, turn: FormTurn, open_one: Question) -> list[EventType] | None:
        """没有了 after 还有吗 is no goodbye; 我不说了你给我转人工 is no part of the story."""
        if isinstance(open_one, More) and open_one.all_told(turn):
            return None
        if turn.intent == "human_agent" and len(turn.text) <= LONGEST_CALL_FOR_PERSON:
            return self._leave(taken_again(turn.tracker))
        return await super()._about_the_call(turn, open_one)


def reachable(answers: dict[str, Any]) -> bool:
    """Whether the caller left a number to answer to."""
    return bool(answers.get("voice_contact") == CALLING or answers.get("voice_phone") not in (None, NO_CONTACT))
