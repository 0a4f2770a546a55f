"""The terminal's keyboard as a telephone keypad. No key is ever shown: it may be a digit of a password."""

import asyncio
import contextlib
import logging
import os
import termios
from collections.abc import Callable, Iterator

from bot.events import KEYS

log = logging.getLogger(__name__)

_HANG_UP = "qQ\x04"
"""q, or the end of input (Ctrl-D)."""


@contextlib.contextmanager
def keypad(terminal: int, press: Callable[[str], None], hang_up: Callable[[], None]) -> Iterator[None]:
    """While this lasts, 0-9 * # typed at the terminal (a file descriptor) are pressed at once, without Enter.

    A pipe serves as well as a terminal; where nothing can be read (a file, no input at all) there are just no keys.
    """
    loop = asyncio.get_running_loop()

    def read() -> None:
        typed = os.read(terminal, 64).decode("latin-1")
        if not typed:
            loop.remove_reader(terminal)
        for key in typed:
            if key in KEYS:
                press(key)
            elif key in _HANG_UP:
                hang_up()

    with _unechoed(terminal):
        try:
            loop.add_reader(terminal, read)
        except OSError:
            log.warning("no keys: nothing can be read from file descriptor %d", terminal)
            yield
            return
        try:
            yield
        finally:
            loop.remove_reader(terminal)


@contextlib.contextmanager
def _unechoed(terminal: int) -> Iterator[None]:
    """Key by key and invisible; as before afterwards, and nothing typed is left for the shell to show."""
    if not os.isatty(terminal):
        yield
        return
    before = termios.tcgetattr(terminal)
    now = termios.tcgetattr(terminal)
    now[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(terminal, termios.TCSAFLUSH, now)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
