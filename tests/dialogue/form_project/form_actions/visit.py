"""A visit is booked: a place out of eight, a day, a telephone number, a confirmation."""

from rasa_sdk import Action

from actions.call_control import collect_number
from actions.form import Form, begin, volunteered
from actions.form_questions import Choice, ChoiceQuestion, FormTurn, Question, yes_or_no
from bot.mandarin import date_in

SAVED = []


class Place(ChoiceQuestion):
    slot, wording = "visit_place", "utter_visit_place"

    async def choices(self, turn):
        return [Choice(name, name) for name in ("东门", "西门", "南门", "北门", "大厅", "花园", "书房", "茶室")]


class Day(Question):
    slot, wording = "visit_day", "utter_visit_day"

    async def read(self, turn):
        day = date_in(turn.text, turn.today)
        if day and day.weekday() == 6:
            turn.line.utter_message(response="utter_visit_closed")
            return {}
        return {self.slot: day.isoformat()} if day else None


class Phone(Question):
    slot, wording, volunteered = "visit_phone", "utter_number", False

    async def ask(self, turn, page=1):
        collect_number(turn.line, "phone")

    async def read(self, turn):
        return {self.slot: turn.fact("last_four")} if turn.intent == "number_finished" else None


class Confirm(Question):
    slot, wording, volunteered = "visit_confirm", "utter_visit_confirm", False

    async def filling(self, turn):
        return {"day": turn.answers["visit_day"], "place": turn.answers["visit_place"]}

    async def choices(self, turn):
        return [Choice("确认", True), Choice("不约了", False)]

    async def read(self, turn):
        said = yes_or_no(turn)
        return None if said is None else {self.slot: said}


class VisitForm(Form):
    form, own = "visit_form", frozenset({"visit"})
    slots = ("visit_place", "visit_day", "visit_phone", "visit_confirm")

    def questions(self, answers):
        return [Place(), Day(), Phone(), Confirm()]


class BeginVisit(Action):
    def name(self):
        return "action_begin_visit"

    async def run(self, dispatcher, tracker, domain):
        form = VisitForm()
        turn = FormTurn(dispatcher, tracker, dict.fromkeys(form.slots))
        turn.answers |= await volunteered(turn, form.questions({})) or {}
        return await begin(form, turn)


class SaveVisit(Action):
    def name(self):
        return "action_save_visit"

    async def run(self, dispatcher, tracker, domain):
        SAVED.append(tracker.get_slot("visit_day"))
        dispatcher.utter_message(response="utter_visit_saved", many=SAVED.count(tracker.get_slot("visit_day")))
        return []
