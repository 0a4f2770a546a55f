"""Those who deal with work orders list them, read one, begin it and close it; the caller hears how far it is."""

import asyncio
from datetime import date, datetime, time

import pytest

from actions.order_progress import told
from bot.commands import orders
from bot.errors import ContentError
from bot.store.work_orders import WorkOrderKind, WorkOrders
from bot.store.working_days import BEIJING, WorkCalendar

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=BEIJING)


@pytest.fixture
def made(store, monkeypatch):
    """A complaint with all its details and a call-back that is due before it, in the store the command opens."""
    monkeypatch.setenv("HOTLINE_DATABASE_URL", store.url)
    monkeypatch.setenv("HOTLINE_SECRET_KEY_FILE", str(store.folder / "secret.key"))
    monkeypatch.setenv("HOTLINE_CALL__RECORDINGS", str(store.folder / "recordings"))
    limits = {kind: 1 for kind in WorkOrderKind} | {WorkOrderKind.COMPLAINT: 5}
    calendar = WorkCalendar(frozenset(), frozenset(), frozenset({2026}))
    kept = WorkOrders(store.database, store.seal, lambda: calendar, limits, day_ends=time(17), now=lambda: TUESDAY)

    async def make():
        complaint = await kept.create(
            "once",
            WorkOrderKind.COMPLAINT,
            call_id="call-1",
            category="service",
            contact="13800001234",
            text="窗口的人态度不好",
            about="市民中心网点",
            confidential=True,
            narrated=[(12.0, 75.4)],
        )
        return complaint, await kept.create_call_back("call-2", "off_hours", "13800005678", "贷款进度")

    return asyncio.run(make())


def test_the_list_has_what_is_not_done_the_earliest_due_first_and_nothing_personal(made, capsys):
    complaint, call_back = made
    assert orders.main([]) == 0
    first, second, total = capsys.readouterr().out.splitlines()
    assert first.startswith(call_back.number) and "下班后要人工" in first and "11-25 到期" in first
    assert second.startswith(complaint.number) and "服务态度和办理规范" in second and "待办" in second
    assert "共 2 张" in total
    assert not any(personal in first + second for personal in ("1234", "5678", "窗口", "市民中心"))


def test_what_is_late_is_marked(made):
    assert "已超期" in orders.as_list(list(made), date(2026, 12, 2))
    assert "已超期" not in orders.as_list(list(made), date(2026, 11, 25))


def test_one_order_is_shown_as_a_whole_with_where_it_can_be_heard(made, capsys):
    assert orders.main([made[0].number.replace("-", "")]) == 0
    shown = capsys.readouterr().out
    for part in ("13800001234", "窗口的人态度不好", "市民中心网点", "要求保密：是", "call-1.wav，0:12–1:15"):
        assert part in shown


def test_an_order_is_begun_and_closed_and_leaves_the_list(made, capsys):
    number = made[0].number
    assert orders.main([number.replace("-", ""), "--begin"]) == 0
    assert "正在办理" in capsys.readouterr().out
    assert orders.main([number, "--done"]) == 0
    assert "已办结" in capsys.readouterr().out
    assert orders.main([]) == 0
    assert number not in capsys.readouterr().out


async def test_the_caller_hears_how_far_it_is(made, store):
    await asyncio.to_thread(orders.main, [made[0].number, "--begin"])
    from bot.app import Store
    from bot.settings import Settings

    kept = Store(Settings())
    begun = await kept.work_orders.find(made[0].number)
    kept.database.close()
    assert begun is not None and "正在办理" in told(begun, TUESDAY.date())


def test_a_number_that_is_none_is_said_with_what_one_looks_like(made):
    with pytest.raises(ContentError, match="2611-2410-0015"):
        orders.main(["1", "--done"])


def test_progress_without_a_number_is_refused(made, capsys):
    with pytest.raises(SystemExit):
        orders.main(["--done"])
    assert "编号" in capsys.readouterr().err
