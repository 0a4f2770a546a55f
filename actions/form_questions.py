"""One question of a form: how it is asked, which keys choose among what was read out, what counts as an answer."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.call_control import fact, now, say

SURE = 0.5
"""Confidence from which a caller's wish is believed in the middle of a form. Wishes that matter here (利率是多少,
转人工, 查余额) reach 0.7 and more, answers that belong to the form (后天, 十二月三号) stay below 0.4: measured."""

PAGE_LENGTH = 6
PREVIOUS, NEXT = "7", "8"

_YES = re.compile(r"^(?:嗯+|对|是|好|可以|行|没错|没问题|确认|确定|要|需要|同意|就这样|正确)")
_NO = re.compile(r"不|(?<!没)错|没有|别|改")
_ORDINAL = re.compile(r"^(?:选|要|就)?(?:第)?([一二三四五六123456])(?:个|项|种)?(?:吧|啊|呀)?$")

Answer = dict[str, Any] | None
"""What an answer fills in. Empty: it was an answer, but it cannot be, and why was said. None: it was no answer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a key can choose."""

    name: str
    value: Any


@dataclass(slots=True)
class FormTurn:
    """What the caller did, and what the form knows so far."""

    line: CollectingDispatcher
    tracker: Tracker
    answers: dict[str, Any] = field(default_factory=dict)
    """The form's slots; what this turn fills in is already there."""

    @property
    def call_id(self) -> str:
        """The call's."""
        return str(self.tracker.sender_id)

    @property
    def today(self) -> date:
        """The call's day."""
        return now(self.tracker).date()

    @property
    def text(self) -> str:
        """The caller's words; '' for a key or another signal of the line."""
        text = str(self.tracker.latest_message.get("text") or "")
        return "" if text.startswith("/") else text

    @property
    def intent(self) -> str:
        """What the caller wants, where that is sure; a signal of the line always is."""
        intent = self.tracker.latest_message.get("intent") or {}
        return str(intent.get("name")) if float(intent.get("confidence") or 0) >= SURE else ""

    @property
    def key(self) -> str:
        """The key pressed, '' if none was."""
        return self.fact("key") if self.intent == "key_pressed" else ""

    def fact(self, name: str) -> str:
        """A fact that came with the line's signal."""
        return fact(self.tracker, name)


class Question(ABC):
    """One question. Its wording is a response of domain.yml; what keys choose is read out after it."""

    slot: ClassVar[str]
    """Where the answer goes."""

    wording: ClassVar[str]
    """The response that asks, utter_…"""

    listens: ClassVar[str] = "menu"
    """How the line listens to the answer, if keys are read out: a name of voices/questions.yml."""

    free: ClassVar[bool] = False
    """Whatever the caller says is the answer (a complaint, told freely)."""

    giving_up_is_answer: ClassVar[bool] = False
    """取消 and 不用了 answer this question (要取消吗) instead of leaving the form."""

    volunteered: ClassVar[bool] = True
    """Callers may say it before they are asked (预约下周二上午办贷款)."""

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """What keys can choose, all pages of it. The same answers give the same choices."""
        return []

    async def filling(self, turn: FormTurn) -> dict[str, Any]:
        """Values for the placeholders of the wording."""
        return {}

    async def ask(self, turn: FormTurn, page: int = 1) -> None:
        """Say the question, and the keys of this page."""
        if page == 1:
            turn.line.utter_message(response=self.wording, **await self.filling(turn))
        choices = await self.choices(turn)
        if choices:
            spoken = spoken_keys(choices, page)
            say(turn.line, spoken, name=f"{self.wording}_keys", question=self.listens, private=self.private)

    async def chosen(self, turn: FormTurn, value: Any) -> dict[str, Any]:
        """What a choice fills in, by key or by name; empty if it cannot be, and why was said."""
        return {self.slot: value}

    @property
    def private(self) -> bool:
        """Whether the choices hold values of this caller."""
        return False

    @abstractmethod
    async def read(self, turn: FormTurn) -> Answer:
        """What the caller's words (turn.text) or a signal answer to this question."""


class ChoiceQuestion(Question):
    """A question that is answered by naming one of the choices, or by its number."""

    async def read(self, turn: FormTurn) -> Answer:
        """第二个, or the name of one choice and of no other."""
        choices = await self.choices(turn)
        if turn.answers.get("requested_slot") == self.slot and (ordinal := _ORDINAL.match(turn.text)):
            key = str("一二三四五六".find(ordinal[1]) + 1 or ordinal[1])
            chosen = keyed(choices, int(turn.answers.get("form_page") or 1)).get(key)
            return await self.chosen(turn, chosen.value) if chosen else None
        named = [one for one in choices if one.name in turn.text]
        return await self.chosen(turn, named[0].value) if len(named) == 1 else None


def keyed(choices: list[Choice], page: int) -> dict[str, Choice]:
    """The choices of one page by their keys."""
    shown = choices[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
    return {str(number): choice for number, choice in enumerate(shown, 1)}


def pages(choices: list[Choice]) -> int:
    """How many pages they fill."""
    return max(1, -(-len(choices) // PAGE_LENGTH))


def spoken_keys(choices: list[Choice], page: int) -> str:
    """上午请按1，下午请按2。 With the keys that turn the page."""
    said = [f"{choice.name}请按{key}" for key, choice in keyed(choices, page).items()]
    if page > 1:
        said.append(f"上一页请按{PREVIOUS}")
    if page < pages(choices):
        said.append(f"更多请按{NEXT}")
    return "，".join(said) + "。"


def yes_or_no(turn: FormTurn) -> bool | None:
    """Whether the caller said yes or no; None if neither is clear."""
    if not turn.text:
        return {"affirm": True, "deny": False}.get(turn.intent)
    if _NO.search(turn.text):
        return False
    return True if _YES.match(turn.text) or turn.intent == "affirm" else None
