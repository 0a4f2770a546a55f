"""The page on which a person listens to recordings and corrects their texts: python -m bot qa correct."""

import io
import json
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.audio.wav import write_wav
from bot.qa.recorded.collection import HARMLESS, SILENCED, Recording
from bot.qa.recorded.correcting import Correction, Refused
from bot.qa.recorded.state import State
from bot.web.own_page import private_app

PAGES = Path(__file__).parent / "recordings"
"""The pages of correcting and recording."""


def correct_app(work: Correction, folder: str) -> tuple[web.Application, str]:
    """The page for the recordings of one folder, and the path where it is. `folder` is what the page shows."""
    page = _CorrectPage(work, folder)
    app, path = private_app()
    app.router.add_get(f"{path}/", page.show)
    app.router.add_static(f"{path}/page", PAGES)
    app.router.add_get(f"{path}/recordings", page.list)
    app.router.add_get(f"{path}/recordings/{{place:\\d+}}/sound", page.sound)
    app.router.add_post(f"{path}/recordings/{{place:\\d+}}", page.change)
    return app, path


class _CorrectPage:
    """What the page asks for and changes."""

    def __init__(self, work: Correction, folder: str) -> None:
        self._work = work
        self._folder = folder

    async def show(self, _: web.Request) -> web.Response:
        return web.Response(text=(PAGES / "correct.html").read_text("utf-8"), content_type="text/html")

    async def list(self, _: web.Request) -> web.Response:
        shown = [_shown(place, one) for place, one in enumerate(self._work.recordings)]
        return web.json_response({"folder": self._folder, "recordings": shown})

    async def sound(self, request: web.Request) -> web.Response:
        file = io.BytesIO()
        write_wav(file, self._work.sound(self._place(request)))
        return web.Response(body=file.getvalue(), content_type="audio/wav")

    async def change(self, request: web.Request) -> web.Response:
        """One step; answers with what the recording is now, or 409 and why not."""
        place = self._place(request)
        try:
            step = _step(self._work, place, json.loads(await request.text()))
        except (ValueError, TypeError):
            raise web.HTTPBadRequest from None
        try:
            return web.json_response(_shown(place, step()))
        except Refused as refused:
            return web.json_response({"told": str(refused)}, status=409)

    def _place(self, request: web.Request) -> int:
        place = int(request.match_info["place"][:9])
        if place >= len(self._work.recordings):
            raise web.HTTPNotFound
        return place


def _step(work: Correction, place: int, asked: Any) -> Callable[[], Recording]:
    """What the page asks for. Raises ValueError if it is no step."""
    match asked:
        case {"text": str(text)}:
            return lambda: work.write(place, text)
        case {"state": str(state)}:
            judged = State(state)
            return lambda: work.judge(place, judged)
        case {"silence": [int() | float() as begin, int() | float() as end]} if isfinite(begin) and isfinite(end):
            return lambda: work.silence(place, (begin, end))
        case {"restore": True}:
            return lambda: work.restore(place)
        case {"clear": True}:
            return lambda: work.clear(place)
    raise ValueError("no step")


def _shown(place: int, one: Recording) -> dict[str, Any]:
    return {
        "place": place,
        "name": one.file.removesuffix(".wav"),
        "text": one.text,
        "state": one.state,
        "stretches": one.stretches,
        "numbers": {SILENCED: "silenced", HARMLESS: "harmless", "": "none"}.get(one.numbers, "said"),
        "notice": one.notice,
        "who": " ".join(filter(None, (one.speaker, one.gender, one.device, one.region, one.age))),
    }
