"""python -m bot report --day 2026-11-28: the day's indicators as a table (话务日报)."""

import argparse
from datetime import date, datetime
from unicodedata import east_asian_width

from bot.settings import Settings
from bot.store.database import Database
from bot.store.day_figures import DayFigures, day_figures
from bot.store.migrate import migrate
from bot.store.ratings import Grade
from bot.store.sealing import Seal, check_seal
from bot.store.work_orders import WorkOrderKind
from bot.store.working_days import BEIJING

_GRADES = {Grade.SATISFIED: "满意", Grade.FAIR: "基本满意", Grade.DISSATISFIED: "不满意"}
_NAME_COLUMNS = 16
_VALUE_COLUMNS = 10


def main(arguments: list[str]) -> int:
    """Print one day; today without --day."""
    parser = argparse.ArgumentParser(prog="python -m bot report", description="话务日报：一天的指标")
    parser.add_argument("--day", type=_day, default=datetime.now(BEIJING).date(), help="哪一天，例如 2026-11-28")
    asked = parser.parse_args(arguments)
    settings = Settings()
    database, seal = Database(settings.database_url), Seal.from_file(settings.secret_key_file)
    try:
        migrate(database)
        check_seal(database, seal)
        print(as_table(day_figures(database, seal, asked.day)))
    finally:
        database.close()
    return 0


def as_table(figures: DayFigures) -> str:
    """The table, one indicator a line."""
    lines = [
        ("呼入总量", str(figures.calls)),
        ("自助服务量", str(figures.self_served)),
        ("自助分流率", _percent(figures.self_served_share)),
        ("转人工量", str(figures.person_wanted)),
        *((f"工单：{kind.told}", str(figures.orders[kind])) for kind in WorkOrderKind),
        ("当日到期工单", str(figures.due)),
        ("按时办结率", _percent(figures.in_time_share)),
        ("邀请评价", str(figures.asked)),
        *((f"评价：{name}", str(figures.grades[grade])) for grade, name in _GRADES.items()),
        ("参评率", _percent(figures.rated_share)),
        ("满意率", _percent(figures.satisfied_share)),
    ]
    title = f"{figures.day.year}年{figures.day.month}月{figures.day.day}日 话务日报"
    return "\n".join([title, *(_padded(name) + value.rjust(_VALUE_COLUMNS) for name, value in lines)])


def _padded(name: str) -> str:
    """To a common width on the screen, where a Chinese character takes two columns."""
    width = sum(2 if east_asian_width(one) in "WF" else 1 for one in name)
    return name + " " * (_NAME_COLUMNS - width)


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期要写成 2026-11-28 这样，现在是 {text}") from None
