"""网点与办公时间: is it open, when, on this day, in this holiday."""

from datetime import date

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.branches import Branch, branches, branches_in
from actions.calendar import holidays, published
from actions.call_control import anything_else, now, say
from actions.days import Asked, day_in, next_holiday
from actions.opening_hours import WEEKDAYS, Opening, opening, usual

PROVISIONAL = "这是暂时的推算，请以国务院公布的放假安排为准。"


class AnswerHours(Action):  # type: ignore[misc]
    """Says when the counters are open."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_answer_hours"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, object]
    ) -> list[EventType]:
        """For the branch named now or just before; without one, for all of them together."""
        text = str(tracker.latest_message.get("text") or "")
        today = now(tracker).date()
        named = branches_in(text) or [one for one in branches() if one.key == tracker.get_slot("branch")]
        say(dispatcher, hours_answer(day_in(text, today), named, today), name="utter_hours_answer")
        anything_else(dispatcher, tracker)
        return [SlotSet("branch", named[0].key)] if len(named) == 1 else []


def hours_answer(asked: Asked, named: list[Branch], today: date) -> str:
    """The sentences for what was asked."""
    if asked.makeup:
        return _makeup(today)
    if asked.holiday:
        return _holiday(asked.holiday, today)
    if asked.weekend:
        return _weekend(named, today)
    if asked.days:
        return "".join(_on(named, day, today) for day in asked.days)
    return _usual(named, today)


def _on(named: list[Branch], day: date, today: date) -> str:
    if named:
        return "".join(f"{one.name}{_day(opening(one.hours, day, one.key), today)}" for one in named[:2])
    counters = opening("counter", day)
    said = f"柜台{_day(counters, today)}"
    also = [one.name for one in branches() if not counters.intervals and opening(one.hours, day, one.key).intervals]
    if also:
        hours = opening("saturday", day).spoken()
        said += f"但是{'和'.join(also)}开放，时间是{hours}。"
    return said


def _day(found: Opening, today: date) -> str:
    when = {0: "今天", 1: "明天", 2: "后天"}.get((found.on - today).days, "")
    when += f"{found.on.month}月{found.on.day}日周{WEEKDAYS[found.on.weekday()]}"
    if not found.intervals:
        why = f"，因为{found.why}" if found.why else ""
        said = f"{when}不办公{why}。"
    else:
        why = f"是{found.why}调休上班日，" if found.why else ""
        said = f"{when}{why}办公，时间是{found.spoken()}。"
    return said + (PROVISIONAL if found.provisional else "")


def _weekend(named: list[Branch], today: date) -> str:
    open_then = [one for one in named or branches() if one.hours == "saturday"]
    if not open_then:
        return f"{named[0].name}周末不办公。{_usual(named, today)}"
    hours = usual("saturday", today).partition("；")[2] or usual("saturday", today)
    return f"{'和'.join(one.name for one in open_then)}{hours}办公，周日休息。" + (
        "" if named else "其他网点周六、周日都不办公。"
    )


def _usual(named: list[Branch], today: date) -> str:
    if named:
        return "".join(f"{one.name}的办公时间是{usual(one.hours, today)}。" for one in named[:2])
    return (
        f"柜台一般{usual('counter', today)}办公，中午休息。法定节假日不办公，调休上班日照常办公。"
        f"周六上午{'和'.join(one.name for one in branches() if one.hours == 'saturday')}也开放。"
    )


def _holiday(name: str, today: date) -> str:
    coming = next_holiday(name, today)
    if coming is None:
        return f"{name}的放假安排还没有公布。公布以后按国务院的通知放假，放假期间不办公。"
    off = _date(coming.first) + (f"到{_date(coming.last)}" if coming.last > coming.first else "")
    if coming.provisional:
        return f"{coming.first.year}年的放假安排还没有公布。{off}是法定假日，不办公。{PROVISIONAL}"
    worked = "、".join(f"{_date(one)}周{WEEKDAYS[one.weekday()]}" for one in coming.makeup)
    return f"{name}{off}放假，不办公。" + (f"{worked}调休上班，照常办公。" if worked else "")


def _makeup(today: date) -> str:
    coming = [one for holiday in holidays(today.year) for one in holiday.makeup if one >= today]
    if coming:
        days = "、".join(f"{_date(one)}周{WEEKDAYS[one.weekday()]}" for one in sorted(coming))
        return f"调休上班的日子照常办公。今年接下来有{days}。"
    if not published(today.year + 1):
        return f"调休上班的日子照常办公。今年已经没有调休了，{today.year + 1}年的安排还没有公布。"
    return "调休上班的日子照常办公。今年已经没有调休了。"


def _date(one: date) -> str:
    return f"{one.month}月{one.day}日"
