"""What operators find in the log files, and what they never find."""

import asyncio
import json
import logging
import stat

import pytest
import structlog

from bot.sight.logs import call_logs, logs
from bot.sight.redaction import redacted


@pytest.fixture
def lines(tmp_path):
    """Reads what was logged by the process called bot."""

    def read():
        return [json.loads(line) for line in (tmp_path / "bot.jsonl").read_text("utf-8").splitlines()]

    return read


def test_each_line_is_json_with_time_level_logger_and_the_facts_given(tmp_path, lines):
    with logs(tmp_path, "bot"):
        structlog.get_logger("bot.call").info("call began", channel="browser", seconds=1.25)
        logging.getLogger("aiohttp").warning("lost %s", "connection")
    began, lost = lines()
    assert began["event"] == "call began" and began["channel"] == "browser" and began["seconds"] == 1.25
    assert (lost["event"], lost["level"], lost["logger"]) == ("lost connection", "warning", "aiohttp")
    assert began["timestamp"][:2] == "20"


def test_lines_of_two_calls_at_once_each_carry_their_own_call_id(tmp_path, lines):
    async def call(call_id):
        with call_logs(call_id):
            for _ in range(3):
                logging.getLogger("bot.call").info("turn of %s", call_id)
                await asyncio.sleep(0)

    async def both():
        await asyncio.gather(call("call-a"), call("call-b"))

    with logs(tmp_path, "bot"):
        asyncio.run(both())
        logging.getLogger("bot").info("idle")
    *turns, idle = lines()
    assert len(turns) == 6 and all(turn["event"] == f"turn of {turn['call_id']}" for turn in turns)
    assert "call_id" not in idle


def test_callers_words_are_written_only_when_allowed_and_at_debug(tmp_path, lines):
    for level, allowed, expected in [("DEBUG", True, True), ("INFO", True, False), ("DEBUG", False, False)]:
        (tmp_path / "bot.jsonl").unlink(missing_ok=True)
        with logs(tmp_path, "bot", level=level, caller_text=allowed):
            structlog.get_logger("bot").warning("heard", caller_text="我想查余额")
            logging.getLogger("bot").warning("heard", extra={"caller_text": "我想查余额"})
        assert [("caller_text" in line) for line in lines()] == [expected, expected]


def test_the_console_gets_a_short_line_with_the_calls_first_letters(tmp_path, capfd):
    with logs(tmp_path, "bot"), call_logs("3f2a91c0-7a55-4f0e-9d3e-2f6f5a1b0c11"):
        structlog.get_logger("bot").error("rasa is away", code="dialogue_away")
    out = capfd.readouterr().err
    assert "错误 [3f2a91c0] rasa is away  code=dialogue_away" in out


def test_a_traceback_never_shows_local_variables(tmp_path, lines, capfd):
    def check(password):
        raise ValueError("did not work")

    with logs(tmp_path, "bot"):
        try:
            check("".join(["40", "71", "93"]))
        except ValueError:
            logging.getLogger("bot").exception("failed")
            structlog.get_logger("bot").exception("failed")
    text = (tmp_path / "bot.jsonl").read_text() + capfd.readouterr().err
    assert text.count("ValueError: did not work") == 2 and text.count('"exc_value": "did not work"') == 2
    assert "407193" not in text


def test_a_number_that_slips_into_a_log_call_is_masked_everywhere(tmp_path, capfd):
    with logs(tmp_path, "bot", level="DEBUG", caller_text=True):
        structlog.get_logger("bot").info("login of 810071081737", fields={"phone": ["13800001234"]})
        logging.getLogger("bot").info("key %s", "286913")
        logging.getLogger("bot").info("%s", ["2", "8", "6", "9", "1", "3"])
        logging.getLogger("bot").debug("heard", extra={"caller_text": "幺三八零零零零幺二三四"})
        try:
            raise ValueError("bad number 999999196611120016")
        except ValueError:
            logging.getLogger("bot").exception("failed")
    text = (tmp_path / "bot.jsonl").read_text("utf-8") + capfd.readouterr().err
    for secret in ("810071081737", "13800001234", "286913", "999999196611120016", "幺三八", "'8', '6'"):
        assert secret not in text
    assert text.count("****") == 6 + 7  # in the file and on the console, which shows the line of source too


@pytest.mark.parametrize(
    "text",
    ["2026-11-24 17:48:03.123456", "2611-2410-0015", "3f2a91c0-7a55-4f0e-9d3e-123456789012", "0.123456 s", "12329"],
)
def test_dates_orders_call_ids_and_times_stay_readable(text):
    assert redacted(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "286913",
        "2 8 6 9 1 3",
        "２８６９１３",
        "138-0000-1234",
        "二八六九幺三",
        "99999919661112001X",
        "[2, 8, 6, 9, 1, 3]",
    ],
)
def test_digits_are_masked_however_they_are_written(text):
    assert redacted(text).strip("[]") == "****"


def test_values_that_are_no_text_are_masked_in_what_they_show():
    assert redacted({"a": (b"286913", Exception("286913"), 5, None)}) == {
        "a": ["6 bytes", "Exception('****')", 5, None]
    }


def test_files_are_rotated_and_readable_by_their_owner_only(tmp_path):
    with logs(tmp_path, "bot", megabytes=1, files=3):
        for _ in range(300):
            logging.getLogger("bot").info("x" * 10_000)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["bot.jsonl", "bot.jsonl.1", "bot.jsonl.2"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())
    assert max(path.stat().st_size for path in tmp_path.iterdir()) <= 1 << 20


def test_a_stalled_disk_does_not_hold_up_the_logging_task(tmp_path, monkeypatch):
    import time

    monkeypatch.setattr(logging.handlers.RotatingFileHandler, "emit", lambda self, record: time.sleep(0.2))
    with logs(tmp_path, "bot"):
        began = time.perf_counter()
        for _ in range(5):
            logging.getLogger("bot").info("turn")
        took = time.perf_counter() - began
    assert took < 0.1
