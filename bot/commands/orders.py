"""python -m bot orders: work orders for those who deal with them (工单): what is open, one as a whole, begun, done."""

import argparse
import asyncio
from datetime import date, datetime

from actions.content import read
from bot.app import Store
from bot.errors import ContentError
from bot.settings import ROOT, Settings
from bot.store.migrate import migrate
from bot.store.sealing import check_seal
from bot.store.work_orders import WorkOrder, WorkOrders
from bot.store.working_days import BEIJING

_STATES = {"open": "待办", "in_progress": "正在办理", "done": "已办结"}
_REASONS = {
    "balance_dispute": "对余额有异议",
    "off_hours": "下班后要人工",
    "asked": "要人工，没有人能接",
    "no_match": "几次没有听懂",
    "no_input": "一直没有说话",
    "failure": "系统故障，没有办成",
    "appointment_unclear": "预约有没有办成要核实",
    "sms_unclear": "短信有没有办成要核实",
    "other": "其他",
}
"""Categories that no word of the caller's decides; the others are content."""


def main(arguments: list[str]) -> int:
    """List what is not done, or show one order and note how far it is. Raises ContentError if there is none."""
    parser = argparse.ArgumentParser(prog="python -m bot orders", description="工单：列出、查看、开始办理、办结")
    parser.add_argument("number", nargs="?", metavar="编号", help="例如 2611-2410-0015；不写：列出没有办结的工单")
    progress = parser.add_mutually_exclusive_group()
    progress.add_argument("--begin", action="store_const", const="in_progress", dest="state", help="开始办理")
    progress.add_argument("--done", action="store_const", const="done", dest="state", help="办结")
    asked = parser.parse_args(arguments)
    if asked.state and not asked.number:
        parser.error("请写上工单编号")
    settings = Settings()
    store = Store(settings)
    try:
        migrate(store.database)
        check_seal(store.database, store.seal)
        print(asyncio.run(_answer(store.work_orders, settings, asked.number, asked.state)))
    finally:
        store.database.close()
    return 0


async def _answer(orders: WorkOrders, settings: Settings, number: str | None, state: str | None) -> str:
    if number is None:
        return as_list(await orders.unfinished(), datetime.now(BEIJING).date())
    if state:
        await orders.note_progress(number, state)
    found = await orders.find(number)
    if found is None:
        raise ContentError("order_unknown", f"没有编号是 {number} 的工单。编号是 12 位数字，例如 2611-2410-0015。")
    return as_page(found, settings)


def as_list(orders: list[WorkOrder], today: date) -> str:
    """One line an order, without anything personal: the list may hang on a wall."""
    if not orders:
        return "没有未办结的工单。"
    lines = [
        f"{order.number}  {order.kind.told}  {_STATES[order.state]}  {order.created_at:%m-%d %H:%M} 登记  "
        f"{_due(order)}{'  已超期' if order.due_on < today else ''}  {_category(order)}"
        for order in orders
    ]
    return "\n".join([*lines, f"共 {len(orders)} 张。看一张：.venv/bin/python -m bot orders 编号"])


def as_page(order: WorkOrder, settings: Settings) -> str:
    """All that is known about one order."""
    lines = [
        ("编号", order.number),
        ("类别", f"{order.kind.told}（{_category(order)}）"),
        ("状态", _STATES[order.state] + (f"，{order.closed_at:%Y-%m-%d %H:%M}" if order.closed_at else "")),
        ("登记", f"{order.created_at:%Y-%m-%d %H:%M}"),
        ("期限", _due(order)),
        ("联系电话", order.contact or "没有留"),
        ("要求保密", "是：不要对外透露来电人是谁" if order.confidential else "否"),
        ("涉及", order.about or "—"),
        ("内容", order.text),
        *_heard(order, settings),
    ]
    return "\n".join(f"{name}：{value}" for name, value in lines)


def _heard(order: WorkOrder, settings: Settings) -> list[tuple[str, str]]:
    """Where the caller's own words can be listened to."""
    if settings.call.recordings is None or not order.narrated:
        return []
    spans = "，".join(f"{_minutes(begins)}–{_minutes(ends)}" for begins, ends in order.narrated)
    return [("录音", f"{settings.call.recordings / f'{order.call_id}.wav'}，{spans}")]


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _due(order: WorkOrder) -> str:
    return f"{order.due_on:%m-%d} 到期" + ("（放假安排未公布，暂定）" if order.due_provisional else "")


def _category(order: WorkOrder) -> str:
    categories = read(ROOT / "content" / "work_orders.yml").entry("categories").named()
    names = _REASONS | {name: category.text("name") for name, category in categories}
    return names.get(order.category, order.category)
