"""投诉、建议、咨询留言、余额异议: told, restated, confirmed, saved once; and what became of it."""

import asyncio
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from actions import backend_door
from actions.content import ROOT, read
from actions.emergency import is_emergency
from actions.voice_orders import category_of
from bot.store.call_writer import CallWriter
from bot.store.work_orders import WorkOrderKind, work_orders
from tests.content.centre import forget_made_once
from tests.content.conftest import behind_actions
from tests.content.conversation import Conversation, names

STORY = "上周二我去东湖大厅窗口的人让我跑了三趟都不给办"
CALLER = "13800001234"


@pytest.fixture
def caller(store, monkeypatch):
    """Somebody whose number the exchange tells, in working hours; on both databases."""
    behind_actions(store, monkeypatch)
    writer = CallWriter(store.database, store.seal, store.folder / "spool")
    writer.call_started("call-1", channel="audiosocket", caller=CALLER, called="12329", at=datetime.now(UTC))
    assert asyncio.run(writer.flushed())
    writer.close()
    yield Conversation(slots={"date": "2026-11-24T10:00:00"})
    forget_made_once()


def says(call, text, intent="out_of_scope", between=None, **facts):
    return call.hear(intent, text, between=between, **facts)


def orders(call):
    return asyncio.run(backend_door._work_orders().of_call(call.call_id))


def complained(call):
    """A complaint up to its confirmation."""
    says(call, "我要投诉", "complaint")
    says(call, STORY, "complaint", between=(12.5, 21.25))
    says(call, "没有了", "goodbye")
    says(call, "东湖大厅的三号窗口", "branch_at")
    says(call, "可以", "affirm")
    return says(call, "需要", "affirm")


def test_a_complaint_is_told_restated_confirmed_and_becomes_an_order(caller):
    said = says(caller, "我要投诉", "complaint")
    assert names(said) == ["utter_voice_complaint", "utter_voice_or_person", "utter_voice_matter"]
    said = says(caller, STORY, "complaint", between=(12.5, 21.25))
    assert names(said) == ["utter_voice_more", "utter_voice_more_keys"]
    said = says(caller, "他们还说下班了让我明天再来", "opening_hours", between=(30.0, 34.5))
    assert names(said)[0] == "utter_voice_more"
    assert names(says(caller, "没有了", "goodbye")) == ["utter_voice_about", "utter_voice_about_keys"]
    said = says(caller, "东湖大厅的三号窗口", "branch_at")
    assert names(said)[0] == "utter_voice_contact" and said[0]["last_four"] == "1234"
    assert names(says(caller, "可以", "affirm"))[0] == "utter_voice_confidential"
    said = says(caller, "需要", "affirm")
    assert names(said) == ["utter_voice_restate", "utter_voice_confirm", "utter_voice_confirm_keys"]
    for part in (STORY, "东湖大厅的三号窗口", "尾号1234", "要求保密"):
        assert part in said[0]["text"]
    assert orders(caller) == []
    said = says(caller, "对", "affirm")
    assert names(said) == [
        "utter_voice_saved",
        "utter_voice_due",
        "utter_voice_closing_complaint",
        "utter_anything_else",
    ]
    (order,) = orders(caller)
    assert said[0]["number"] == order.number and said[1]["day"] == f"{order.due_on.month}月{order.due_on.day}日"
    assert (order.kind, order.category, order.confidential) == (WorkOrderKind.COMPLAINT, "service", True)
    assert order.text == f"{STORY}；他们还说下班了让我明天再来" and order.about == "东湖大厅的三号窗口"
    assert order.contact == CALLER and order.narrated == ((12.5, 21.25), (30.0, 34.5))


def test_a_suggestion_is_about_nobody_and_a_question_is_no_secret(caller):
    says(caller, "提个建议", "suggestion")
    says(caller, "希望周六也能办提取", "suggestion")
    assert names(says(caller, "就这些", "goodbye"))[0] == "utter_voice_contact"
    assert names(says(caller, "行", "affirm"))[0] == "utter_voice_confidential"
    says(caller, "不需要", "deny")
    assert names(says(caller, "对", "affirm"))[:3] == [
        "utter_voice_saved",
        "utter_voice_due",
        "utter_voice_closing_suggestion",
    ]
    says(caller, "我要留言", "leave_question")
    says(caller, "我想知道异地的贷款怎么算")
    says(caller, "没有了", "goodbye")
    assert "不要求保密" not in (restated := says(caller, "可以", "affirm"))[0]["text"]
    assert names(restated)[0] == "utter_voice_restate"
    assert names(says(caller, "对", "affirm"))[:2] == ["utter_voice_saved", "utter_voice_closing_enquiry"]
    assert [order.kind for order in orders(caller)] == [WorkOrderKind.SUGGESTION, WorkOrderKind.ENQUIRY]


