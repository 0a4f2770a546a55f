"""工单进度: what became of a work order. Whoever has its number hears how far it is, and nothing personal."""

from datetime import date

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_door import backend, work_order
from actions.call_control import collect_number, fact, now, say
from actions.login import unavailable
from actions.offers import offer_person
from bot.errors import BackendError, StoreError
from bot.store.work_orders import WorkOrder, WorkOrderKind

STATES = {"open": "已经受理，正等待办理", "in_progress": "正在办理", "done": "已经办结"}
TIMED = (WorkOrderKind.COMPLAINT, WorkOrderKind.SUGGESTION)
"""Kinds whose time limit the guide fixes; only of these a last day is told."""

TRIES = 2


class OrderProgress(Action):  # type: ignore[misc]
    """Asks for the number, looks the order up, says how far it is."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_order_progress"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """The line collects the number; then this action runs again. A wrong number is asked once more."""
        if fact(tracker, "kind") != "order":
            collect_number(dispatcher, "order")
            return [SlotSet("pending", "order_progress"), SlotSet("order_misses", 0)]
        try:
            number = await backend().collected_number(tracker.sender_id, "order")
            order = await work_order(number) if number else None
        except (StoreError, BackendError):
            return [SlotSet("pending", None), *unavailable(dispatcher)]
        if order is None:
            return _not_found(dispatcher, tracker)
        say(dispatcher, told(order, now(tracker).date()), name="utter_order_progress", private=True)
        if order.state != "done" and order.due_on < now(tracker).date():
            dispatcher.utter_message(response="utter_order_overdue")
            return [SlotSet("pending", None), offer_person(dispatcher)]
        dispatcher.utter_message(response="utter_anything_else")
        return [SlotSet("pending", None)]


def told(order: WorkOrder, today: date) -> str:
    """Kind, when it was made, how far it is, and by when it is due. Nothing about whom or what it concerns."""
    made = f"{order.created_at.month}月{order.created_at.day}日"
    said = f"您{made}登记的{order.kind.told}工单，{STATES[order.state]}。"
    if order.state == "done":
        closed = order.closed_at
        return said + (f"办结日期是{closed.month}月{closed.day}日。" if closed else "")
    if order.kind not in TIMED:
        return said + "会在规定的时间范围内答复您。"
    if order.due_on < today:
        return said
    provisional = "，以国务院公布的放假安排为准" if order.due_provisional else ""
    return said + f"最迟{order.due_on.month}月{order.due_on.day}日答复您{provisional}。"


def _not_found(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    misses = int(tracker.get_slot("order_misses") or 0) + 1
    if misses < TRIES:
        dispatcher.utter_message(response="utter_order_not_found")
        collect_number(dispatcher, "order")
        return [SlotSet("order_misses", misses)]
    dispatcher.utter_message(response="utter_order_not_found_again")
    return [SlotSet("pending", None), SlotSet("order_misses", 0), offer_person(dispatcher)]
