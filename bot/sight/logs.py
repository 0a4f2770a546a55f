"""Logs: one JSON line for machines, one short line for the console, each with its call's id.

Every module logs with the standard `logging.getLogger(__name__)` or with structlog's `get_logger`; both end here. The
event loop only puts a record into a queue: formatting, redacting and writing happen in a thread.
"""

import copy
import logging
import queue
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import TextIOWrapper
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from bot.owner_only import owner_only
from bot.sight.redaction import redacted

CALLER_TEXT = "caller_text"
"""The one field in which a log call may put a caller's words; it is dropped unless a setting allows it."""

UNTOUCHED = ("timestamp", "level", "logger", "call_id")


@contextmanager
def logs(
    folder: Path,
    process: str,
    *,
    level: str = "INFO",
    caller_text: bool = False,
    megabytes: int = 20,
    files: int = 5,
) -> Iterator[None]:
    """Log to folder/process.jsonl and to stderr until the end of the block; then everything is written.

    Each process has a file of its own, `files` of `megabytes` at most. Callers' words are written only with
    `caller_text` and at DEBUG.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = _OwnersFile(folder / f"{process}.jsonl", maxBytes=megabytes << 20, backupCount=files - 1, encoding="utf-8")
    show_caller_text = caller_text and level == "DEBUG"
    # No local variables in tracebacks: a password may be one.
    traces = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
    )
    file.setFormatter(_formatter(show_caller_text, traces, structlog.processors.JSONRenderer(ensure_ascii=False)))
    console = logging.StreamHandler(sys.stderr)
    console.setFormatter(_formatter(show_caller_text, structlog.processors.format_exc_info, _short_line))
    listener = QueueListener(queue.SimpleQueue(), file, console)
    entrance = _Entrance(listener.queue)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    root.handlers, root.level = [entrance], logging.getLevelName(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            _hold_exception,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    listener.start()
    try:
        yield
    finally:
        listener.stop()
        root.handlers, root.level = before
        structlog.reset_defaults()
        file.close()


@contextmanager
def call_logs(call_id: str) -> Iterator[None]:
    """Everything logged inside (tasks started inside too) carries the call's id."""
    with structlog.contextvars.bound_contextvars(call_id=call_id):
        yield


class _OwnersFile(RotatingFileHandler):
    """A log file that only its owner can read, the old ones too."""

    def _open(self) -> TextIOWrapper:
        return TextIOWrapper(open(self.baseFilename, "ab", opener=owner_only), encoding="utf-8", newline="\n")


class _Entrance(QueueHandler):
    """Puts a record into the queue as it is, with the call's id, which only the logging task knows."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Nothing is formatted here: the loop goes on at once."""
        waiting = copy.copy(record)
        waiting.call_id = structlog.contextvars.get_contextvars().get("call_id")
        return waiting


def _formatter(show_caller_text: bool, traces: Any, render: Any) -> logging.Formatter:
    def without_caller_text(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        if not show_caller_text:
            event.pop(CALLER_TEXT, None)
        return event

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.stdlib.ExtraAdder(allow=[CALLER_TEXT, "code", "channel", "seconds"]),
        ],
        processors=[
            _add_call_id,
            _add_time,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            traces,
            without_caller_text,
            _redact,
            render,
        ],
    )


def _hold_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The thread that writes cannot ask for the exception going on in this one."""
    if event.get("exc_info") is True:
        event["exc_info"] = sys.exc_info()
    return event


def _add_call_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    call_id = getattr(record, "call_id", None)
    if call_id:
        event["call_id"] = call_id
    return event


def _add_time(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """When it was logged, not when it is written. To the millisecond: six digits in a row would be, now and then, a
    password that someone entered, and a search of the logs for passwords could not tell."""
    event["timestamp"] = datetime.fromtimestamp(event["_record"].created).isoformat(timespec="milliseconds")
    return event


def _redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {name: value if name in UNTOUCHED else redacted(value) for name, value in event.items()}


def _short_line(_: WrappedLogger, __: str, event: EventDict) -> str:
    """17:48:03 警告 [3f2a91c0] what happened  name=value"""
    levels = {"debug": "调试", "info": "信息", "warning": "警告", "error": "错误", "critical": "严重"}
    clock, level = str(event.pop("timestamp"))[11:19], levels.get(str(event.pop("level")), "信息")
    call, trace = str(event.pop("call_id", ""))[:8], event.pop("exception", None)
    event.pop("logger", None)
    happened = str(event.pop("event", ""))
    facts = "".join(f"  {name}={value}" for name, value in event.items())
    line = f"{clock} {level} {f'[{call}] ' if call else ''}{happened}{facts}"
    return f"{line}\n{trace}" if trace else line