def test_a_disputed_balance_is_an_order_with_the_statutes_words(caller):
    said = says(caller, "余额跟我算的不一样", "balance_dispute")
    assert names(said)[0] == "utter_voice_dispute"
    says(caller, "去年十二月少了一笔")
    says(caller, "没有了", "goodbye")
    says(caller, "可以", "affirm")
    assert "utter_voice_due" not in names(says(caller, "对", "affirm"))
    (order,) = orders(caller)
    assert (order.kind, order.category) == (WorkOrderKind.COMPLAINT, "balance_dispute")
    assert order.text == "余额跟我算的不一样；去年十二月少了一笔"


def test_keys_alone_lead_through_everything_but_the_story(caller):
    caller.hear("call_started", channel="phone", date="2026-11-24T10:00:00")
    caller.hear("key_pressed", key="4")
    assert "utter_voice_matter" in names(caller.hear("key_pressed", key="1"))
    says(caller, STORY, "complaint")
    for key in "11" + "1" + "2":  # nothing more; about whom is not known; this number; no secret
        said = caller.hear("key_pressed", key=key)
    assert names(said)[0] == "utter_voice_restate" and "不清楚" in said[0]["text"]
    assert names(caller.hear("key_pressed", key="1"))[0] == "utter_voice_saved"
    (order,) = orders(caller)
    assert not order.confidential and order.narrated == ()


def test_another_number_is_collected_by_the_line(caller):
    says(caller, "提建议", "suggestion")
    says(caller, "希望多开几个窗口办业务", "suggestion")
    says(caller, "没有了", "goodbye")
    said = says(caller, "换一个电话")
    assert names(said) == ["collect_number"] and said[0]["kind"] == "phone"
    asyncio.run(backend_door.backend().keep_number(caller.call_id, "phone", "13800005678"))
    said = caller.hear("number_finished", kind="phone", outcome="complete", last_four="5678")
    assert names(said)[0] == "utter_voice_confidential"
    assert "尾号5678" in says(caller, "不用", "deny")[0]["text"]
    says(caller, "对", "affirm")
    assert orders(caller)[0].contact == "13800005678"


def test_without_any_number_the_matter_is_recorded_all_the_same(call, centre):
    says(call, "提建议", "suggestion")
    says(call, "希望多开几个窗口办业务", "suggestion")
    assert names(says(call, "没有了", "goodbye")) == ["collect_number"]
    assert names(call.hear("number_finished", kind="phone", outcome="gave_up"))[0] == "utter_voice_confidential"
    assert "没有留联系电话" in says(call, "不需要", "deny")[0]["text"]
    assert "utter_voice_no_contact" in names(says(call, "对", "affirm"))
    assert orders(call)[0].contact == ""


@pytest.mark.parametrize(
    ("wrong", "asked", "mend"),
    [
        ("不对电话不是这个", "utter_voice_contact", "换一个电话"),
        ("不对不用保密", "utter_voice_confidential", "不需要"),
        ("不对单位说错了", "utter_voice_about", "西山管理部"),
        ("不对内容有错", "utter_voice_matter", "我重新说一下这件事"),
    ],
)
def test_what_is_wrong_is_asked_again_and_nothing_else(caller, wrong, asked, mend):
    complained(caller)
    assert names(says(caller, wrong, "deny"))[0] == asked
    said = says(caller, mend)
    assert names(said)[0] in ("utter_voice_restate", "collect_number", "utter_voice_more")
    assert orders(caller) == []


def test_a_bare_no_asks_what_is_to_be_changed(caller):
    complained(caller)
    said = says(caller, "不对", "deny")
    assert names(said) == ["utter_voice_mend", "utter_voice_mend_keys"]
    assert said[1]["text"] == "内容请按1，对象请按2，电话请按3，保密请按4。"
    assert names(caller.hear("key_pressed", key="2"))[0] == "utter_voice_about"
    said = says(caller, "高新区大厅", "branch_at")
    assert names(said)[0] == "utter_voice_restate" and "高新区大厅" in said[0]["text"]


