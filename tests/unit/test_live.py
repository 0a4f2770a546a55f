"""Files that editors change while calls go on."""

import json
from datetime import date
from pathlib import Path

import pytest

from bot.call.prompts import Prompts
from bot.live import Live
from bot.store.working_days import WorkCalendar


def test_a_changed_prompt_is_said_from_the_next_call_on_and_a_broken_one_never(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    path = tmp_path / "prompts.yml"
    path.write_text("please_wait: 请稍等。\n")
    prompts = Live(path, Prompts.load)
    assert prompts.now.say("please_wait").text == "请稍等。"
    path.write_text("please_wait: 请稍等一下。\n")
    assert prompts.now.say("please_wait").text == "请稍等一下。"
    path.write_text("please_wait：请等等。\n")
    assert prompts.now.say("please_wait").text == "请稍等一下。" and "仍使用上一次正确的内容" in caplog.text
    path.unlink()
    assert prompts.now.say("please_wait").text == "请稍等一下。"
    path.write_text("please_wait: 马上就好。\n")
    assert prompts.now.say("please_wait").text == "马上就好。"


def test_the_holidays_of_a_new_year_count_as_soon_as_their_file_is_there_and_once_more_when_it_is_mended(
    tmp_path: Path,
):
    def publish(year: int, off: str) -> None:
        day = {"name": "元旦", "date": off, "isOffDay": True}
        (tmp_path / f"{year}.json").write_text(json.dumps({"year": year, "days": [day]}), "utf-8")

    publish(2026, "2026-01-01")
    calendar = Live(tmp_path, WorkCalendar.from_folder)
    assert calendar.now.after(date(2026, 12, 31), 1).provisional
    publish(2027, "2027-01-01")
    assert calendar.now.after(date(2026, 12, 31), 1).day == date(2027, 1, 4)
    publish(2027, "2027-01-04 ")
    assert calendar.now.after(date(2026, 12, 31), 1).day == date(2027, 1, 4), "what cannot be read is not used"
    publish(2027, "2027-01-04")
    due = calendar.now.after(date(2026, 12, 31), 1)
    assert (due.day, due.provisional) == (date(2027, 1, 1), False)
