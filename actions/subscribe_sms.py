"""短信订阅: what a person is told about by text message, begun and ended after a login."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_door import messages
from actions.call_control import anything_else, wish
from actions.form import Form, begin, volunteered
from actions.form_questions import Answer, Choice, ChoiceQuestion, FormTurn, Question, yes_or_no
from actions.login import logged_in, unavailable
from actions.sms import name_of_topic, send, unclear
from actions.unclear_deed import tell_unclear
from bot.backend.sms import Topic
from bot.errors import BackendError, UnclearDeed

ON, OFF, ALL = "开通", "取消", "all"


class OnOrOff(ChoiceQuestion):
    """Begin or end."""

    slot, wording, giving_up_is_answer = "sms_wish", "utter_sms_wish", True

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """Two."""
        return [Choice(ON, ON), Choice(OFF, OFF)]

    async def read(self, turn: FormTurn) -> Answer:
        """开通; 取消, 退订, 不要了."""
        if any(word in turn.text for word in ("取消", "退", "关", "停", "不要", "不想", "别")):
            return {self.slot: OFF}
        return {self.slot: ON} if any(word in turn.text for word in ("开", "订", "要", "想")) else None


class WhichTopic(ChoiceQuestion):
    """One of the topics, or all of them."""

    slot, wording = "sms_topic", "utter_sms_topic"

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """The topics of content/sms.yml."""
        return [*(Choice(name_of_topic(topic), topic.value) for topic in Topic), Choice("全部", ALL)]

    async def read(self, turn: FormTurn) -> Answer:
        """余额, 到账; 还款; 政策; 全部."""
        words = {
            Topic.BALANCE.value: ("余额", "到账", "变动", "进账"),
            Topic.REPAYMENT.value: ("还款", "还贷", "月供"),
            Topic.POLICY.value: ("政策",),
            ALL: ("全部", "都", "所有"),
        }
        named = [topic for topic, ways in words.items() if any(word in turn.text for word in ways)]
        return {self.slot: named[0]} if len(named) == 1 else await super().read(turn)


class IsItRight(Question):
    """Nothing is changed without a yes."""

    slot, wording, listens, volunteered = "sms_right", "utter_sms_confirm", "yes_no", False

    async def choices(self, turn: FormTurn) -> list[Choice]:
        """Two."""
        return [Choice("确认", "yes"), Choice("重新选", "again")]

    async def chosen(self, turn: FormTurn, value: Any) -> dict[str, Any]:
        """What was chosen is asked anew."""
        return {self.slot: "yes"} if value == "yes" else {OnOrOff.slot: None, WhichTopic.slot: None}

    async def filling(self, turn: FormTurn) -> dict[str, Any]:
        """What is to happen."""
        return {"wish": turn.answers[OnOrOff.slot], "topic": _named(turn.answers[WhichTopic.slot])}

    async def read(self, turn: FormTurn) -> Answer:
        """对; 不对."""
        said = yes_or_no(turn)
        return None if said is None else await self.chosen(turn, "yes" if said else "again")


class SmsForm(Form):
    """All that is asked."""

    form, own = "sms_form", frozenset({"sms_subscribe", "sms_cancel"})
    slots = ("sms_wish", "sms_topic", "sms_right")

    def questions(self, answers: dict[str, Any]) -> list[Question]:
        """Three."""
        return [OnOrOff(), WhichTopic(), IsItRight()]


class BeginSms(Action):  # type: ignore[misc]
    """The caller wants text messages, or no more of them."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_begin_sms"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Words say which of both; the key 短信订阅 leaves it open."""
        form, wanted = SmsForm(), wish(tracker)
        turn = FormTurn(dispatcher, tracker, dict.fromkeys(form.slots))
        if tracker.get_slot("pending") == wanted:
            turn.answers |= {name: tracker.get_slot(name) for name in form.slots}
        elif turn.text:
            turn.answers[OnOrOff.slot] = ON if wanted == "sms_subscribe" else OFF
            await volunteered(turn, [WhichTopic()])
        known = [SlotSet(name, turn.answers[name]) for name in form.slots]
        if (login := await logged_in(dispatcher, tracker, wanted)) is not None:
            return [*known, *login]
        return [SlotSet("pending", None), *await begin(form, turn)]


class SaveSms(Action):  # type: ignore[misc]
    """All is answered, the last question with yes."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_save_sms"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """Whoever begins it gets a first message."""
        wanted, chosen = tracker.get_slot(OnOrOff.slot), tracker.get_slot(WhichTopic.slot)
        over = [SlotSet(name, None) for name in SmsForm.slots]
        try:
            for topic in Topic if chosen == ALL else [Topic(chosen)]:
                await messages().subscribe(tracker.sender_id, topic, on=wanted == ON)
            dispatcher.utter_message(response="utter_sms_saved", wish=wanted, topic=_named(chosen))
            if wanted == ON:
                await send(dispatcher, tracker, f"您已开通{_named(chosen)}短信通知。", registered=True)
        except UnclearDeed:
            asked = f"{wanted}{_named(chosen)}短信通知"
            await tell_unclear(dispatcher, tracker, unclear("subscription"), "sms", asked)
            return over
        except BackendError:
            return unavailable(dispatcher)
        anything_else(dispatcher, tracker)
        return over


def _named(topic: str) -> str:
    return "全部" if topic == ALL else name_of_topic(Topic(topic))