def test_a_hang_up_before_the_confirmation_leaves_nothing(caller):
    complained(caller)
    assert orders(caller) == []


@pytest.mark.parametrize("after_seconds", [0.0, 0.001, 0.005, 0.02])
def test_a_hang_up_around_the_saving_leaves_one_order_or_none_and_a_second_try_makes_it_one(caller, after_seconds):
    from actions.voice_orders import _saved

    answers = {"voice_kind": "complaint", "voice_matter": STORY, "voice_contact": "calling"}

    async def broken_off():
        saving = asyncio.create_task(_saved(caller.call_id, answers, 0))
        await asyncio.sleep(after_seconds)
        saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)
        await asyncio.sleep(0.3)

    asyncio.run(broken_off())
    assert len(orders(caller)) in (0, 1)
    asyncio.run(_saved(caller.call_id, answers, 0))
    asyncio.run(_saved(caller.call_id, answers, 0))
    assert len(orders(caller)) == 1


def test_two_complaints_in_one_call_are_two_orders(caller):
    for _ in range(2):
        complained(caller)
        says(caller, "对", "affirm")
    assert len(orders(caller)) == 2


def test_a_store_that_is_away_is_admitted_and_a_person_offered(call, centre, monkeypatch):
    says(call, "提建议", "suggestion")
    says(call, "希望多开几个窗口办业务", "suggestion")
    says(call, "没有了", "goodbye")
    call.hear("number_finished", kind="phone", outcome="gave_up")
    says(call, "不需要", "deny")
    with centre.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE work_orders")
    assert names(says(call, "对", "affirm")) == ["utter_voice_failed", "utter_offer_person"]
    assert names(call.hear("affirm", "好的"))[-1] == "hand_off"


def test_a_person_may_take_it_instead_at_any_moment(caller):
    says(caller, "我要投诉", "complaint")
    assert names(says(caller, "转人工", "human_agent"))[-1] == "hand_off"
    says(caller, "我要投诉", "complaint")
    assert names(says(caller, "我不说了你还是给我转人工吧", "human_agent"))[-1] == "hand_off"
    says(caller, "我要投诉", "complaint")
    said = says(caller, "他说让我打人工服务电话可是打了三天都没有人接", "human_agent")
    assert names(said)[0] == "utter_voice_more"
    assert names(caller.hear("key_pressed", key="0"))[-1] == "hand_off"
    assert orders(caller) == [] and not caller.form


def test_what_another_business_broke_off_is_offered_when_that_is_done_and_goes_on_where_it_was(caller):
    says(caller, "我要投诉", "complaint")
    says(caller, STORY, "complaint")
    says(caller, "没有了", "goodbye")
    says(caller, "东湖大厅的三号窗口", "branch_at")
    assert names(says(caller, "查一下工单", "order_progress")) == ["collect_number"]
    numbered(caller, "261124100015")
    assert names(numbered(caller, "261124100023"))[-1] == "utter_offer_person"
    said = says(caller, "不用", "deny")
    assert names(said) == ["utter_anything_else"]
    assert said[0]["text"] == "您刚才还没有办完：投诉。要接着办吗？"
    said = says(caller, "好的", "affirm")
    assert names(said)[0] == "utter_voice_contact"
    says(caller, "可以", "affirm")
    assert STORY in says(caller, "需要", "affirm")[0]["text"]
    says(caller, "对", "affirm")
    assert len(orders(caller)) == 1
    assert "还没有办完" not in says(caller, "谢谢你", "notices")[-1]["text"]


def test_whoever_does_not_want_to_go_on_with_it_is_not_asked_again(caller):
    says(caller, "我要投诉", "complaint")
    says(caller, "利率", "complaint")
    says(caller, "没有了", "goodbye")
    says(caller, "说不清楚")
    says(caller, "我要查工单", "order_progress")
    numbered(caller, "261124100015")
    numbered(caller, "261124100023")
    assert "还没有办完" in says(caller, "不用", "deny")[0]["text"]
    assert names(says(caller, "不用了", "deny")) == ["utter_open_question"]
    assert says(caller, "有什么公告", "notices")[-1]["text"] == "请问还需要什么？"


def test_off_hours_no_person_is_promised(caller):
    caller.slots["date"] = "2026-11-24T22:00:00"
    assert names(says(caller, "我要投诉", "complaint")) == ["utter_voice_complaint", "utter_voice_matter"]


def test_words_of_a_story_are_no_wishes(caller):
    says(caller, "我要投诉", "complaint")
    said = says(caller, "我问他利率是多少他说查余额去别的网点问", "rate_first_second")
    assert names(said)[0] == "utter_voice_more"


def test_more_may_be_announced_before_it_is_told(caller):
    says(caller, "我要投诉", "complaint")
    says(caller, STORY, "complaint")
    assert names(says(caller, "有", "affirm")) == ["utter_voice_go_on"]
    says(caller, "他们中午就关门了")
    says(caller, "没了", "goodbye")
    assert caller.slots["voice_matter"] == f"{STORY}；他们中午就关门了"


def test_whoever_is_in_danger_is_told_whom_to_call_at_once(caller):
    says(caller, "我要投诉", "complaint")
    said = says(caller, "你们大厅打起来了有人流血", "complaint")
    assert names(said)[:2] == ["utter_emergency", "utter_voice_more"]
    assert "流血" in caller.slots["voice_matter"]


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("这里着火了", True),
        ("帮我报警", True),
        ("打120", True),
        ("快叫救护车", True),
        ("我要投诉", False),
        ("12329", False),
    ],
)
def test_danger_is_recognised_by_its_words(text, danger):
    assert is_emergency(text) is danger


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("公司半年没交公积金", "unit_arrears"),
        ("窗口态度差", "service"),
        ("周六也上班吧", "hours"),
        ("天气不好", "other"),
    ],
)
def test_a_matter_is_filed_by_its_words(text, category):
    assert category_of(text) == category


def numbered(call, digits):
    asyncio.run(backend_door.backend().keep_number(call.call_id, "order", digits))
    return call.hear("number_finished", kind="order", outcome="complete", last_four=digits[-4:])


@pytest.mark.parametrize(
    ("state", "told"), [("open", "已经受理，正等待办理"), ("in_progress", "正在办理"), ("done", "已经办结")]
)
def test_the_state_of_an_order_is_told_in_words(caller, state, told):
    complained(caller)
    says(caller, "对", "affirm")
    (order,) = orders(caller)
    asyncio.run(backend_door._work_orders().note_progress(order.number, state))
    made = f"{order.created_at.year}-{order.created_at.month:02}-{order.created_at.day:02}T10:00:00"
    other = Conversation("call-2", slots={"date": made})
    said = other.hear("order_progress", "查一下我的工单")
    assert names(said) == ["collect_number"] and said[0]["kind"] == "order"
    said = numbered(other, order.number.replace("-", ""))
    assert names(said) == ["utter_order_progress", "utter_anything_else"]
    assert told in said[0]["text"] and "投诉" in said[0]["text"]
    assert STORY not in said[0]["text"] and "1234" not in said[0]["text"] and "三号窗口" not in said[0]["text"]
    assert (f"最迟{order.due_on.month}月{order.due_on.day}日答复您" in said[0]["text"]) is (state != "done")


def test_a_wrong_number_is_asked_again_and_then_there_is_a_way_out(call, centre):
    call.hear("order_progress", "查工单")
    assert names(numbered(call, "261124100015")) == ["utter_order_not_found", "collect_number"]
    assert names(numbered(call, "261124100023")) == ["utter_order_not_found_again", "utter_offer_person"]
    assert names(call.hear("affirm", "好的"))[-1] == "hand_off"


def test_an_order_that_is_late_is_admitted_and_a_person_offered(caller):
    complained(caller)
    says(caller, "对", "affirm")
    (order,) = orders(caller)
    late = Conversation("call-2", slots={"date": "2030-01-04T10:00:00"})
    late.hear("order_progress", "查工单")
    said = numbered(late, order.number.replace("-", ""))
    assert names(said) == ["utter_order_progress", "utter_order_overdue", "utter_offer_person"]


def test_the_time_limits_are_those_of_the_guide():
    limits = read(ROOT / "work_orders.yml").entry("working_days")
    assert (limits.whole("complaint"), limits.whole("suggestion")) == (5, 2)


def test_what_callers_say_cannot_be_read_from_the_table(caller):
    complained(caller)
    says(caller, "对", "affirm")
    with backend_door._database().reading() as connection:
        row = repr(connection.execute(sa.select(work_orders)).one())
    assert STORY[:6] not in row and "三号窗口" not in row and CALLER not in row
